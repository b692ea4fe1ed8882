"""Cleared the same day (日清): of what falls due in a calendar day, what is done by an instant, by owner and hour."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from epiloop.core.jurisdictions import Scope
from epiloop.store.named import queries
from epiloop.store.reading.asking import Area, ask, fetch, within
from epiloop.store.reading.blocks import blocks, whole_areas
from epiloop.store.reading.board import Counts, Day, full_hour

Q = queries("reading/cleared")


@dataclass(frozen=True, slots=True)
class OwnerCleared:
    """One kind of owner's post: how many duties fall due in the day, how many of those same ones are done."""

    post: str
    due: int
    done: int


@dataclass(frozen=True, slots=True)
class HourCleared:
    """Up to an hour: how many had fallen due, how many of the day's were done; None after the asking instant."""

    hour: datetime
    due: int
    done: int | None


@dataclass(frozen=True, slots=True)
class Cleared:
    """A day's duties: all that fall due in it, those of them done by the instant, what is left."""

    due: int
    done: int
    by_owner: tuple[OwnerCleared, ...]
    by_hour: tuple[HourCleared, ...]

    @property
    def left(self) -> int:
        """How many are still to be done."""
        return self.due - self.done


class _Todo(NamedTuple):
    owner_post: str
    due_hour: datetime
    n: int


class _Met(NamedTuple):
    owner_post: str
    due_hour: datetime
    done_hour: datetime | None
    n: int


def cleared_today(
    connection: Connection[Any],
    asked: Area,
    day: Day,
    counts: Counts = Counts(),  # noqa: B008 - frozen
) -> Cleared:
    """What falls due in the day, of those same ones what is done, by owner's post and, cumulatively, by hour."""
    words = {**asdict(counts), "at": day.at, "day_start": day.start, "day_end": day.end}
    met = ask(connection, _Met, Q["met"], {**within(asked), **words})
    return _summed(list(_todo(connection, asked, day, words)), met(), day)


def _todo(connection: Connection[Any], asked: Area, day: Day, words: Mapping[str, Any]) -> Iterable[_Todo]:
    whole, rest = blocks(asked)
    if not (full_hour(day.start) and full_hour(day.end)):  # a clock that is half an hour off: the sums do not fit
        whole, rest = [], asked if isinstance(asked, Scope) else Scope((asked,))
    if whole:
        columns = {"levels": [level for level, _ in whole], "areas": [number for _, number in whole]}
        only = within(whole_areas(whole))
        yield from fetch(connection, _Todo, Q["todo_tallied"], {**words, **columns, **only})
    if rest.ranges:
        yield from fetch(connection, _Todo, Q["todo_rows"], {**words, **within(rest)})


def _summed(todo: list[_Todo], met: list[_Met], day: Day) -> Cleared:
    due, done = Counter[str](), Counter[str]()
    due_by, done_by = Counter[datetime](), Counter[datetime]()
    for post, hour, n in [*todo, *((row.owner_post, row.due_hour, row.n) for row in met)]:
        due[post] += n
        due_by[hour] += n
    for row in met:
        if row.done_hour is not None:
            done[row.owner_post] += row.n
            done_by[row.done_hour] += row.n
    owners = sorted((OwnerCleared(post, n, done[post]) for post, n in due.items()), key=_most_left)
    return Cleared(due.total(), done.total(), tuple(owners), tuple(_hours(due_by, done_by, day)))


def _most_left(owner: OwnerCleared) -> tuple[int, str]:
    return owner.done - owner.due, owner.post


def _hours(due_by: Counter[datetime], done_by: Counter[datetime], day: Day) -> Iterable[HourCleared]:
    hour = day.start
    while hour <= day.end:
        fallen = sum(n for at, n in due_by.items() if at <= hour)
        made = sum(n for at, n in done_by.items() if at <= hour)
        yield HourCleared(hour, fallen, made if hour < day.at + timedelta(hours=1) else None)
        hour += timedelta(hours=1)
