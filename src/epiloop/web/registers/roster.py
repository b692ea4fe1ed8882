"""A week of a unit's roster as a grid: posts down, days across; in each cell the shifts, and the gaps between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

from epiloop.core.instants import ONE_DAY, day_of, start_of_day
from epiloop.store.tables import PostRow, ShiftRow
from epiloop.web import titles
from epiloop.web.registers.kinds import level_name

DAYS = 7
TYPED = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a day at a post: a shift (`row`) or a gap (None), with its hours in the day."""

    row: ShiftRow | None
    hours: str
    now: bool
    ends: datetime
    from_local: str
    until_local: str
    """Beginning and end as a form takes them."""
    number: int = 0
    """Of a shift: which of those of its post that begin at its instant, in order of accounts."""


@dataclass(frozen=True, slots=True)
class PostWeek:
    """One post with the pieces of each day."""

    post: PostRow
    title: str
    level: str
    days: list[list[Piece]]
    empty: bool
    """Whether nobody is rostered in the whole week."""


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from one day on."""

    first: date
    zone: tzinfo

    @property
    def days(self) -> list[date]:
        """The days."""
        return [self.first + ONE_DAY * n for n in range(DAYS)]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The instants it begins and ends."""
        return start_of_day(self.first, self.zone), start_of_day(self.first + ONE_DAY * DAYS, self.zone)


def week_of(text: str, at: datetime, zone: tzinfo) -> Week:
    """The week that contains a day (Monday first); that of now where none is given."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = day_of(at, zone)
    return Week(day - timedelta(days=day.weekday()), zone)


def grid(posts: Sequence[PostRow], shifts: Iterable[ShiftRow], week: Week, at: datetime) -> list[PostWeek]:
    """The roster of a week."""
    by_post: dict[UUID, list[ShiftRow]] = {}
    for shift in shifts:
        by_post.setdefault(shift.post, []).append(shift)
    return [_post(post, by_post.get(post.id, []), week, at) for post in posts]


def beginning_with(starts: datetime, shifts: Iterable[ShiftRow]) -> list[ShiftRow]:
    """The shifts of a post that begin at an instant, in the order in which links number them."""
    return sorted((one for one in shifts if one.starts == starts), key=lambda one: one.account)


def _post(post: PostRow, shifts: list[ShiftRow], week: Week, at: datetime) -> PostWeek:
    days = [_day(shifts, start_of_day(day, week.zone), week.zone, at) for day in week.days]
    return PostWeek(post, titles.post(post.kind), level_name(post.level) if post.level else "", days, not shifts)


def _day(shifts: list[ShiftRow], start: datetime, zone: tzinfo, at: datetime) -> list[Piece]:
    end = start_of_day(day_of(start, zone) + ONE_DAY, zone)
    found: list[Piece] = []
    covered = start
    for shift in sorted((one for one in shifts if one.starts < end and one.ends > start), key=lambda one: one.starts):
        if shift.starts > covered:
            found.append(_piece(None, covered, shift.starts, zone, at))
        piece = _piece(shift, max(shift.starts, start), min(shift.ends, end), zone, at)
        found.append(replace(piece, number=beginning_with(shift.starts, shifts).index(shift)))
        covered = max(covered, shift.ends)
    if covered < end:
        found.append(_piece(None, covered, end, zone, at))
    return found


def _piece(row: ShiftRow | None, starts: datetime, ends: datetime, zone: tzinfo, at: datetime) -> Piece:
    local = ends.astimezone(zone)
    last = "24:00" if (local.hour, local.minute) == (0, 0) else f"{local:%H:%M}"
    first = starts.astimezone(zone)
    typed = f"{first:{TYPED}}", f"{local:{TYPED}}"
    return Piece(row, f"{first:%H:%M}–{last}", starts <= at < ends, ends, *typed)
