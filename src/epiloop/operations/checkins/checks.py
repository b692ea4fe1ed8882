"""What may be done next with a place's codes. `check_x` raises the reason, `can_x` answers."""

from datetime import datetime

from epiloop.core.errors import N_, EpiloopError, NotFound, Refused
from epiloop.operations.checkins.state import Codes, VenueCode


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
