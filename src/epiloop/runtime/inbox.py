"""Check-ins are sealed and put into the inbox: whole batches, once each, with what they count for.

What is in the inbox nobody here can read again; `runtime.collecting` hands it to the key service.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from psycopg import Connection, OperationalError
from psycopg_pool import PoolTimeout

from epiloop.core.errors import EpiloopError
from epiloop.operations.checkins.inbox import Batch, no_inbox
from epiloop.operations.checkins.plausible import Clock
from epiloop.operations.checkins.visits import What
from epiloop.runtime.doors import DoorBook
from epiloop.runtime.parts import Parts
from epiloop.runtime.sealers import Days, Sealed, check_days
from epiloop.store import inbox as stored
from epiloop.store.inbox import Counted
from epiloop.vault.visits import HOUR
from epiloop.vault.visits import Said as Form


def seal_visits(parts: Parts, connection: Connection[Any], said: Sequence[Form]) -> None:
    """Put visits into the inbox in the open transaction of a connection of role engine: with an act, or not at all.

    Raises Unavailable before the key service announced days, Refused for days of which nothing is kept (any more).
    """
    if said:
        days = parts.sealers.days(connection, parts.shelf)
        _put(parts, connection, parts.sealers.seal(said, days, parts.now(), parts.randomness))


class SealedInbox:
    """The inbox: `operations.checkins.inbox.Inbox`. For several threads, one of which is at it at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._book = DoorBook()
        self._lock = Lock()

    def accept(self, batch: Batch) -> None:
        """As the port says."""
        for wrong in self.accept_all([batch]):
            if wrong is not None:
                raise wrong

    def accept_all(self, batches: Sequence[Batch]) -> list[EpiloopError | None]:
        """Take some batches in one transaction; for each what is wrong with it, and then nothing of it is taken.

        Raises Unavailable when nobody can tell whether anything was taken: the senders send the same again.
        """
        with self._lock, _waiting_for_database(), self._parts.pool.connection() as connection:
            days = self._parts.sealers.days(connection, self._parts.shelf)  # one look: what is checked is sealed
            known = self._forms(connection, batches, days)
            right = {
                batch.id: (batch, forms)
                for batch, forms in zip(batches, known, strict=True)
                if not isinstance(forms, EpiloopError)
            }
            new = stored.fresh(connection, right, self._parts.now()) if right else set()
            self._take(connection, [right[one] for one in right if one in new], days)
        return [forms if isinstance(forms, EpiloopError) else None for forms in known]

    def _forms(
        self, connection: Connection[Any], batches: Sequence[Batch], days: Days
    ) -> list[list[Form] | EpiloopError]:
        parts = self._parts
        self._book.look_up(connection, parts.shelf, {one.spot for batch in batches for one in batch.said})
        clock = Clock.at(parts.now(), self._book.limits)
        found: list[list[Form] | EpiloopError] = []
        for batch in batches:
            try:
                forms = [self._book.form(one, clock) for one in batch.said]
                check_days(forms, days)
                found.append(forms)
            except EpiloopError as wrong:
                found.append(wrong)
        return found

    def _take(self, connection: Connection[Any], new: Sequence[tuple[Batch, list[Form]]], days: Days) -> None:
        parts = self._parts
        said = [one for _, forms in new for one in forms]
        if said:
            _put(parts, connection, parts.sealers.seal(said, days, parts.now(), parts.randomness))
            stored.count(connection, comings(batch for batch, _ in new))


def comings(batches: Iterable[Batch]) -> dict[Counted, int]:
    """How often somebody came to each zone, by hour and way."""
    came = (
        (one.spot, int(one.came.timestamp()) // HOUR, one.way)
        for batch in batches
        for one in batch.said
        if one.what is What.CAME
    )
    return {
        Counted(spot.place, spot.zone, hour, way.value, spot.jurisdiction): n
        for (spot, hour, way), n in Counter(came).items()
    }


def _put(parts: Parts, connection: Connection[Any], sealed: Sealed) -> None:
    stored.put(connection, sealed.rows, sealed.keys, parts.now())


@contextmanager
def _waiting_for_database() -> Iterator[None]:
    try:
        yield
    except (OperationalError, PoolTimeout):
        raise no_inbox() from None
