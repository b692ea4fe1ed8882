"""The four clears (四清) of the people under control: count, identity, location, control status; and who is missing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.core.jurisdictions import DIGITS, LEVELS, WIDTHS, Code, level, range_of
from epiloop.store.named import queries
from epiloop.store.reading.asking import ID, PAGE, Area, Page, after, fetch, page, within
from epiloop.store.reading.board import Day
from epiloop.store.reading.owners import columns_of, without_anybody

Q = queries("reading/clears")


class Clear(StrEnum):
    """Counted once (no open question whether two registrations are one person); identity known; place known to the
    community or deeper; a status in force and somebody on duty for all that is to be done."""

    COUNT = "count"
    IDENTITY = "identity"
    LOCATION = "location"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class ClearLine:
    """One jurisdiction: people under control, and how many are clear in each way.

    `code` is one level below the one asked about, or that itself for people of whom no more is known.
    """

    code: int
    people: int
    counted: int
    identified: int
    located: int
    controlled: int

    def clear(self, which: Clear) -> int:
        """How many are clear in one way."""
        return (self.counted, self.identified, self.located, self.controlled)[list(Clear).index(which)]

    def percent(self, which: Clear) -> float:
        """The same in a hundred; 100 where nobody is under control."""
        return 100 * self.clear(which) / self.people if self.people else 100.0


class Unclear(NamedTuple):
    """A person behind a gap."""

    id: UUID
    jurisdiction: int
    identified: bool
    controlled_until: datetime


def four_clears(connection: Connection[Any], code: Code, day: Day) -> list[ClearLine]:
    """The lines of the jurisdictions one level below `code` that have people under control at `day.at`."""
    asked = range_of(code)
    words = {**within(asked), **_control(connection, asked, day), "size": _size_below(code)}
    return fetch(connection, ClearLine, Q["lines"], words)


def gaps(
    connection: Connection[Any],
    asked: Area,
    day: Day,
    which: Clear,
    *,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[Unclear]:
    """The people under control who are not clear in one way, in order of jurisdiction."""
    keys = after(after_page, jurisdiction=int, id=ID)
    words = {**within(asked), **_control(connection, asked, day), **keys, "clear": which.value, "limit": limit + 1}
    rows = fetch(connection, Unclear, Q["gaps"], words)
    return page(rows, limit, lambda row: (row.jurisdiction, row.id))


def _control(connection: Connection[Any], asked: Area, day: Day) -> dict[str, Any]:
    """What the control status is judged by: the instant, and the owners with nobody on duty."""
    empty = without_anybody(connection, asked, day.at)
    return {"at": day.at, "day_end": day.end, **columns_of(empty)}


def _size_below(code: Code) -> int:
    """How many numbers a jurisdiction one level down has."""
    below = min(LEVELS.index(level(code)) + 1, len(LEVELS) - 1)
    return int(10 ** (DIGITS - WIDTHS[below]))
