"""Pure questions about places."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

from epiloop.registers.places.events import Sensitivity
from epiloop.registers.places.state import Place


def for_public(places: Iterable[Place]) -> tuple[Place, ...]:
    """The open places that anybody may see listed: never sensitive ones."""
    return tuple(place for place in places if place.step == "open" and place.sensitivity is Sensitivity.PUBLIC)


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
