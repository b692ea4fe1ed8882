"""A place, folded from the place's events in recorded order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from uuid import UUID

from epiloop.ledger.events import Entry
from epiloop.registers.places import events as e

STEPS: Mapping[str, frozenset[str]] = {
    "unknown": frozenset({"open"}),
    "open": frozenset({"open", "closed"}),
    "closed": frozenset({"open"}),
}
"""Open again: said anew by its source, or reopened."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a place that is checked in to apart. `capacity` None: that of the place."""

    zone: str
    zone_kind: str = ""
    name_zh: str = ""
    name_en: str = ""
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of one place."""

    place: UUID
    step: str = "unknown"
    place_kind: str = ""
    jurisdiction: int = 0
    name_zh: str = ""
    name_en: str = ""
    zones: tuple[Zone, ...] = ()
    capacity: int | None = None
    code: str | None = None
    sensitivity: e.Sensitivity = e.Sensitivity.PUBLIC
    hours: tuple[tuple[str, str, str], ...] = ()
    unit: UUID | None = None
    closed_at: datetime | None = None
    position: tuple[float, ...] = ()


def fold(place: UUID, history: Iterable[Entry]) -> Place:
    """The place after these events; events of other capabilities are passed over."""
    state = Place(place)
    for entry in history:
        if isinstance(entry.body, e.PlaceRegistered | e.PlaceChanged):
            state = _said(state, entry.body)
        elif isinstance(entry.body, e.PlaceClosed):
            state = replace(state, step="closed", closed_at=entry.occurred_at)
        elif isinstance(entry.body, e.HoursSet):
            state = replace(state, hours=entry.body.hours)
        elif isinstance(entry.body, e.ZoneSet):
            state = replace(state, zones=_with(state.zones, Zone(**vars(entry.body))))
        elif isinstance(entry.body, e.ZoneClosed):
            state = replace(state, zones=tuple(zone for zone in state.zones if zone.zone != entry.body.zone))
    return state


_KEPT = {spec.name for spec in fields(Place)}


def _said(state: Place, told: e.PlaceRegistered | e.PlaceChanged) -> Place:
    said = {name: value for name, value in vars(told).items() if name in _KEPT and value is not None and value != ()}
    if "zones" in said:
        known = {zone.zone: zone for zone in state.zones}
        said["zones"] = tuple(known.get(word, Zone(word)) for word in told.zones)
    if isinstance(told, e.PlaceRegistered):
        return replace(state, step="open", closed_at=None, **said)
    return replace(state, **said)


def _with(zones: tuple[Zone, ...], told: Zone) -> tuple[Zone, ...]:
    """The zones with this one, in the place where it stood or at the end."""
    if all(zone.zone != told.zone for zone in zones):
        return (*zones, told)
    return tuple(told if zone.zone == told.zone else zone for zone in zones)
