"""Opening hours as people write them ("1-5 08:00-18:00; 6,7 09:00-17:00") and as the register keeps them."""

import re
from collections.abc import Iterable
from itertools import groupby

from epiloop.core.errors import N_, InvalidInput

Hours = tuple[tuple[str, str, str], ...]
"""(ISO weekday "1" to "7", opens, closes), times as HH:MM local; a close at or before the open is on the next day."""

TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_PART = re.compile(r"(?:(?P<days>[1-7](?:-[1-7])?(?:,[1-7](?:-[1-7])?)*) )?(?P<opens>[\d:]+)-(?P<closes>[\d:]+)")
_PLAIN = str.maketrans({"；": ";", "，": ",", "：": ":", "～": "-", "—": "-", "–": "-", "至": "-", "　": " "})
ALL_WEEK = "1-7"


def parsed(text: str) -> Hours:
    """The hours in a text, in order of the week; none for an empty one. Raises InvalidInput."""
    parts = [" ".join(part.split()) for part in text.translate(_PLAIN).split(";")]
    return checked(row for part in parts if part for row in _part(part))


def checked(hours: Iterable[tuple[str, str, str]]) -> Hours:
    """The hours in order of the week. Raises InvalidInput for what is no weekday or no time."""
    rows = sorted(set(hours))
    for weekday, opens, closes in rows:
        if (
            weekday not in tuple("1234567")
            or not (TIME.fullmatch(opens) and TIME.fullmatch(closes))
            or opens == "24:00"
        ):
            raise unreadable()
    return tuple(rows)


def said(hours: Hours) -> str:
    """The hours as a text that `parsed` reads back to the same."""
    by_day = {day: tuple(row[1:] for row in rows) for day, rows in groupby(sorted(hours), key=lambda row: row[0])}
    alike: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for day, spans in by_day.items():
        alike.setdefault(spans, []).append(day)
    return "; ".join(f"{_days(days)} {opens}-{closes}" for spans, days in alike.items() for opens, closes in spans)


def unreadable() -> InvalidInput:
    """What is raised for hours that nobody can read."""
    return InvalidInput(
        N_("Opening hours are weekdays 1 to 7 and times from 00:00 to 24:00."),
        remedy=N_("Write them like this: 1-5 08:00-18:00; 6,7 09:00-17:00"),
    )


def _part(part: str) -> Iterable[tuple[str, str, str]]:
    found = _PART.fullmatch(part)
    if found is None:
        raise unreadable()
    for days in (found["days"] or ALL_WEEK).split(","):
        first, _, last = days.partition("-")
        for day in range(int(first), int(last or first) + 1):
            yield str(day), _time(found["opens"]), _time(found["closes"])


def _time(text: str) -> str:
    hour, _, minute = text.partition(":")
    return f"{hour.rjust(2, '0')}:{minute or '00'}"


def _days(days: list[str]) -> str:
    runs: list[list[int]] = []
    for day in map(int, days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
