"""What may be done next with a place. `check_x` raises the reason, `can_x` answers."""

import re
from collections.abc import Iterable

from epiloop.core.errors import N_, EpiloopError, InvalidInput, Refused
from epiloop.registers.places import events as e
from epiloop.registers.places.state import STEPS, Place

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def check_register(state: Place, request: e.PlaceRegistered) -> None:
    """Refuses a place without a name, without room, or with hours nobody can read."""
    if "open" not in STEPS[state.step]:
        raise Refused(N_("This place cannot be registered now."))
    if not request.name_zh.strip():
        raise InvalidInput(N_("A place needs a name."))
    _check_details(request)


def check_change(state: Place, request: e.PlaceChanged) -> None:
    """Refuses changes to a place that is not open, and the same details as `check_register`."""
    check_open(state)
    _check_details(request)


def check_open(state: Place) -> None:
    """Refuses what needs an open place."""
    if state.step != "open":
        raise Refused(N_("This place is not open."), remedy=N_("Register it first."))


def can_change(state: Place) -> bool:
    """Whether `check_open` would let it pass."""
    try:
        check_open(state)
    except EpiloopError:
        return False
    return True


def _check_details(request: e.PlaceRegistered | e.PlaceChanged) -> None:
    if request.capacity is not None and request.capacity < 1:
        raise InvalidInput(N_("A capacity counts at least one person."))
    if len(set(request.zones)) < len(request.zones):
        raise InvalidInput(N_("Two zones have the same name."))
    _check_hours(request.hours)


def _check_hours(hours: Iterable[tuple[str, str, str]]) -> None:
    for weekday, opens, closes in hours:
        if weekday not in "1234567" or len(weekday) != 1 or not (_TIME.fullmatch(opens) and _TIME.fullmatch(closes)):
            raise InvalidInput(
                N_("Opening hours are a weekday 1 to 7 and two times."), remedy=N_("Write 1, 08:00, 18:00.")
            )
