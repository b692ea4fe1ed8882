"""Pure questions about places."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from epiloop.core.instants import day_of, end_of_day, start_of_day
from epiloop.registers.places.events import Sensitivity
from epiloop.registers.places.hours import Hours
from epiloop.registers.places.state import Place

WEEK = 7


def for_public(places: Iterable[Place]) -> tuple[Place, ...]:
    """The open places that anybody may see listed: never sensitive ones."""
    return tuple(place for place in places if place.step == "open" and place.sensitivity is Sensitivity.PUBLIC)


def closing_after(hours: Hours, at: datetime, zone: tzinfo) -> datetime | None:
    """When a place that is open at an instant shuts next, in UTC; None if it is shut then, or never shuts."""
    today = day_of(at, zone)
    spans = sorted(
        span for offset in range(-1, WEEK + 1) for span in _spans(hours, today + timedelta(days=offset), zone)
    )
    ends: datetime | None = None
    for opens, closes in spans:
        if opens <= at < closes or (ends is not None and opens <= ends):
            ends = max(closes, ends or closes)
    return None if ends is None or ends >= start_of_day(today + timedelta(days=WEEK), zone) else ends


def _spans(hours: Hours, day: date, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The instants between which a place is open that opens on a day."""
    for weekday, opens, closes in hours:
        if weekday == str(day.isoweekday()):
            yield _moment(day, opens, zone), _moment(day + timedelta(days=int(closes <= opens)), closes, zone)


def _moment(day: date, text: str, zone: tzinfo) -> datetime:
    if text == "24:00":
        return end_of_day(day, zone)
    return datetime.combine(day, time.fromisoformat(text), zone).astimezone(UTC)


def is_open_at(place: Place, at: datetime, zone: tzinfo) -> bool:
    """Whether an instant lies in the opening hours; always, where none are stated. Hours may pass midnight."""
    local = at.astimezone(zone)
    today, yesterday = str(local.isoweekday()), str((local - timedelta(days=1)).isoweekday())
    now = local.strftime("%H:%M")
    for weekday, opens, closes in place.hours:
        overnight = closes <= opens
        if weekday == today and opens <= now and (overnight or now < closes):
            return True
        if weekday == yesterday and overnight and now < closes:
            return True
    return not place.hours and place.step == "open"
