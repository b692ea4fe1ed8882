"""From a subject's plan to the events that acknowledge or escalate its duties. Pure; the instant is an argument."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from epiloop.core.jurisdictions import LEVELS, Code, at_level
from epiloop.ledger.events import Draft
from epiloop.operations.duties.checks import check_open
from epiloop.operations.duties.events import DutyAcknowledged, DutyEscalated
from epiloop.operations.duties.state import Risen
from epiloop.rules.plan import Duty, DutyState, Owner

Steps = Mapping[tuple[str, str, int], Risen]


def acknowledge(
    duties: Iterable[Duty], subject: UUID, code: int, loop: str, key: str, *, by: str, at: datetime
) -> Draft:
    """The owner takes the duty. Raises NotFound or Refused if it is not open at `at`."""
    check_open(duties, loop, key, at)
    body = DutyAcknowledged(loop, key, by)
    return Draft(subject, body, at, code, f"acknowledged:{loop}:{key}:{by}")


def escalate(duties: Iterable[Duty], steps: Steps, subject: UUID, code: int, *, at: datetime) -> list[Draft]:
    """The rungs that lateness has reached by `at` and that were not climbed yet, oldest first."""
    drafts: list[Draft] = []
    for duty, rung, when, owner in rungs(duties):
        if when <= at and duty_is_open(duty, when) and (duty.loop, duty.key, rung) not in steps:
            body = DutyEscalated(duty.loop, duty.key, rung, owner.party, owner.post, owner_code(owner, code))
            drafts.append(Draft(subject, body, when, code, f"escalated:{duty.loop}:{duty.key}:{rung}"))
    return sorted(drafts, key=lambda draft: draft.occurred_at)


def next_rung(duties: Iterable[Duty], steps: Steps) -> datetime | None:
    """When the clock has to look again: the first rung not climbed yet, if no further fact arrives."""
    waiting = [
        when
        for duty, rung, when, _ in rungs(duties)
        if duty_is_open(duty, when) and (duty.loop, duty.key, rung) not in steps
    ]
    return min(waiting, default=None)


def rungs(duties: Iterable[Duty]) -> Iterable[tuple[Duty, int, datetime, Owner]]:
    """Every rung of every open duty's ladder: (duty, number from 1, instant, owner there)."""
    for duty in duties:
        if duty.state is DutyState.OPEN:
            for rung, (when, owner) in enumerate(duty.escalations, start=1):
                yield duty, rung, when, owner


def duty_is_open(duty: Duty, at: datetime) -> bool:
    """Whether the duty is to be done, as the rules stand for the asking-instant `at`."""
    return duty.state is DutyState.OPEN and at in duty.valid


def owner_code(owner: Owner, code: int) -> int:
    """The jurisdiction whose post answers: the one at the owner's level that contains `code`."""
    return at_level(Code(code), owner.level) if owner.level in LEVELS else code
