"""Instants that remember where they come from, and what was asked about them.

The engine run once on such instants gives an answer for everybody whose instants answer every question alike: the rows
with "the third fact's instant plus 24 hours" in place of a date, and the bounds within which they hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from epiloop.core.instants import end_of_day, start_of_day

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = timedelta.max // timedelta(microseconds=1)
"""More microseconds than lie between any two instants."""


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@dataclass(slots=True)
class Bounds:
    """What must hold of instants, in microseconds: each between `low` and `high`, and i - j at most `apart[i, j]`."""

    low: list[int]
    high: list[int]
    apart: dict[tuple[int, int], int] = field(default_factory=dict)

    def hold(self, instants: Sequence[int]) -> bool:
        """Whether these instants answer every question alike."""
        for low, at, high in zip(self.low, instants, self.high, strict=True):
            if not low <= at <= high:
                return False
        return all(instants[i] - instants[j] <= most for (i, j), most in self.apart.items())

    def tightened(self) -> "Bounds":
        """The same without what follows from the rest anyway."""
        needed = {(i, j): most for (i, j), most in self.apart.items() if self.high[i] - self.low[j] > most}
        return Bounds(self.low, self.high, needed)

    def at_most(self, left: "_Place", right: "_Place", by: int) -> None:
        """Learn that left - right is at most `by`."""
        most = by + right.offset - left.offset
        if left.origin is not None and right.origin is not None:
            if left.origin != right.origin:
                pair = left.origin, right.origin
                self.apart[pair] = min(most, self.apart.get(pair, NEVER))
        elif left.origin is not None:
            self.high[left.origin] = min(most, self.high[left.origin])
        elif right.origin is not None:
            self.low[right.origin] = max(-most, self.low[right.origin])


class _Place(NamedTuple):
    """An instant as microseconds after an instant of a fact (its number), or after 1970 (None)."""

    origin: int | None
    offset: int


class Moment(datetime):
    """An instant so long after that of a fact. Comparing it, or asking for its day, is noted down in `bounds`."""

    __slots__ = ("bounds", "later", "origin", "plain")
    plain: datetime
    origin: int
    later: timedelta
    bounds: Bounds

    @classmethod
    def of(cls, plain: datetime, origin: int, later: timedelta, bounds: Bounds) -> "Moment":
        """The moment that is `plain` here: `later` than the instant with the number `origin`."""
        at = plain.astimezone(UTC)
        made = cls(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, UTC)
        made.plain, made.origin, made.later, made.bounds = at, origin, later, bounds
        return made

    def __lt__(self, other: datetime) -> bool:  # type: ignore[override]
        return self._before(self, other)

    def __gt__(self, other: datetime) -> bool:  # type: ignore[override]
        return self._before(other, self)

    def __le__(self, other: datetime) -> bool:  # type: ignore[override]
        return not self._before(other, self)

    def __ge__(self, other: datetime) -> bool:  # type: ignore[override]
        return not self._before(self, other)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, datetime):
            return False
        # What is not equal is before or after; noting which is more than was asked, and safe.
        return not self._before(self, other) and not self._before(other, self)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.plain)

    def __add__(self, by: timedelta) -> "Moment":
        return Moment.of(self.plain + by, self.origin, self.later + by, self.bounds)

    __radd__ = __add__

    def __sub__(self, by: timedelta) -> "Moment":  # type: ignore[override]
        if not isinstance(by, timedelta):
            raise TypeError("moments are compared, not measured: nobody would know what the length was asked for")
        return self + -by

    def __rsub__(self, _other: datetime) -> timedelta:
        raise TypeError("moments are compared, not measured: nobody would know what the length was asked for")

    def astimezone(self, tz: tzinfo | None = None) -> "_Local":  # type: ignore[override]
        assert tz is not None
        return _Local(self, tz)

    def _before(self, left: datetime, right: datetime) -> bool:
        one, other = _place(left), _place(right)
        if _plain(left) < _plain(right):
            self.bounds.at_most(one, other, -1)
            return True
        self.bounds.at_most(other, one, 0)
        return False


@dataclass(frozen=True, slots=True)
class _Local:
    """A moment in a zone: only its day may be asked for, which is noted down."""

    moment: Moment
    zone: tzinfo

    def date(self) -> date:
        day = self.moment.plain.astimezone(self.zone).date()
        if not start_of_day(day, self.zone) <= self.moment < end_of_day(day, self.zone):
            raise ValueError(f"{self.moment.plain} is outside its own day")  # asking is what notes it down
        return day


def _place(at: datetime) -> _Place:
    if isinstance(at, Moment):
        return _Place(at.origin, at.later // timedelta(microseconds=1))
    return _Place(None, micros(at))


def _plain(at: datetime) -> datetime:
    return at.plain if isinstance(at, Moment) else at
