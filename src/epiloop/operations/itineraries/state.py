"""A person's itinerary, folded from that person's events in recorded order.

Without their sealed parts the events still say which stops there are and where each stands in `STEPS`; with them (see
`runtime.requests.itineraries.opened`) also where they were.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from epiloop.ledger.events import Entry
from epiloop.operations.itineraries import events as e

STEPS: Mapping[str, frozenset[str]] = {
    "unknown": frozenset({"told"}),
    "told": frozenset({"told", "withdrawn"}),
    "withdrawn": frozenset(),
}
"""Told again: corrected. What was withdrawn stays so; who was there after all is told as another stop."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop as told last. `tellings` counts how often: each one is a visit of its own for the sealed days."""

    stop: UUID
    step: str
    told: e.StopTold
    tellings: int
    said_at: datetime

    @property
    def begins(self) -> datetime:
        """Since when; only of an opened stop."""
        assert self.told.begins is not None
        return self.told.begins

    @property
    def ends(self) -> datetime:
        """Until when; only of an opened stop."""
        assert self.told.ends is not None
        return self.told.ends


@dataclass(frozen=True, slots=True)
class Itinerary:
    """All stops of one person by id, in the order in which they were told first."""

    person: UUID
    stops: Mapping[UUID, Stop] = field(default_factory=lambda: MappingProxyType({}))

    def step(self, stop: UUID) -> str:
        """Where a stop stands in `STEPS`."""
        known = self.stops.get(stop)
        return known.step if known else "unknown"

    def standing(self) -> tuple[Stop, ...]:
        """The stops that were not withdrawn."""
        return tuple(stop for stop in self.stops.values() if stop.step == "told")


def fold(person: UUID, history: Iterable[Entry]) -> Itinerary:
    """The itinerary after these events; events of other capabilities are passed over."""
    stops: dict[UUID, Stop] = {}
    for entry in history:
        told = entry.body
        if isinstance(told, e.StopTold):
            before = stops.get(told.stop)
            stops[told.stop] = Stop(told.stop, "told", told, before.tellings + 1 if before else 1, entry.recorded_at)
        elif isinstance(told, e.StopWithdrawn) and told.stop in stops:
            stops[told.stop] = replace(stops[told.stop], step="withdrawn")
    return Itinerary(person, MappingProxyType(stops))
