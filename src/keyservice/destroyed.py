"""What everybody may know of sealed days: how much is kept of each, and when which one was destroyed (PRIVACY, zone C).

Destroying is recorded in a file beside the decisions on collecting, a line a day, after the secret and its copy are
gone and before the segments go: whoever was killed between finds the segments and records the day then.

A count of a day tells of one person only to somebody who knows everybody else's visits, or to whoever compares two
counts. So none is told of a day that is not over, none below a hundred, and every other rounded down to hundreds.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from epiloop.core.errors import N_, Broken, Unavailable
from keyservice import lines

LEAST = 100
"""Fewer messages than this are not counted aloud; more are rounded down to a multiple."""


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A day whose secret and copy are gone, and since when."""

    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """The file of destroyed days, made with the first."""

    file: Path

    def all(self) -> list[Destroyed]:
        """All of them in order; a day that was made again after an end may stand there twice. Raises Broken."""
        return [_read(line, self.file) for line in lines.every(self.file)]

    def add(self, days: Iterable[date], at: datetime) -> None:
        """Record that these days are gone. Raises Unavailable."""
        said = [json.dumps({"day": day.isoformat(), "destroyed": at.isoformat()}) for day in sorted(days)]
        try:
            if said:
                lines.add(self.file, *said)
        except OSError:
            raise Unavailable(N_("The record of destroyed days cannot be written."), where=str(self.file)) from None


@dataclass(frozen=True, slots=True)
class DayTold:
    """What is told on a day: how many messages about its visits are kept (None: fewer than LEAST, or none can be read),
    and which days were destroyed on it (UTC).
    """

    kept: int | None = None
    destroyed: tuple[date, ...] = ()


def told(kept: Mapping[date, int], gone: Iterable[Destroyed], today: date) -> dict[date, DayTold]:
    """What is told of each day on which there is something; `kept`: rows of the days that can be read."""
    on: dict[date, set[date]] = {}
    for one in gone:
        on.setdefault(one.at.astimezone(UTC).date(), set()).add(one.day)
    counts = {day: rows - rows % LEAST for day, rows in kept.items() if day < today and rows >= LEAST}
    return {day: DayTold(counts.get(day), tuple(sorted(on.get(day, ())))) for day in sorted(counts.keys() | on.keys())}


def _read(line: str, file: Path) -> Destroyed:
    try:
        found = json.loads(line)
        return Destroyed(date.fromisoformat(found["day"]), datetime.fromisoformat(found["destroyed"]))
    except (ValueError, KeyError, TypeError):
        raise Broken(N_("The record of destroyed days is damaged."), where=str(file)) from None
