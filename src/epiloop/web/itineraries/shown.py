"""An itinerary as the page shows it: days with bars and lines, gaps and conflicts in words, and what a map needs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from epiloop.core.instants import Interval
from epiloop.operations.itineraries import queries
from epiloop.operations.itineraries.queries import Day, Piece
from epiloop.operations.itineraries.state import Stop
from epiloop.runtime.requests.itineraries import Seen
from epiloop.web import said
from epiloop.web.itineraries import typed
from epiloop.web.itineraries.words import Words, form_kind, words_of

WIDTH, HEIGHT, TOP = 960, 44, 4
LETTER = 6.8
"""How wide a letter is in the drawing, about; a Chinese one twice that."""
HOURS = (0, 6, 12, 18, 24)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stop or a gap in the drawing of a day. `label` is "" where it is too narrow for one."""

    x: float
    width: float
    kind: str
    label: str
    title: str

    @property
    def text_x(self) -> float:
        """Where the label stands."""
        return self.x + 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a day: a stop, or a gap (`stop` None). `number`: the stop's on the map, "" where it has no point."""

    begins: str
    ends: str
    long: str
    words: Words
    stop: UUID | None = None
    number: str = ""
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class ShownDay:
    """One day: its name, the drawing, the lines, and whether it lies in the time in which contacts matter."""

    day: date
    name: str
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    inside: bool
    label: str

    @property
    def known(self) -> bool:
        """Whether anything is known of it."""
        return any(line.stop for line in self.lines)


def home_of(found: Seen) -> UUID:
    """The person's own household."""
    return found.known.person.household or found.known.person.person


def shown_days(found: Seen, numbers: Mapping[UUID, str]) -> list[ShownDay]:
    """Every day of the itinerary and of the window."""
    stops = found.itinerary.standing()
    clashes = _clashes(stops, home_of(found), found.zone)
    days = queries.days(stops, found.window, found.zone)
    return [_day(day, found, clashes, numbers) for day in days]


def points_of(stops: Sequence[Stop]) -> tuple[list[dict[str, Any]], dict[UUID, str]]:
    """The points of a map in order of time, one for each place, and the numbers of the stops at them."""
    points: dict[tuple[float, ...], dict[str, Any]] = {}
    numbers: dict[UUID, str] = {}
    placed = [stop for stop in queries.in_order(stops) if stop.told.position]
    for n, stop in enumerate(placed, 1):
        longitude, latitude = stop.told.position
        name = stop.told.name or ""
        point = points.setdefault(stop.told.position, {"at": [longitude, latitude], "numbers": [], "name": name})
        point["numbers"].append(n)
        numbers[stop.stop] = str(n)
    return list(points.values()), numbers


def path_of(stops: Sequence[Stop]) -> list[tuple[float, ...]]:
    """The positions one after the other, as the line on the map goes."""
    return [stop.told.position for stop in queries.in_order(stops) if stop.told.position]


def gap_lengths(found: Seen) -> list[Interval]:
    """The gaps within the window."""
    return list(queries.gaps(found.itinerary.standing(), found.window))


def _clashes(stops: Sequence[Stop], home: UUID, zone: tzinfo) -> dict[UUID, list[str]]:
    by_id = {stop.stop: stop for stop in stops}
    told: dict[UUID, list[str]] = {}
    for pair in queries.conflicts(stops):
        times = {"begins": _time(pair.begins, zone), "ends": _time(pair.ends, zone)}
        for one, other in ((pair.one, pair.other), (pair.other, pair.one)):
            name = words_of(by_id[other].told, home).title
            text = gettext("At the same time, %(begins)s to %(ends)s: %(other)s") % {**times, "other": name}
            told.setdefault(one, []).append(text)
    return told


def _day(day: Day, found: Seen, clashes: Mapping[UUID, list[str]], numbers: Mapping[UUID, str]) -> ShownDay:
    window, home = found.window, home_of(found)
    bars = [_bar(piece, day, home, bool(clashes.get(piece.stop.stop))) for piece in day.pieces]
    bars += [_empty_bar(gap, day) for gap in day.gaps]
    lines = [(piece.begins, _line(piece, day, found, clashes, numbers)) for piece in day.pieces]
    lines += [(gap.start, _gap(gap, day, found.zone)) for gap in day.gaps]
    name = said.said_calendar_day(day.day)
    return ShownDay(
        day.day,
        name,
        tuple(bars),
        tuple(line for _at, line in sorted(lines, key=lambda pair: pair[0])),
        tuple(_ticks(day, found.zone)),
        day.ends > window.start and (window.end is None or day.begins < window.end),
        gettext("%(day)s, hour by hour; the table follows") % {"day": name},
    )


def _x(at: datetime, day: Day) -> float:
    return round(WIDTH * ((at - day.begins) / (day.ends - day.begins)), 1)


def _bar(piece: Piece, day: Day, home: UUID, clash: bool) -> Bar:  # noqa: FBT001 - one of the two looks of a bar
    left, right = _x(piece.begins, day), _x(piece.ends, day)
    title = words_of(piece.stop.told, home).title
    kind = "clash" if clash else form_kind(piece.stop.told, home)
    return Bar(left, max(right - left, 2), kind, title if _wide(title) < right - left - 8 else "", title)


def _empty_bar(gap: Interval, day: Day) -> Bar:
    end = gap.end or day.ends
    left, right = _x(gap.start, day), _x(end, day)
    title = gettext("nothing known")
    return Bar(left, max(right - left, 2), "gap", title if _wide(title) < right - left - 8 else "", title)


def _line(piece: Piece, day: Day, found: Seen, clashes: Mapping[UUID, list[str]], numbers: Mapping[UUID, str]) -> Line:
    stop = piece.stop
    return Line(
        gettext("the day before") if piece.before else _time(piece.begins, found.zone),
        gettext("the day after") if piece.after else typed.said(piece.ends, day.day, found.zone),
        said.said_span(piece.ends - piece.begins),
        words_of(stop.told, home_of(found)),
        stop.stop,
        numbers.get(stop.stop, ""),
        "; ".join(clashes.get(stop.stop, ())),
    )


def _gap(gap: Interval, day: Day, zone: tzinfo) -> Line:
    end = gap.end or day.ends
    words = Words(gettext("nothing known"), "", "")
    return Line(_time(gap.start, zone), typed.said(end, day.day, zone), said.said_span(end - gap.start), words)


def _ticks(day: Day, zone: tzinfo) -> Iterator[tuple[float, str]]:
    for hour in HOURS[:-1]:
        yield _x(typed.moment(day.day, hour * 60, zone), day), f"{hour:02d}"


def _time(at: datetime, zone: tzinfo) -> str:
    return said.said_time(at, zone)


def _wide(text: str) -> float:
    return sum(LETTER * (2 if ord(letter) > 0x2E7F else 1) for letter in text)
