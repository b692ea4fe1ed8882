"""The numbers of the board: per line what is open, due, late, escalated, new and done, at one instant.

Most of each number is read from sums by hour; the minutes since the last full hour are counted from the rows, so the
numbers are exact. Every number has its list in `lists`, chosen by the same words.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from psycopg import Connection

from epiloop.core.instants import day_of, end_of_day, start_of_day
from epiloop.rules.plan import Line
from epiloop.store.named import queries
from epiloop.store.reading.asking import Area, ask, fetch, within
from epiloop.store.reading.blocks import blocks, whole_areas

Q = queries("reading/board")


@dataclass(frozen=True, slots=True)
class LineCounts:
    """One line of the board. Loops: open, new and closed today. Duties: the rest; escalated ones are late ones."""

    line: str
    open: int = 0
    due_today: int = 0
    late: int = 0
    escalated: int = 0
    new_today: int = 0
    closed_today: int = 0
    done_today: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted: one line, one measure, one owner's post (duties only); None: all."""

    line: str | None = None
    measure: str | None = None
    owner_post: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The calendar day around an instant: [start, end), and the instant."""

    start: datetime
    at: datetime
    end: datetime


class Tallied(NamedTuple):
    """How much of a metric was counted up to the start of the day, the instant, the end of the day."""

    line: str
    metric: str
    at_start: int
    at_now: int
    at_end: int


class _Since(NamedTuple):
    line: str
    metric: str
    n: int


Sums = dict[tuple[str, str], list[int]]


def day_around(at: datetime, zone: tzinfo) -> Day:
    """The calendar day of the jurisdiction's clock that contains the instant."""
    day = day_of(at, zone)
    return Day(start_of_day(day, zone), at, end_of_day(day, zone))


def board(connection: Connection[Any], asked: Area, day: Day, counts: Counts = Counts()) -> tuple[LineCounts, ...]:
    """All lines, also those without anything, in the order of `Line`."""
    sums: Sums = defaultdict(lambda: [0, 0, 0])
    words = {"line": counts.line, "measure": counts.measure, "owner_post": counts.owner_post}
    for line, metric, *numbers in _all(connection, asked, day, words):
        sums[line, metric] = [a + b for a, b in zip(sums[line, metric], numbers, strict=True)]
    return tuple(_line(line.value, sums) for line in Line)


def _all(connection: Connection[Any], asked: Area, day: Day, words: Mapping[str, Any]) -> Iterator[Tallied]:
    whole, rest = blocks(asked)
    if whole:
        yield from _tallied(connection, whole, day, words)
    if rest.ranges:
        exact = {"exact_start": day.start, "exact_at": day.at, "exact_end": day.end}
        yield from fetch(connection, Tallied, Q["counted_small"], {**within(rest), **words, **exact})


def _tallied(
    connection: Connection[Any], whole: list[tuple[int, int]], day: Day, words: Mapping[str, Any]
) -> Iterator[Tallied]:
    levels = {"levels": [level for level, _ in whole], "areas": [number for _, number in whole]}
    moments = {"start": day.start, "at": day.at, "end": day.end}
    hours = {name: _hour(at) for name, at in moments.items()} | {f"{n}_day": _midnight(t) for n, t in moments.items()}
    only = within(whole_areas(whole))
    tallied = ask(connection, Tallied, Q["tallied"], {**levels, **hours, **words, **only})
    since = {
        column: ask(connection, _Since, Q["since"], {"after": _hour(at), "until": at, **words, **only})
        for column, at in enumerate(moments.values())
        if _hour(at) < at
    }
    yield from tallied()
    for column, rows in since.items():
        for line, metric, n in rows():
            yield Tallied(line, metric, *(n if place == column else 0 for place in range(3)))


def _line(line: str, sums: Sums) -> LineCounts:
    def at(metric: str) -> list[int]:
        return sums[line, metric]

    return LineCounts(
        line=line,
        open=at("opened")[1] - at("closed")[1],
        due_today=at("todo")[2] - at("todo")[1],
        late=at("due")[1] - at("lapsed")[1],
        escalated=at("risen")[1] - at("settled")[1],
        new_today=at("opened")[1] - at("opened")[0],
        closed_today=at("closed")[1] - at("closed")[0],
        done_today=at("done")[1] - at("done")[0],
    )


def full_hour(at: datetime) -> bool:
    """Whether the instant is one that the sums know."""
    return _hour(at) == at


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _midnight(at: datetime) -> datetime:
    return _hour(at).replace(hour=0)
