"""What may be done next with a place's codes. `check_x` raises the reason, `can_x` answers."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from epiloop.core.errors import N_, EpiloopError, InvalidInput, NotFound, Refused
from epiloop.operations.checkins.events import DoorCounted
from epiloop.operations.checkins.state import Codes, VenueCode

LONGEST_COUNT = timedelta(hours=12)
"""Nobody stands at a door and counts for longer."""


def check_issue(state: Codes, zone: str) -> None:
    """Refuses a second code for a zone whose code holds without end."""
    if state.holding(zone) is not None:
        raise Refused(
            N_("This zone has a code that holds."),
            remedy=N_("Print that one, or give it an end: then a new one follows."),
        )


def can_issue(state: Codes, zone: str) -> bool:
    """Whether `check_issue` would let it pass."""
    try:
        check_issue(state, zone)
    except EpiloopError:
        return False
    return True


def check_end(state: Codes, zone: str, number: int, ends: datetime, *, at: datetime) -> VenueCode:
    """The code that is to end. Refuses one that never was, an end in the past, and one later than what was said."""
    code = state.get(zone, number)
    if code is None:
        raise NotFound(N_("This place has no such code."), remedy=N_("Load the page again."))
    if ends < at:
        raise Refused(N_("A code cannot end before now: people used it until now."), remedy=N_("Let it end now."))
    if code.ends is not None and code.ends <= ends:
        raise Refused(N_("This code ends earlier than that."), remedy=N_("An end can only be brought forward."))
    return code


def check_count(zones: Iterable[str], told: DoorCounted, *, at: datetime) -> None:
    """Refuses a count at a door that is none, of a time that is not over, and of one that nobody can stand."""
    if told.zone not in set(zones):
        raise NotFound(N_("This place has no such zone."), remedy=N_("Load the page again."))
    if not told.since < told.until <= at or told.until - told.since > LONGEST_COUNT:
        raise InvalidInput(
            N_("A count ends after it began, by now, and after twelve hours at the most."),
            remedy=N_("Correct the two times."),
        )
    if told.people < 0:
        raise InvalidInput(N_("Nobody can count fewer than none."))
