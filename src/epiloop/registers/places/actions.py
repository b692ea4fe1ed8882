"""What can be done with places: (state, request, when) -> drafts in the place's stream. Requests are event bodies."""

from datetime import datetime

from epiloop.ledger.events import Draft
from epiloop.registers.places import checks
from epiloop.registers.places import events as e
from epiloop.registers.places.state import Place


def register(state: Place, request: e.PlaceRegistered, *, at: datetime, key: str | None = None) -> list[Draft]:
    """A place is known, reopened, or its source says something new of it."""
    checks.check_register(state, request)
    return [Draft(state.place, request, at, request.jurisdiction, key)]


def change(state: Place, request: e.PlaceChanged, *, at: datetime) -> list[Draft]:
    """Something about the place is different now."""
    checks.check_change(state, request)
    return [Draft(state.place, request, at, request.jurisdiction or state.jurisdiction)]


def close(state: Place, request: e.PlaceClosed, *, at: datetime) -> list[Draft]:
    """The place is no more, or not for now."""
    checks.check_open(state)
    return [Draft(state.place, request, at, state.jurisdiction)]


def set_zone(state: Place, request: e.ZoneSet, *, at: datetime) -> list[Draft]:
    """A zone is there, or different now."""
    checks.check_zone(state, request)
    return [Draft(state.place, request, at, state.jurisdiction)]


def close_zone(state: Place, request: e.ZoneClosed, *, at: datetime) -> list[Draft]:
    """A zone is no longer checked in to apart."""
    checks.check_zone_closed(state, request)
    return [Draft(state.place, request, at, state.jurisdiction)]


def set_hours(state: Place, request: e.HoursSet, *, at: datetime) -> list[Draft]:
    """Other opening hours from now on."""
    checks.check_hours(state, request)
    return [Draft(state.place, request, at, state.jurisdiction)]
