"""The port through which check-ins leave this program's hands, and its twin in memory.

The real inbox seals what it takes under the key of the hour, and can read nothing of it afterwards. A batch is taken
whole and once: its id is the client's, so a phone may send it again until it hears that it arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from epiloop.core.errors import N_, Conflict, InvalidInput, Unavailable
from epiloop.operations.checkins.visits import Said

LARGEST = 1_000
"""Check-ins of one batch: a gateway sends some hundred, a phone that was offline some tens."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one sender says at once; `id` is the sender's, and the same when it is sent again. Raises InvalidInput."""

    id: UUID
    said: tuple[Said, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.said) <= LARGEST:
            raise InvalidInput(
                N_("A batch holds 1 to %(most)d check-ins."), remedy=N_("Send them in parts."), most=LARGEST
            )


def other_batch() -> Conflict:
    """What is raised for another batch under the id of one that was taken: nothing of it is."""
    return Conflict(N_("Another batch was taken under this id."), remedy=N_("Give each batch an id of its own."))


class Inbox(Protocol):
    """Takes check-ins. What it has answered for is durable and sealed."""

    def accept(self, batch: Batch, /) -> None:
        """Take a batch whole; again, it changes nothing. Raises Unavailable: then nothing of it was taken.

        Raises Refused, with the visits it concerns, for days of which nothing is kept any more; Conflict for another
        batch under an id that was taken.
        """
        ...


class NoInbox:
    """Where check-ins cannot be taken: every batch stays with its sender."""

    def accept(self, _batch: Batch) -> None:
        """Raises Unavailable."""
        raise no_inbox()


class MemoryInbox:
    """The twin: keeps what it takes in memory, in clear. For tests only."""

    def __init__(self) -> None:
        self._taken: dict[UUID, Batch] = {}

    def accept(self, batch: Batch) -> None:
        """As the port says."""
        if self._taken.setdefault(batch.id, batch) != batch:
            raise other_batch()

    @property
    def said(self) -> Sequence[Said]:
        """All that was taken, in order."""
        return [one for batch in self._taken.values() for one in batch.said]


def no_inbox() -> Unavailable:
    """What is raised while nothing can be sealed or stored: the sender keeps what it has."""
    return Unavailable(N_("Check-ins cannot be taken now."), remedy=N_("They stay on your device and are sent later."))
