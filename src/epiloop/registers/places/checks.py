"""What may be done next with a place. `check_x` raises the reason, `can_x` answers."""

from epiloop.core.errors import N_, EpiloopError, InvalidInput, NotFound, Refused
from epiloop.registers.places import events as e
from epiloop.registers.places import hours
from epiloop.registers.places.kinds import SENSITIVE_KINDS, is_kind
from epiloop.registers.places.state import STEPS, Place


def check_register(state: Place, request: e.PlaceRegistered) -> None:
    """Refuses a place without a name, without room, or with hours nobody can read."""
    if "open" not in STEPS[state.step]:
        raise Refused(N_("This place cannot be registered now."))
    if not request.name_zh.strip():
        raise InvalidInput(N_("A place needs a name."))
    _check_details(state, request)


def check_change(state: Place, request: e.PlaceChanged) -> None:
    """Refuses changes to a place that is not open, and the same details as `check_register`."""
    check_open(state)
    _check_details(state, request)


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


def check_zone(state: Place, request: e.ZoneSet) -> None:
    """Refuses a zone of a place that is not open, and the same details as `check_zone_said`."""
    check_open(state)
    check_zone_said(request)


def check_zone_said(request: e.ZoneSet) -> None:
    """Refuses a zone without a word of its own, or without room."""
    if not is_kind(request.zone) or (request.zone_kind and not is_kind(request.zone_kind)):
        raise InvalidInput(
            N_("A zone has a word of small letters, digits and dashes."), remedy=N_("Write for example: hall-2")
        )
    _check_capacity(request.capacity)


def check_zone_closed(state: Place, request: e.ZoneClosed) -> None:
    """Refuses to close a zone that is not there."""
    check_open(state)
    if all(zone.zone != request.zone for zone in state.zones):
        raise NotFound(N_("This place has no such zone."), remedy=N_("Load the page again."))


def check_hours(state: Place, request: e.HoursSet) -> None:
    """Refuses hours nobody can read, and those of a place that is not open."""
    check_open(state)
    hours.checked(request.hours)


def _check_details(state: Place, request: e.PlaceRegistered | e.PlaceChanged) -> None:
    _check_capacity(request.capacity)
    if len(set(request.zones)) < len(request.zones):
        raise InvalidInput(N_("Two zones have the same name."))
    shown = (request.sensitivity or state.sensitivity) is e.Sensitivity.PUBLIC
    if shown and (request.place_kind or state.place_kind) in SENSITIVE_KINDS:
        raise InvalidInput(
            N_("Places of this kind are always sensitive."),
            remedy=N_("Choose that only the register's keepers see it."),
        )
    hours.checked(request.hours)
    if request.position:
        check_position(request.position)


def check_position(position: tuple[float, ...]) -> None:
    """Refuses what is no longitude and latitude in degrees."""
    if len(position) != 2 or not (-180 <= position[0] <= 180 and -90 <= position[1] <= 90):
        raise InvalidInput(
            N_("A position is a longitude from -180 to 180 and a latitude from -90 to 90, in degrees."),
            remedy=N_("Write for example: 109.6123, 25.7829"),
        )


def _check_capacity(capacity: int | None) -> None:
    if capacity is not None and capacity < 1:
        raise InvalidInput(N_("A capacity counts at least one person."))
