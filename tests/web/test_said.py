"""Times as people say them, in both languages and in the jurisdiction's zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from epiloop.web.said import (
    exact,
    said_calendar_day,
    said_day,
    said_due,
    said_late,
    said_moment,
    said_span,
    said_time,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2022, 7, 1, 9, 0, tzinfo=SHANGHAI)


def both(function, *args):
    said = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said.append(function(*args))
    return tuple(said)


def at(day, hour=0, minute=0, month=7, year=2022):
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


DUE = [
    # due, English, Chinese
    (at(2), "today by midnight", "今日 24:00 前"),
    (at(1, 10), "today by 10:00", "今日 10:00 前"),
    (at(3), "tomorrow by midnight", "明日 24:00 前"),
    (at(2, 8, 30), "tomorrow by 08:30", "明日 08:30 前"),
    (at(6), "5 July", "7月5日"),
    (at(5, 18), "5 July by 18:00", "7月5日 18:00 前"),
    (at(1), "yesterday by midnight", "昨日 24:00 前"),
    (at(9, year=2023, month=1), "8 January 2023", "2023年1月8日"),
]


@pytest.mark.parametrize(("due", "english", "chinese"), DUE)
def test_a_deadline_is_said_as_the_last_moment_that_is_still_in_time(due, english, chinese):
    assert both(said_due, due, NOW, SHANGHAI) == (english, chinese)


SPANS = [
    (timedelta(seconds=59), "0 m", "0 分"),
    (timedelta(minutes=52), "52 m", "52 分"),
    (timedelta(hours=5, minutes=12), "5 h 12 m", "5时12分"),
    (timedelta(hours=3, minutes=5), "3 h 05 m", "3时05分"),
    (timedelta(hours=3), "3 h", "3 小时"),
    (timedelta(hours=47, minutes=59), "47 h 59 m", "47时59分"),
    (timedelta(hours=48), "2 d", "2 天"),
    (timedelta(days=3, hours=4, minutes=59), "3 d 4 h", "3天4时"),
]


@pytest.mark.parametrize(("length", "english", "chinese"), SPANS)
def test_a_length_of_time_is_said_in_its_two_largest_parts(length, english, chinese):
    assert both(said_span, length) == (english, chinese)


def test_lateness_has_a_minus_sign_and_nothing_is_late_at_its_deadline():
    assert both(said_late, NOW - timedelta(hours=5, minutes=12), NOW) == ("−5 h 12 m", "−5时12分")
    assert said_late(NOW, NOW) == ""
    assert said_late(NOW + timedelta(minutes=1), NOW) == ""


def test_days_near_today_have_names_and_others_have_dates():
    today = date(2022, 7, 1)
    assert both(said_day, date(2022, 6, 30), today) == ("yesterday", "昨日")
    assert both(said_day, date(2022, 7, 5), today) == ("5 July", "7月5日")
    assert both(said_day, date(2021, 12, 31), today) == ("31 December 2021", "2021年12月31日")


def test_a_moment_is_said_on_the_clock_of_the_jurisdiction():
    utc = datetime(2022, 6, 30, 16, 30, tzinfo=UTC)
    assert both(said_moment, utc, NOW, SHANGHAI) == ("today 00:30", "今日 00:30")
    assert said_time(utc, SHANGHAI) == "00:30"
    assert exact(utc, SHANGHAI) == "2022-07-01 00:30:00 +08:00"


def test_the_clock_in_the_head_says_weekday_and_date():
    assert both(said_calendar_day, date(2022, 4, 19)) == ("Tue 19 April", "4月19日 周二")


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)), st.integers(1, 100_000))
def test_something_due_later_is_never_said_to_be_late(moment, minutes):
    due = moment.replace(tzinfo=SHANGHAI)
    assert said_late(due, due - timedelta(minutes=minutes)) == ""
    assert said_late(due, due + timedelta(minutes=minutes)).startswith("−")
