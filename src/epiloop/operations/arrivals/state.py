"""A person's arrivals, folded from that person's events in recorded order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from epiloop.ledger.events import Entry
from epiloop.operations.arrivals import events as e

STEPS: Mapping[str, frozenset[str]] = {
    "reported": frozenset({"reported", "confirmed", "absent", "departed"}),
    "confirmed": frozenset({"reported", "departed"}),
    "absent": frozenset({"reported", "confirmed"}),
    "departed": frozenset(),
}
"""Another channel may report at any time before departure; who was not found may turn up."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One arrival as all channels together report it; details as last told."""

    arrival: str
    step: str
    at: datetime
    origin_risk: e.OriginRisk
    channels: frozenset[e.Channel]
    left: date | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """All arrivals of one person by name."""

    person: UUID
    arrivals: Mapping[str, Arrival] = field(default_factory=lambda: MappingProxyType({}))


def fold(person: UUID, history: Iterable[Entry]) -> Arrivals:
    """The arrivals after these events; events of other capabilities are passed over."""
    arrivals: dict[str, Arrival] = {}
    for entry in history:
        told = entry.body
        if isinstance(told, e.Arrived):
            arrivals[told.arrival] = _reported(arrivals.get(told.arrival), told, entry.occurred_at)
        elif isinstance(told, e.ArrivalConfirmed | e.Departed) and told.arrival in arrivals:
            arrivals[told.arrival] = _advanced(arrivals[told.arrival], told)
    return Arrivals(person, MappingProxyType(arrivals))


def _reported(before: Arrival | None, told: e.Arrived, at: datetime) -> Arrival:
    channels = (before.channels if before else frozenset()) | {told.channel}
    step = before.step if before and before.step != "absent" else "reported"
    return Arrival(told.arrival, step, at, told.origin_risk, channels, told.left, told.origin)


def _advanced(before: Arrival, told: e.ArrivalConfirmed | e.Departed) -> Arrival:
    if isinstance(told, e.Departed):
        return replace(before, step="departed")
    return replace(before, step="confirmed" if told.present else "absent", channels=before.channels | {told.channel})
