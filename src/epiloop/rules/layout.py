"""Laying duties out on the calendar: which day, from when, until when, and when lateness goes up to whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from epiloop.core.instants import ONE_DAY, day_of, end_of_day, instant, start_of_day
from epiloop.rules.model import Daily, DutyRule, Ladder, Length, OnDays
from epiloop.rules.plan import Owner
from epiloop.rules.regimes import Context

LAPSE = timedelta(days=1)
"""How long after its due instant a duty that lapses can still be done."""


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A duty laid on the calendar, the same for everybody with the same dates."""

    rule: DutyRule
    key: str
    start: datetime
    due: datetime
    lapse: datetime | None
    escalations: tuple[tuple[datetime, Owner], ...]
    part: str
    """Which part of the measure it is, for its clause."""
    day: int | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a stage, for duties on days: `zero` is the day before day 1; `last` None: without end.

    `first` is the first day that can be used; days after `last` are dropped.
    """

    zero: date
    first: date
    last: date | None


def begins(day: date, context: Context) -> datetime:
    """The first instant of a day where the subject stays."""
    return _begins(day, context)


def ends(day: date, context: Context) -> datetime:
    """The first instant after a day where the subject stays."""
    return _begins(day + ONE_DAY, context)


def local_day(at: datetime, context: Context) -> date:
    """The day of an instant where the subject stays."""
    return day_of(at, context.zone)


@lru_cache(maxsize=100_000)
def _begins(day: date, context: Context) -> datetime:
    return start_of_day(day, context.zone)


def after(base: datetime, length: Length, context: Context) -> datetime:
    """A length after an instant: exact hours, or to the end of the day so many days later."""
    if length.days:
        return end_of_day(local_day(base, context) + timedelta(days=length.days), context.zone)
    return base + length.exact


def escalations(ladder: Ladder, due: datetime, context: Context) -> tuple[tuple[datetime, Owner], ...]:
    """When lateness goes up to whom: grace after the due instant, then the next stated hour of the day."""
    if not ladder.rungs:
        return ()
    first = due + ladder.grace
    if ladder.hour is not None:
        first = _next_hour(first, ladder.hour, context)
    return tuple((first + rung.after, rung.owner) for rung in ladder.rungs)


def lay(
    rule: DutyRule,
    context: Context,
    start: datetime,
    due: datetime,
    *,
    day: int | None = None,
    on: date | None = None,
    round_: time | None = None,
) -> Laid:
    """One duty on the calendar."""
    lapse = due + LAPSE if rule.lapses else None
    up = escalations(rule.ladder, due, context)
    return Laid(rule, _key(rule, day, round_), start, due, lapse, up, f"duties.{rule.key}", day=day, on=on)


@lru_cache(maxsize=50_000)
def on_days(rule: DutyRule, days: Days, context: Context) -> tuple[Laid, ...]:
    """All duties of an on-days or daily rule within a stage. Cached: the same days give the same duties."""
    return tuple(_on_days(rule, days, context))


def _on_days(rule: DutyRule, days: Days, context: Context) -> Iterator[Laid]:
    for number, on in _dates(rule, days):
        start = begins(on, context) + rule.not_before
        rounds = rule.schedule.rounds if isinstance(rule.schedule, Daily) else ()
        for round_ in rounds:
            yield lay(rule, context, start, _at(on, round_, context), day=number, on=on, round_=round_)
        if not rounds:
            due = _at(on, rule.by, context) if rule.by else ends(on, context)
            yield lay(rule, context, start, due, day=number, on=on)


def _dates(rule: DutyRule, days: Days) -> Iterator[tuple[int, date]]:
    if isinstance(rule.schedule, OnDays):
        numbers = [(number, days.zero + timedelta(days=number)) for number in rule.schedule.days]
        yield from ((n, on) for n, on in numbers if on >= days.first and (days.last is None or on <= days.last))
    elif days.last is not None:
        for offset in range((days.last - days.first).days + 1):
            on = days.first + timedelta(days=offset)
            yield (on - days.zero).days, on


def _key(rule: DutyRule, day: int | None, round_: time | None) -> str:
    key = f"{rule.key}@{rule.stage}" if rule.stage else rule.key
    if day is not None:
        key += f".{day}"
    return key if round_ is None else f"{key}.{round_:%H%M}"


def _at(on: date, hour: time, context: Context) -> datetime:
    return instant(datetime.combine(on, hour, context.zone))


def _next_hour(at: datetime, hour: time, context: Context) -> datetime:
    today = local_day(at, context)
    candidate = _at(today, hour, context)
    return candidate if candidate >= at else _at(today + ONE_DAY, hour, context)
