"""Times as people type them on the telephone: "830", "8:30", "8", "2030", "24"."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.instants import ONE_DAY, end_of_day

_TIME = re.compile(r"(?P<hours>\d{1,2})(?:[:：.点时h]?(?P<minutes>\d{2}))?[点时分h]?")
WHOLE_DAY = 24 * 60


def minutes_of(text: str) -> int | None:
    """Minutes after midnight; None for an empty text. Raises InvalidInput."""
    plain = "".join(text.split())
    if not plain:
        return None
    found = _TIME.fullmatch(plain)
    minutes = 60 * int(found["hours"]) + int(found["minutes"] or 0) if found else WHOLE_DAY + 1
    if minutes > WHOLE_DAY or (found and int(found["minutes"] or 0) > 59):
        raise InvalidInput(N_("This is no time of day."), remedy=N_("Write for example 830, 8:30 or 20."))
    return minutes


def moment(day: date, minutes: int, zone: tzinfo) -> datetime:
    """The instant so many minutes after midnight by the clock on the wall."""
    if minutes >= WHOLE_DAY:
        return end_of_day(day, zone)
    return datetime.combine(day, time(*divmod(minutes, 60)), zone).astimezone(UTC)


def span(day: date, begins: int, ends: int | None, zone: tzinfo, now: datetime) -> tuple[datetime, datetime]:
    """From when until when: an end at or before the beginning is on the next day; none is the day's end, or now."""
    start = moment(day, begins, zone)
    if ends is None:
        return start, min(end_of_day(day, zone), max(now, start + timedelta(minutes=1)))
    return start, moment(day if ends > begins else day + ONE_DAY, ends, zone)


def said(at: datetime, day: date, zone: tzinfo) -> str:
    """A time as the form shows it: of the day or the following midnight."""
    return "24:00" if at == end_of_day(day, zone) else f"{at.astimezone(zone):%H:%M}"
