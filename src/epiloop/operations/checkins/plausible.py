"""Check-ins that cannot be as they say (PRIVACY R25): kept, but left out of automatic notices.

No location is ever asked of a phone; all this follows from the check-in itself, the register, and how many came to the
same zone lately. That somebody was at two places at once takes both visits to see, and is seen where they are opened.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from epiloop.operations.checkins.visits import Said, Way, What
from epiloop.registers.places.queries import is_open_at
from epiloop.registers.places.state import Place

_MINUTE = 60
_PHONE, _CAME, _LEFT = Way.PHONE, What.CAME, What.LEFT  # members of enumerations are looked up slowly
_EXTENDED = 4
"""How often a visitor says "still here", for a sign to show or a longer stay, in a visit as most are."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is still plausible, by convention of the deployment.

    `early`: people come before the door opens and leave after it shut. `window` and `crowd`: how many may come to a
    zone within a time, in multiples of its capacity, and `least` in any case. `late`, `ahead`: how old a check-in may
    be when it is sent, and how far ahead a phone's clock may be.
    """

    early: timedelta = timedelta(minutes=30)
    window: timedelta = timedelta(minutes=10)
    crowd: float = 2.0
    least: int = 60
    late: timedelta = timedelta(hours=72)
    ahead: timedelta = timedelta(minutes=10)

    def most(self, capacity: int | None) -> int:
        """How many may come by phone within the window to a zone of this capacity."""
        return max(self.least, round(self.crowd * (capacity or 0)))


def is_shut(came: datetime, place: Place, zone: tzinfo, limits: Limits) -> bool:
    """Whether somebody came when the place was shut, and for long."""
    return not any(is_open_at(place, came + shift, zone) for shift in (timedelta(), limits.early, -limits.early))


class Clock(NamedTuple):
    """Between which instants, in seconds since 1970, a check-in that was received now can have been made."""

    earliest: float
    latest: float

    @classmethod
    def at(cls, received: datetime, limits: Limits) -> "Clock":
        """For what is received at an instant."""
        return cls((received - limits.late).timestamp(), (received + limits.ahead).timestamp())

    def is_wrong(self, said: Said) -> bool:
        """Whether a message was sent from a clock that is ahead, or too long after."""
        if said.ends is not None and said.what is What.LEFT and said.ends.timestamp() > self.latest:
            return True
        return not self.earliest <= said.came.timestamp() <= self.latest


@dataclass(slots=True)
class _Lately:
    """How many came to a zone in each minute, and in all of them."""

    total: int = 0
    minutes: dict[int, int] = field(default_factory=dict)

    def add(self, minute: int, window: int) -> None:
        self.total += 1
        self.minutes[minute] = self.minutes.get(minute, 0) + 1
        if len(self.minutes) > 4 * window:
            last = max(self.minutes)
            self.minutes = {at: n for at, n in self.minutes.items() if at > last - 2 * window}
            self.total = sum(self.minutes.values())


@dataclass(slots=True)
class Floods:
    """How many came by phone to each zone in the last minutes: more than there is room for, and the picture of its
    code went around. Whom staff or a gateway entered was there.

    Only numbers are kept, of the zones that somebody came to lately; no person, and no visit. For one thread at a time.
    """

    limits: Limits = field(default_factory=Limits)
    most_zones: int = 100_000
    _zones: OrderedDict[bytes, _Lately] = field(default_factory=OrderedDict, repr=False)

    def is_flood(self, zone: bytes, said: Said, capacity: int | None) -> bool:
        """Count a message; whether it is one too many for those who came in the minutes before.

        Each says a whole visit, so each sort is counted by itself: a thousand check-outs are a thousand visits.
        """
        if said.way is not _PHONE:
            return False
        most = self.limits.most(capacity)
        if said.what is not _CAME:
            zone = _sort(zone, said)
            most *= 1 if said.what is _LEFT else _EXTENDED
        minute, window = int(said.came.timestamp()) // _MINUTE, self.limits.window // timedelta(minutes=1)
        lately = self._lately(zone)
        lately.add(minute, window)
        if lately.total <= most:
            return False
        return sum(n for at, n in lately.minutes.items() if minute - window < at <= minute) > most

    def take_back(self, zone: bytes, said: Said) -> None:
        """A message that was counted was not taken after all, or had been before: it counts for nobody."""
        lately = self._zones.get(_sort(zone, said)) if said.way is _PHONE else None
        minute = int(said.came.timestamp()) // _MINUTE
        if lately is not None and lately.minutes.get(minute):
            lately.minutes[minute] -= 1
            lately.total -= 1

    def _lately(self, zone: bytes) -> _Lately:
        found = self._zones.get(zone)
        if found is None:
            found = self._zones[zone] = _Lately()
            if len(self._zones) > self.most_zones:
                self._zones.popitem(last=False)  # the one that nobody came to for the longest time
        else:
            self._zones.move_to_end(zone)
        return found


def _sort(zone: bytes, said: Said) -> bytes:
    """What a message is counted under: each sort by itself."""
    return zone if said.what is _CAME else zone + said.what.encode()
