"""Pure questions about an itinerary: what of it falls into which day, where it contradicts itself, where it is silent.

All questions are about opened stops (`state`). A day is a calendar day of the jurisdiction: 23 or 25 hours long when
clocks change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

from epiloop.core.instants import ONE_DAY, Interval, day_of, end_of_day, instant, start_of_day
from epiloop.operations.itineraries import events as e
from epiloop.operations.itineraries.state import Stop
from epiloop.operations.itineraries.visits import spots

ABOUT = timedelta(minutes=30)
"""How far a time that is known about may be off."""
SILENT = timedelta(minutes=15)
"""Less than this between two stops is the way from one to the other, not a gap."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two stops at which the person cannot both have been, and the time they share."""

    one: UUID
    other: UUID
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """What of a stop falls into one day. `before`, `after`: it began on an earlier day, goes on on a later one."""

    stop: Stop
    begins: datetime
    ends: datetime
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day of an itinerary: what is known of it in order, and the gaps between."""

    day: date
    begins: datetime
    ends: datetime
    pieces: tuple[Piece, ...]
    gaps: tuple[Interval, ...]


def in_order(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """By time; the same time by id, so that the order is always the same."""
    return tuple(sorted(stops, key=lambda stop: (stop.begins, stop.ends, stop.stop)))


def conflicts(stops: Iterable[Stop]) -> tuple[Conflict, ...]:
    """Pairs of stops at different places that overlap by more than their precision explains, in order of time."""
    found: list[Conflict] = []
    standing: list[Stop] = []
    for stop in in_order(stops):
        standing = [other for other in standing if other.ends > stop.begins]
        found += [pair for other in standing if (pair := _conflict(other, stop))]
        standing.append(stop)
    return tuple(sorted(found, key=lambda pair: (pair.begins, pair.one, pair.other)))


def _conflict(one: Stop, other: Stop) -> Conflict | None:
    begins, ends = max(one.begins, other.begins), min(one.ends, other.ends)
    if ends - begins <= _slack(one) + _slack(other) or spots(one.told) & spots(other.told):
        return None
    parts = [stop for stop in (one, other) if stop.told.precision is e.Precision.PART]
    if len(parts) == 2 or any(ends - begins < part.ends - part.begins for part in parts):
        return None  # some of the part of the day is left, in which the person may have been there
    return Conflict(one.stop, other.stop, begins, ends)


def _slack(stop: Stop) -> timedelta:
    return ABOUT if stop.told.precision is e.Precision.ABOUT else timedelta()


def gaps(stops: Iterable[Stop], window: Interval, *, least: timedelta = SILENT) -> tuple[Interval, ...]:
    """The stretches of the window of which nothing is known, from `least` on. The window has an end."""
    assert window.end is not None
    found, known = [], window.start
    for stop in in_order(stops):
        if stop.begins - known >= least and known < window.end:
            found.append(Interval(known, min(stop.begins, window.end)))
        known = max(known, stop.ends)
    if window.end - known >= least:
        found.append(Interval(known, window.end))
    return tuple(gap for gap in found if gap.end is not None and gap.end - gap.start >= least)


def days(stops: Sequence[Stop], window: Interval, zone: tzinfo) -> tuple[Day, ...]:
    """Every calendar day from the first to the last of window and stops, with what is known of it and the gaps."""
    assert window.end is not None
    ordered, silent = in_order(stops), gaps(stops, window)
    starts = [window.start, *(stop.begins for stop in ordered)]
    ends = [window.end, *(stop.ends for stop in ordered)]
    first, last = day_of(min(starts), zone), day_of(max(ends) - timedelta(microseconds=1), zone)
    return tuple(_day(first + n * ONE_DAY, ordered, silent, zone) for n in range((last - first).days + 1))


def _day(day: date, stops: Sequence[Stop], silent: Sequence[Interval], zone: tzinfo) -> Day:
    begins, ends = start_of_day(day, zone), end_of_day(day, zone)
    pieces = (
        Piece(
            stop,
            max(instant(stop.begins), begins),
            min(instant(stop.ends), ends),
            stop.begins < begins,
            stop.ends > ends,
        )
        for stop in stops
        if stop.begins < ends and stop.ends > begins
    )
    cut = (
        Interval(max(gap.start, begins), min(gap.end, ends)) for gap in silent if gap.end and _meets(gap, begins, ends)
    )
    return Day(day, begins, ends, tuple(pieces), tuple(cut))


def _meets(gap: Interval, begins: datetime, ends: datetime) -> bool:
    return gap.start < ends and gap.end is not None and gap.end > begins


def like_the_day(stops: Iterable[Stop], source: date, target: date, zone: tzinfo) -> tuple[e.StopTold, ...]:
    """What began on one day, at the same times of another day; clocks that changed between are followed."""
    found = []
    for stop in in_order(stops):
        if day_of(stop.begins, zone) == source:
            begins, ends = (_moved(at, target - source, zone) for at in (stop.begins, stop.ends))
            on = stop.told.on + (target - source) if stop.told.on else None
            found.append((stop.told, begins, ends, on))
    return tuple(_with(told, begins, ends, on) for told, begins, ends, on in found if begins < ends)


def _moved(at: datetime, by: timedelta, zone: tzinfo) -> datetime:
    local = at.astimezone(zone)
    return instant((local.replace(tzinfo=None) + by).replace(tzinfo=zone))


def _with(told: e.StopTold, begins: datetime, ends: datetime, on: date | None) -> e.StopTold:
    said = {**vars(told), "begins": begins, "ends": ends, "on": on}
    return e.StopTold(**said)


def for_publication(stops: Iterable[Stop], ticked: frozenset[UUID], public: frozenset[UUID]) -> tuple[Stop, ...]:
    """Stops that the publisher ticked and that may be published at all: at registered places anybody may see listed
    (`public`), and in public transport. Homes, gatherings and unregistered places never are (PRIVACY R13).
    """
    return tuple(stop for stop in in_order(stops) if stop.stop in ticked and publishable(stop, public))


def publishable(stop: Stop, public: frozenset[UUID]) -> bool:
    """Whether a stop may be published: see `for_publication`."""
    told = stop.told
    if told.where is e.StopKind.PLACE:
        return told.place in public
    return told.where is e.StopKind.VEHICLE and told.vehicle is not e.Vehicle.CAR
