"""Check-ins that cannot be as they say (PRIVACY R25): kept, but left out of automatic notices.

No location is ever asked of a phone; all this follows from the check-ins themselves and the register.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from epiloop.core.jurisdictions import Code, at_level
from epiloop.operations.checkins.visits import Visit, Way
from epiloop.registers.places.queries import is_open_at
from epiloop.registers.places.state import Place


class Flag(StrEnum):
    """What is wrong with a check-in."""

    SHUT = "shut"
    TRAVEL = "travel"
    FLOOD = "flood"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is still plausible, by convention of the deployment.

    `early`: people come before the door opens and leave after it shut. `window` and `crowd`: how many may come to a
    zone within a time, in multiples of its capacity, and `least` in any case. `late`, `ahead`: how old a check-in may
    be when it is sent, and how far ahead a phone's clock may be. `travel`: the least time between places of two
    townships, counties, cities, provinces.
    """

    early: timedelta = timedelta(minutes=30)
    window: timedelta = timedelta(minutes=10)
    crowd: float = 2.0
    least: int = 60
    late: timedelta = timedelta(hours=72)
    ahead: timedelta = timedelta(minutes=10)
    travel: Mapping[str, timedelta] = field(
        default_factory=lambda: {
            "province": timedelta(minutes=90),
            "city": timedelta(minutes=45),
            "county": timedelta(minutes=15),
            "township": timedelta(minutes=4),
        }
    )


def is_shut(visit: Visit, place: Place, zone: tzinfo, limits: Limits) -> bool:
    """Whether somebody came when the place was shut, and for long."""
    at = visit.came.at
    return not any(is_open_at(place, at + shift, zone) for shift in (timedelta(), limits.early, -limits.early))


def has_wrong_clock(visit: Visit, received: datetime, limits: Limits) -> bool:
    """Whether a check-in was sent from a clock that is ahead, or too long after."""
    return not received - limits.late <= visit.came.at <= received + limits.ahead


def least_travel(one: int, other: int, limits: Limits) -> timedelta:
    """The least time that somebody needs from a jurisdiction to another: that of the highest level that differs."""
    for level, least in limits.travel.items():
        if at_level(Code(one), level) != at_level(Code(other), level):
            return least
    return timedelta()


def jumps(visits: Iterable[Visit], where: Mapping[UUID, int], limits: Limits) -> set[UUID]:
    """Of one person's visits, those that are too soon after one elsewhere, with that one: which is true nobody knows.

    From the last instant at which they were at one place to the first at the next. `where`: jurisdictions of places.
    """
    ordered = sorted(visits, key=lambda visit: (visit.came.at, visit.came.visit.bytes))
    flagged: set[UUID] = set()
    for number, later in enumerate(ordered):
        for earlier in ordered[:number]:
            least = least_travel(where[earlier.came.place], where[later.came.place], limits)
            if later.came.at - min(earlier.last_sign, later.came.at) < least:
                flagged |= {earlier.came.visit, later.came.visit}
    return flagged


def floods(visits: Sequence[Visit], capacity: int | None, limits: Limits) -> set[UUID]:
    """Of the visits to one zone by phone, those of any stretch of time in which more came than there is room for: the
    picture of its code went around. Whom staff or a gate entered was there.
    """
    most = max(limits.least, round(limits.crowd * (capacity or 0)))
    phones = sorted((one for one in visits if one.came.way is Way.PHONE), key=lambda one: one.came.at)
    flagged: set[UUID] = set()
    first = done = 0
    for last, visit in enumerate(phones):
        while visit.came.at - phones[first].came.at >= limits.window:
            first += 1
        if last - first + 1 > most:
            flagged |= {one.came.visit for one in phones[max(first, done) : last + 1]}
            done = last + 1
    return flagged


@dataclass(frozen=True, slots=True)
class Known:
    """What flags are raised from: places with their clock, when each visit was received, and whose visit it is.

    `person` is any word that is the same for the same person: a token, never a name.
    """

    places: Mapping[UUID, Place]
    zone: tzinfo
    received: Mapping[UUID, datetime]
    person: Mapping[UUID, str]
    limits: Limits = field(default_factory=Limits)


def flags(visits: Sequence[Visit], known: Known) -> dict[UUID, frozenset[Flag]]:
    """What is implausible about each visit; only those with something."""
    found: dict[UUID, set[Flag]] = defaultdict(set)
    limits = known.limits
    for visit in visits:
        if is_shut(visit, known.places[visit.came.place], known.zone, limits):
            found[visit.came.visit].add(Flag.SHUT)
        if has_wrong_clock(visit, known.received[visit.came.visit], limits):
            found[visit.came.visit].add(Flag.CLOCK)
    where = {place: known.places[place].jurisdiction for place in known.places}
    for of_person in _groups(visits, lambda visit: known.person[visit.came.visit]):
        for one in jumps(of_person, where, limits):
            found[one].add(Flag.TRAVEL)
    for of_spot in _groups(visits, lambda visit: visit.spot):
        for one in floods(of_spot, _capacity(known.places, of_spot[0]), limits):
            found[one].add(Flag.FLOOD)
    return {visit: frozenset(some) for visit, some in found.items()}


def _capacity(places: Mapping[UUID, Place], visit: Visit) -> int | None:
    place = places[visit.came.place]
    own = next((zone.capacity for zone in place.zones if zone.zone == visit.came.zone), None)
    return own or place.capacity


def _groups(visits: Iterable[Visit], key: Callable[[Visit], object]) -> list[list[Visit]]:
    grouped: dict[object, list[Visit]] = defaultdict(list)
    for visit in visits:
        grouped[key(visit)].append(visit)
    return list(grouped.values())
