"""Whether doors are really watched (查验不到位, 虚晃一码): visits recorded in each hour against those to be expected.

Counts only; no person is in any of them. Expected is what came at the same hour of the same weekday in the weeks
before, unless somebody stood there and counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt
from statistics import median

WEEKS = 4
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
SHARE = 0.6
"""Below this share of what is expected a door is not watched well."""
FEWEST = 10
"""Of fewer expected visits nothing can be said."""
CHANCE = 3.0
"""Standard deviations of a count that are left to chance."""

Counts = Mapping[datetime, int]
"""Visits recorded in the hour that begins then; hours without any may be left out."""


class Verdict(StrEnum):
    """What an hour at a door says."""

    FINE = "fine"
    THIN = "thin"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour at one door: what was recorded, what was expected and by what, and what that says."""

    begins: datetime
    recorded: int
    expected: float | None
    counted: bool
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Counted:
    """Somebody stood at the door from `since` until `until` and counted how many went in."""

    since: datetime
    until: datetime
    people: int


def expected(begins: datetime, recorded: Counts, open_since: datetime) -> float | None:
    """How many visits an hour should bring: the median of the same hour in the weeks before, from when on the place
    recorded at all; None with fewer than two such weeks.
    """
    before = [begins - week * WEEK for week in range(1, WEEKS + 1)]
    known = [recorded.get(hour, 0) for hour in before if hour >= open_since]
    return float(median(known)) if len(known) > 1 else None


def hours(
    wanted: Iterable[datetime], recorded: Counts, *, open_since: datetime, counted: Sequence[Counted] = ()
) -> list[Hour]:
    """The hours at one door, each with what it says. Somebody's own count goes before what is expected."""
    return [_hour(begins, recorded, open_since, counted) for begins in wanted]


def verdict(recorded: int, should: float | None) -> Verdict:
    """What a count says against what it should be, chance left aside."""
    if should is None or should < FEWEST:
        return Verdict.UNKNOWN
    if recorded == 0:
        return Verdict.NONE
    return Verdict.THIN if recorded < SHARE * should - CHANCE * sqrt(SHARE * should) else Verdict.FINE


def _hour(begins: datetime, recorded: Counts, open_since: datetime, counted: Sequence[Counted]) -> Hour:
    seen = _seen(begins, counted)
    should = seen if seen is not None else expected(begins, recorded, open_since)
    own = recorded.get(begins, 0)
    return Hour(begins, own, should, seen is not None, verdict(own, should))


def _seen(begins: datetime, counted: Sequence[Counted]) -> float | None:
    """What counting says of a whole hour, if at least a quarter of it was counted."""
    parts = [(min(one.until, begins + HOUR) - max(one.since, begins), one) for one in counted]
    inside = [(part, one) for part, one in parts if part > timedelta()]
    watched = sum((part for part, _one in inside), timedelta())
    if watched < HOUR / 4:
        return None
    people = sum(one.people * (part / (one.until - one.since)) for part, one in inside)
    return people * (HOUR / watched)
