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
class Place:
    """What is known of one place."""

    place: UUID
    step: str = "unknown"
    place_kind: str = ""
    jurisdiction: int = 0
    name_zh: str = ""
    name_en: str = ""
    zones: tuple[str, ...] = ()
    capacity: int | None = None
    code: str | None = None
    sensitivity: e.Sensitivity = e.Sensitivity.PUBLIC
    hours: tuple[tuple[str, str, str], ...] = ()
    unit: UUID | None = None
    closed_at: datetime | None = None


def fold(place: UUID, history: Iterable[Entry]) -> Place:
    """The place after these events; events of other capabilities are passed over."""
    state = Place(place)
    for entry in history:
        if isinstance(entry.body, e.PlaceRegistered | e.PlaceChanged):
            state = _said(state, entry.body)
        elif isinstance(entry.body, e.PlaceClosed):
            state = replace(state, step="closed", closed_at=entry.occurred_at)
    return state


_KEPT = {spec.name for spec in fields(Place)}


def _said(state: Place, told: e.PlaceRegistered | e.PlaceChanged) -> Place:
    said = {name: value for name, value in vars(told).items() if name in _KEPT and value is not None and value != ()}
    if isinstance(told, e.PlaceRegistered):
        return replace(state, step="open", closed_at=None, **said)
    return replace(state, **said)
