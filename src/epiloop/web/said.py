"""Instants and lengths of time as people say them (INTERFACE 6), in the language that is active.

Pure: the instant asked about, now and the jurisdiction's zone are arguments; the words come from gettext.
A due instant is the first one that is too late, so due at 00:00 is said as the midnight of the day before.
"""

from datetime import date, datetime, time, timedelta, tzinfo

from django.utils.translation import gettext, pgettext_lazy

from epiloop.core.errors import N_
from epiloop.core.instants import ONE_DAY, day_of

MINUS = "\N{MINUS SIGN}"

WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)
MONTHS = (
    pgettext_lazy("month", "January"),
    pgettext_lazy("month", "February"),
    pgettext_lazy("month", "March"),
    pgettext_lazy("month", "April"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "June"),
    pgettext_lazy("month", "July"),
    pgettext_lazy("month", "August"),
    pgettext_lazy("month", "September"),
    pgettext_lazy("month", "October"),
    pgettext_lazy("month", "November"),
    pgettext_lazy("month", "December"),
)


def said_span(length: timedelta) -> str:
    """How long: "52 m", "5 h 12 m", "3 d 4 h"; seconds are dropped, the sign too."""
    minutes = int(abs(length).total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    days, rest = divmod(hours, 24)
    if days >= 2:
        pattern = gettext("%(days)d d %(hours)d h") if rest else gettext("%(days)d d")
        return pattern % {"days": days, "hours": rest}
    if hours:
        pattern = gettext("%(hours)d h %(minutes)02d m") if minutes else gettext("%(hours)d h")
        return pattern % {"hours": hours, "minutes": minutes}
    return gettext("%(minutes)d m") % {"minutes": minutes}


def said_late(due: datetime, at: datetime) -> str:
    """How late at an instant: "−5 h 12 m"; empty if not late."""
    return MINUS + said_span(at - due) if due < at else ""


def said_day(day: date, today: date) -> str:
    """ "today", "tomorrow", "yesterday", "5 July", or "5 July 2022" in another year."""
    near = {today - ONE_DAY: N_("yesterday"), today: N_("today"), today + ONE_DAY: N_("tomorrow")}
    return gettext(near[day]) if day in near else said_date(day, today)


def said_date(day: date, today: date) -> str:
    """The calendar day in full: "5 July", with the year where it is not this one."""
    values = {
        "day": day.day,
        "month": str(MONTHS[day.month - 1]),
        "year": day.year,
    }
    same_year = day.year == today.year
    pattern = gettext("%(day)d %(month)s") if same_year else gettext("%(day)d %(month)s %(year)d")
    return pattern % values


def said_weekday(day: date) -> str:
    """The weekday in short: "Tue"."""
    return str(WEEKDAYS[day.weekday()])


def said_moment(moment: datetime, at: datetime, zone: tzinfo) -> str:
    """When something happened or will: "today 09:28", "5 July 09:28"."""
    day = said_day(day_of(moment, zone), day_of(at, zone))
    return gettext("%(day)s %(time)s") % {"day": day, "time": said_time(moment, zone)}


def said_due(due: datetime, at: datetime, zone: tzinfo) -> str:
    """Until when: "today by midnight", "today by 10:00", "5 July", "5 July by 10:00"."""
    local = due.astimezone(zone)
    today = day_of(at, zone)
    if local.time() != time():
        values = {"day": said_day(local.date(), today), "time": said_time(due, zone)}
        return gettext("%(day)s by %(time)s") % values
    last = local.date() - ONE_DAY
    if abs(last - today) > ONE_DAY:
        return said_day(last, today)
    return gettext("%(day)s by midnight") % {"day": said_day(last, today)}


def said_time(moment: datetime, zone: tzinfo) -> str:
    """The time of day in the jurisdiction: "09:28"."""
    return f"{moment.astimezone(zone):%H:%M}"


def exact(moment: datetime, zone: tzinfo) -> str:
    """The exact instant for titles and exports: "2022-07-05 14:05:09 +08:00"."""
    local = moment.astimezone(zone)
    offset = f"{local:%z}"
    return f"{local:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:5]}"


def said_done(done: datetime, at: datetime, zone: tzinfo) -> str:
    """When a duty was done: "done today 11:20"."""
    return gettext("done %(moment)s") % {"moment": said_moment(done, at, zone)}


def said_calendar_day(day: date) -> str:
    """A weekday with its date, without the year: "Tue 19 April"."""
    return gettext("%(weekday)s %(date)s") % {"weekday": said_weekday(day), "date": said_date(day, day)}
