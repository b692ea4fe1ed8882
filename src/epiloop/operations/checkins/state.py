"""The codes at a place's doors, folded from the place's events in recorded order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from epiloop.ledger.events import Entry
from epiloop.operations.checkins import events as e

STEPS: Mapping[str, frozenset[str]] = {
    "unknown": frozenset({"holding"}),
    "holding": frozenset({"ending"}),
    "ending": frozenset({"ending"}),
}
"""A code that ends may be made to end earlier; it never holds again. The place gets one with the next number."""


@dataclass(frozen=True, slots=True)
class VenueCode:
    """One code: of which zone, its number there, since when it holds and until when."""

    zone: str
    number: int
    issued: datetime
    ends: datetime | None = None
    reason: str = ""

    @property
    def step(self) -> str:
        """Where it stands in `STEPS`."""
        return "holding" if self.ends is None else "ending"


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one place, in the order in which they were issued."""

    place: UUID
    codes: tuple[VenueCode, ...] = ()

    def get(self, zone: str, number: int) -> VenueCode | None:
        """The code of a zone with this number."""
        return next((code for code in self.codes if (code.zone, code.number) == (zone, number)), None)

    def holding(self, zone: str) -> VenueCode | None:
        """The code of a zone that holds and has no end yet."""
        return next((code for code in reversed(self.codes) if code.zone == zone and code.ends is None), None)

    def next_number(self, zone: str) -> int:
        """The number of the zone's next code."""
        return 1 + max((code.number for code in self.codes if code.zone == zone), default=0)


def fold(place: UUID, history: Iterable[Entry]) -> Codes:
    """The codes after these events; events of other capabilities are passed over."""
    codes: dict[tuple[str, int], VenueCode] = {}
    for entry in history:
        told = entry.body
        if isinstance(told, e.VenueCodeIssued):
            codes[told.zone, told.number] = VenueCode(told.zone, told.number, entry.occurred_at)
        elif isinstance(told, e.VenueCodeEnded):
            codes[told.zone, told.number] = _ended(codes[told.zone, told.number], told)
    return Codes(place, tuple(codes.values()))


def counts(history: Iterable[Entry]) -> tuple[e.DoorCounted, ...]:
    """What was counted at the place's doors; told again for the same zone and beginning, the later word holds."""
    told = [entry.body for entry in history if isinstance(entry.body, e.DoorCounted)]
    return tuple({(one.zone, one.since): one for one in told}.values())


def _ended(code: VenueCode, told: e.VenueCodeEnded) -> VenueCode:
    if code.ends is not None and code.ends <= told.ends:
        return code
    return replace(code, ends=told.ends, reason=told.reason.value)
