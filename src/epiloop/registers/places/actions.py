"""What can be done with places: (state, request, when) -> drafts in the place's stream. Requests are event bodies."""

from collections.abc import Sequence
from datetime import datetime

from epiloop.ledger.events import Draft
from epiloop.registers.places import checks
from epiloop.registers.places import events as e
from epiloop.registers.places.state import Place, Zone


def register(state: Place, request: e.PlaceRegistered, *, at: datetime, key: str | None = None) -> list[Draft]:
    """A place is known, reopened, or its source says something new of it."""
    checks.check_register(state, request)
    return [Draft(state.place, request, at, request.jurisdiction, key)]


def take_over(state: Place, told: e.PlaceRegistered, zones: Sequence[e.ZoneSet], *, at: datetime) -> list[Draft]:
    """What a list says of a place, as far as it is not known so already. Zones the list does not name stay."""
    drafts: list[Draft] = []
    if not knows(state, told):
        drafts += register(state, told, at=at)
        if state.hours and not told.hours:
            drafts.append(Draft(state.place, e.HoursSet(), at, told.jurisdiction))
    known = {zone.zone: zone for zone in state.zones}
    fresh = [zone for zone in zones if known.get(zone.zone) != Zone(**vars(zone))]
    return drafts + [Draft(state.place, zone, at, told.jurisdiction) for zone in fresh]


def knows(state: Place, told: e.PlaceRegistered) -> bool:
    """Whether an open place is already all that is said of it. A list without a position leaves the one there is."""
    unsaid = ("zones", "outside", "unit") if told.position else ("zones", "outside", "unit", "position")
    said = {name: value for name, value in vars(told).items() if name not in unsaid}
    return state.step == "open" and all(getattr(state, name) == value for name, value in said.items())


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
