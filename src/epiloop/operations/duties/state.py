"""How far each duty of a subject has gone up, and who has seen it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from epiloop.ledger.events import Entry
from epiloop.operations.duties.events import DutyAcknowledged, DutyEscalated
from epiloop.rules.trace import named


@dataclass(frozen=True, slots=True)
class Risen:
    """One step of one duty: rung 0 is the acknowledgement, 1 and more the rungs of the ladder."""

    loop: str
    duty: str
    rung: int
    at: datetime
    party: str = ""
    post: str = ""
    code: int = 0
    account: str = ""


def fold(entries: Iterable[Entry], own: UUID | None = None) -> dict[tuple[str, str, int], Risen]:
    """The steps by (loop, duty, rung); the first of each rung counts.

    `own` is the stream of the registration that goes on: steps told in others are about loops of those.
    """
    steps: dict[tuple[str, str, int], Risen] = {}
    for entry in entries:
        step = _step(entry)
        if step and own is not None and entry.ref.stream != own:
            step = replace(step, loop=named(step.loop, origin(entry.ref.stream)))
        if step:
            steps.setdefault((step.loop, step.duty, step.rung), step)
    return steps


def origin(stream: UUID) -> str:
    """What names a registration in the keys of its loops once it was merged into another."""
    return stream.hex[-12:]


def _step(entry: Entry) -> Risen | None:
    told = entry.body
    if isinstance(told, DutyAcknowledged):
        return Risen(told.loop, told.duty, 0, entry.occurred_at, account=told.account)
    if isinstance(told, DutyEscalated):
        return Risen(told.loop, told.duty, told.rung, entry.occurred_at, told.party, told.post, told.code)
    return None
