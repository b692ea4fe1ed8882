"""How far each duty of a subject has gone up, and who has seen it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from epiloop.ledger.events import Entry
from epiloop.operations.duties.events import DutyAcknowledged, DutyEscalated


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


def fold(entries: Iterable[Entry]) -> dict[tuple[str, str, int], Risen]:
    """The steps by (loop, duty, rung); the first of each rung counts."""
    steps: dict[tuple[str, str, int], Risen] = {}
    for entry in entries:
        step = _step(entry)
        if step:
            steps.setdefault((step.loop, step.duty, step.rung), step)
    return steps


def _step(entry: Entry) -> Risen | None:
    told = entry.body
    if isinstance(told, DutyAcknowledged):
        return Risen(told.loop, told.duty, 0, entry.occurred_at, account=told.account)
    if isinstance(told, DutyEscalated):
        return Risen(told.loop, told.duty, told.rung, entry.occurred_at, told.party, told.post, told.code)
    return None
