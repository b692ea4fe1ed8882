"""What must be true before a duty is acknowledged."""

from collections.abc import Iterable
from datetime import datetime

from epiloop.core.errors import N_, EpiloopError, NotFound, Refused
from epiloop.rules.plan import Duty, DutyState


def check_open(duties: Iterable[Duty], loop: str, key: str, at: datetime) -> Duty:
    """The duty, if it is open at `at`. Raises NotFound if there is none of that name, Refused if it is not open."""
    named = [duty for duty in duties if (duty.loop, duty.key) == (loop, key) and at in duty.valid]
    if not named:
        raise NotFound(N_("There is no duty %(key)s in this loop now."), remedy=N_("Load the page again."), key=key)
    if named[0].state is not DutyState.OPEN:
        raise Refused(N_("This duty is no longer open."), remedy=N_("Load the page again."))
    return named[0]


def can_acknowledge(duties: Iterable[Duty], loop: str, key: str, at: datetime) -> bool:
    """Whether `check_open` would pass."""
    try:
        check_open(duties, loop, key, at)
    except EpiloopError:
        return False
    return True
