"""What everybody may know of days: how much is kept, in hundreds, and which were destroyed when (PRIVACY, zone C)."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.keyservice.test_keeping import DAY, WHY, Home, home, sent, visit

from epiloop.core.errors import Broken, Unavailable
from keyservice.destroyed import LEAST, DayTold, Destroyed, Record, told

__all__ = ["home"]
NOW = datetime(2022, 7, 4, 1, tzinfo=UTC)
ONE = timedelta(days=1)


def recorded(home: Home) -> list[date]:
    return [one.day for one in home.kept.record.all()]


@given(st.dictionaries(st.dates(date(2022, 6, 1), date(2022, 7, 9)), st.integers(0, 10_000)))
def test_a_count_is_in_hundreds_and_of_days_that_are_over(rows):
    said = told(rows, [], DAY)
    for day, count in rows.items():
        kept = said.get(day, DayTold()).kept
        assert kept == (count // LEAST * LEAST if count >= LEAST and day < DAY else None)
    assert set(said) <= set(rows)


def test_one_message_more_changes_what_is_told_once_in_a_hundred():
    before = [told({DAY - ONE: rows}, [], DAY) for rows in range(1000)]
    changes = sum(one != other for one, other in pairwise(before))
    assert changes == 9


def test_days_destroyed_stand_under_the_day_on_which_they_went():
    gone = [Destroyed(DAY - 14 * ONE, NOW), Destroyed(DAY - 13 * ONE, NOW), Destroyed(DAY, NOW + ONE)]
    assert told({}, gone, DAY) == {
        date(2022, 7, 4): DayTold(None, (DAY - 14 * ONE, DAY - 13 * ONE)),
        date(2022, 7, 5): DayTold(None, (DAY,)),
    }


def test_the_nightly_run_records_each_day_once(home):
    assert recorded(home) == []
    for number in (1, 1, 2):
        home.on(DAY + number * ONE).tend()
    assert recorded(home) == [DAY - 13 * ONE, DAY - 12 * ONE]
    assert [one.at for one in home.kept.record.all()] == [home.now - ONE, home.now]


def test_a_day_of_which_a_copy_may_remain_is_recorded_when_that_is_gone_too(home):
    (home.below / "standby").rename(home.below / "away")
    with pytest.raises(Unavailable):
        home.on(DAY + ONE).tend()
    assert recorded(home) == []
    (home.below / "away").rename(home.below / "standby")
    home.kept.tend()
    assert recorded(home) == [DAY - 13 * ONE]


def test_what_a_killed_process_destroyed_is_recorded_by_the_next_run(home):
    home.kept.collect(*sent(home, visit(1)))
    kept = home.on(DAY + 14 * ONE)
    kept.secrets.destroy(kept.today(), home.rules.retention)
    kept.tend()
    kept.tend()
    assert recorded(home) == [DAY]


def test_the_end_records_every_day(home):
    days = home.kept.end(WHY)
    assert recorded(home) == [*days]
    assert home.kept.told() == {home.now.astimezone(UTC).date(): DayTold(None, days)}


def test_how_much_is_kept_is_told_when_the_day_is_over_and_as_long_as_it_can_be_read(home):
    home.kept.collect(*sent(home, *map(visit, range(1, 131))))
    assert home.kept.told() == {}
    assert home.on(DAY + ONE).told()[DAY].kept == 100
    assert DAY not in home.on(DAY + 14 * ONE).told()


def test_a_torn_line_was_none_and_a_damaged_record_says_so(tmp_path):
    record = Record(tmp_path / "destroyed")
    record.add([], NOW)
    assert not record.file.exists()
    record.add([DAY], NOW)
    record.file.write_text(record.file.read_text() + '{"day": "2022')
    assert record.all() == [Destroyed(DAY, NOW)]
    record.add([DAY + ONE], NOW)
    assert [one.day for one in record.all()] == [DAY, DAY + ONE]
    record.file.write_text("nothing\n")
    with pytest.raises(Broken):
        record.all()
    with pytest.raises(Unavailable):
        Record(tmp_path / "away" / "destroyed").add([DAY], NOW)
