"""Instants, days and half-open intervals.

An instant is an aware `datetime`, UTC in storage. A day is a calendar day of a jurisdiction, so every
function that goes between the two takes the jurisdiction's `tzinfo`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from epiloop.core.errors import N_, InvalidInput

ONE_DAY = timedelta(days=1)


def instant(value: datetime) -> datetime:
    """The same instant in UTC. Raises InvalidInput for a naive datetime."""
    if value.tzinfo is None:
        raise InvalidInput(N_("A time without a time zone cannot be used: %(value)s."), value=value.isoformat())
    return value.astimezone(UTC)


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first instant of a calendar day, in UTC (midnight may not exist: then the first that does)."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The first instant after a calendar day, in UTC; due "by the end of the day" means before it."""
    return start_of_day(day + ONE_DAY, zone)


def day_of(at: datetime, zone: tzinfo) -> date:
    """The calendar day, in `zone`, that contains the instant."""
    return at.astimezone(zone).date()


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Half-open [start, end); `end` None means without end. Raises InvalidInput if end is before start."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise InvalidInput(
                N_("An interval cannot end (%(end)s) before it starts (%(start)s)."), start=self.start, end=self.end
            )

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)

    def overlap(self, other: "Interval") -> timedelta:
        """How long both hold; zero if never. Two unbounded intervals raise InvalidInput."""
        ends = [end for end in (self.end, other.end) if end is not None]
        if not ends:
            raise InvalidInput(N_("Two intervals without end overlap for ever."))
        return max(min(ends) - max(self.start, other.start), timedelta())
