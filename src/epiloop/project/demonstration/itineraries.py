"""A typical day of somebody: home, work or school, market, restaurant, transport - as visits to places."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from epiloop.project.demonstration.circles import markets
from epiloop.project.demonstration.columns import NOBODY, stream
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.population import Frame
from epiloop.project.demonstration.roster import BEIJING

STREAM = 8
HOME = NOBODY
"""As a place: the person's home."""

Stop = tuple[int, float, float]
"""A place, from which local hour to which."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A person was at a place (an index into the county's places, or HOME) in [start, end), UTC."""

    person: int
    place: int
    start: datetime
    end: datetime


def visits(county: County, frame: Frame, day: date, *, people: Iterable[int] | None = None) -> Iterator[Visit]:
    """The day of each of `people` (everybody who stays in the county by default), in order; nobody is in two places.

    The same person has the same day whenever it is asked for.
    """
    meeting = markets(county)
    buses = np.flatnonzero(np.array(county.places.kind) == "bus-company")
    chosen = np.flatnonzero(frame.stay_community >= 0).tolist() if people is None else people
    for person in chosen:
        if frame.stay_community[person] >= 0:
            rng = stream(county.seed, STREAM, day.toordinal(), person)
            township = int(county.tree.township_of[frame.stay_community[person]])
            stops = _stops(rng, county, frame, person, day)
            outing = int(rng.choice(meeting[township]))
            bus = int(rng.choice(buses)) if len(buses) else HOME
            yield from _day(rng, person, day, stops, outing, bus)


def _stops(rng: np.random.Generator, county: County, frame: Frame, person: int, day: date) -> list[Stop]:
    """Work or school as (place, from hour, to hour); nothing on most people's Sundays."""
    unit = int(frame.employer[person]) if frame.employer[person] != NOBODY else int(frame.school[person])
    if unit == NOBODY or (day.weekday() == 6 and rng.random() < 0.8):
        return []
    first = int(np.searchsorted(county.places.unit[: county.zones], unit))
    last = int(np.searchsorted(county.places.unit[: county.zones], unit, side="right"))
    zone = int(rng.integers(first, last))
    return [(zone, 7.5 + float(rng.random()), 16.5 + float(rng.random()) * 2)]


def _day(rng: np.random.Generator, person: int, day: date, stops: list[Stop], outing: int, bus: int) -> Iterator[Visit]:
    """Home until the first stop, by bus to work for one in five, an outing for every second, home again."""
    midnight = datetime.combine(day, time(), BEIJING)
    legs = []
    for place, start, end in stops:
        if bus != HOME and rng.random() < 0.2:
            legs.append((bus, start - 0.4, start))
        legs.append((place, start, end))
    if rng.random() < 0.5:
        start = max(9.0, legs[-1][2] if legs else 0.0) + float(rng.random())
        legs.append((outing, start, start + 0.3 + float(rng.random())))
    here = 0.0
    for place, start, end in legs:
        if start > here:
            yield _visit(person, HOME, midnight, here, start)
        yield _visit(person, place, midnight, start, end)
        here = end
    yield _visit(person, HOME, midnight, here, 24.0)


def _visit(person: int, place: int, midnight: datetime, start: float, end: float) -> Visit:
    moments = (midnight + timedelta(seconds=round(hour * 3_600)) for hour in (start, end))
    return Visit(person, place, *(moment.astimezone(UTC) for moment in moments))
