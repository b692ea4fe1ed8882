"""What an itinerary says of a day: its pieces, its gaps, and where it contradicts itself; also when clocks change."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.itineraries.stops import BERLIN, SHANGHAI, at, home, ids, stop, told, train

from epiloop.core.ids import derived
from epiloop.core.instants import Interval
from epiloop.operations.itineraries import events as e
from epiloop.operations.itineraries import queries

DAY = Interval(at("2022-06-28"), at("2022-06-29"))
MINUTE = timedelta(minutes=1)


def shop(begins: str, ends: str, name: str = "shop", **said: object):
    return stop(told(name, at(f"2022-06-28 {begins}"), at(f"2022-06-28 {ends}"), **said))


def work(begins: str, ends: str, **said: object):
    return shop(begins, ends, "work", **said)


def pairs(*stops):
    return [{pair.one, pair.other} for pair in queries.conflicts(stops)]


def test_two_places_at_once_are_a_conflict_and_the_same_place_twice_is_none() -> None:
    assert pairs(shop("08:00", "09:00"), work("08:59", "10:00")) == [ids("shop", "work")]
    assert pairs(shop("08:00", "09:00"), work("09:00", "10:00")) == []
    again = stop(replace(shop("08:30", "10:00").told, stop=derived("stop", "again")))
    assert pairs(shop("08:00", "09:00"), again) == []


def test_what_is_only_known_about_may_overlap_by_half_an_hour() -> None:
    about = e.Precision.ABOUT
    assert pairs(shop("08:00", "09:00", precision=about), work("08:30", "10:00")) == []
    assert pairs(shop("08:00", "09:00", precision=about), work("08:29", "10:00")) == [ids("shop", "work")]
    assert pairs(shop("08:00", "09:00", precision=about), work("08:00", "10:00", precision=about)) == []


def test_a_part_of_a_day_is_a_conflict_only_when_nothing_of_it_is_left() -> None:
    morning = shop("06:00", "12:00", precision=e.Precision.PART)
    assert pairs(morning, work("08:00", "11:59")) == []
    assert pairs(morning, work("05:00", "12:00")) == [ids("shop", "work")]
    assert pairs(morning, work("06:00", "12:00", precision=e.Precision.PART)) == []


def test_a_gathering_at_a_registered_place_does_not_contradict_the_place() -> None:
    hotel = derived("place", "hotel")
    there = {"place": hotel, "place_kind": "hotel"}
    wedding = shop("11:00", "14:00", "Wedding Zh.", where=e.StopKind.GATHERING, **there)
    assert pairs(wedding, shop("11:30", "13:00", "hotel", where=e.StopKind.PLACE, **there)) == []
    assert pairs(wedding, work("11:30", "13:00")) == [ids("Wedding Zh.", "work")]


def test_gaps_are_what_no_stop_covers_within_the_window_from_a_quarter_of_an_hour_on() -> None:
    found = queries.gaps([shop("08:00", "09:00"), work("09:14", "12:00"), shop("12:15", "13:00", "b")], DAY)
    assert found == (
        Interval(DAY.start, at("2022-06-28 08:00")),
        Interval(at("2022-06-28 12:00"), at("2022-06-28 12:15")),
        Interval(at("2022-06-28 13:00"), at("2022-06-29")),
    )
    assert queries.gaps([], DAY) == (DAY,)
    assert queries.gaps([stop(home("n", at("2022-06-27 20:00"), at("2022-06-29 08:00")))], DAY) == ()


def test_a_night_is_a_piece_of_both_days_and_a_gap_is_cut_at_midnight() -> None:
    night = stop(home("night", at("2022-06-28 22:00"), at("2022-06-29 06:00")))
    window = Interval(at("2022-06-28 12:00"), at("2022-06-30 06:00"))
    first, second, third = queries.days([night], window, SHANGHAI)
    assert [day.day for day in (first, second, third)] == [date(2022, 6, 28), date(2022, 6, 29), date(2022, 6, 30)]
    (evening,), (morning,) = first.pieces, second.pieces
    assert (evening.before, evening.after, morning.before, morning.after) == (False, True, True, False)
    assert (evening.ends, morning.begins) == (at("2022-06-29"), at("2022-06-29"))
    assert first.gaps == (Interval(at("2022-06-28 12:00"), at("2022-06-28 22:00")),)
    assert second.gaps == (Interval(at("2022-06-29 06:00"), at("2022-06-30")),)
    assert third.gaps == (Interval(at("2022-06-30"), at("2022-06-30 06:00")),)


def test_the_days_on_which_clocks_change_have_23_and_25_hours() -> None:
    for text, hours in (("2022-03-27", 23), ("2022-10-30", 25)):
        start = at(text, BERLIN)
        window = Interval(start, start + timedelta(hours=hours))
        (day,) = queries.days([], window, BERLIN)
        assert day.ends - day.begins == timedelta(hours=hours)
        assert day.gaps == (window,)


def test_a_day_like_another_keeps_its_clock_times_when_clocks_change_between() -> None:
    saturday = stop(told("shop", at("2022-03-26 09:00", BERLIN), at("2022-03-26 10:00", BERLIN)))
    (copied,) = queries.like_the_day([saturday], date(2022, 3, 26), date(2022, 3, 28), BERLIN)
    assert (copied.begins, copied.ends) == (at("2022-03-28 09:00", BERLIN), at("2022-03-28 10:00", BERLIN))
    assert queries.like_the_day([saturday], date(2022, 3, 27), date(2022, 3, 28), BERLIN) == ()


def test_a_train_of_the_day_before_is_another_train() -> None:
    ride = stop(train("ride", at("2022-06-28 09:00"), at("2022-06-28 11:00")))
    (copied,) = queries.like_the_day([ride], date(2022, 6, 28), date(2022, 6, 29), SHANGHAI)
    assert copied.on == date(2022, 6, 29)


SPANS = st.lists(st.tuples(st.integers(0, 2880), st.integers(1, 600)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(SPANS)
def test_every_minute_of_the_window_is_in_a_stop_or_a_gap_or_a_way_shorter_than_a_quarter(spans) -> None:
    base, window = DAY.start, Interval(DAY.start, DAY.start + timedelta(days=2))
    stops = [
        stop(told(f"{n}", base + begins * MINUTE, base + (begins + long) * MINUTE))
        for n, (begins, long) in enumerate(spans)
    ]
    gaps = queries.gaps(stops, window)
    unknown = 0
    for n in range(2880):
        minute = base + n * MINUTE
        known = any(one.begins <= minute < one.ends for one in stops)
        silent = any(minute in gap for gap in gaps)
        assert not (known and silent)
        unknown = 0 if known or silent else unknown + 1
        assert unknown < 15


@settings(max_examples=100, deadline=None)
@given(SPANS)
def test_conflicts_are_those_that_comparing_each_with_each_finds(spans) -> None:
    base = DAY.start
    stops = [
        stop(told(f"{n}", base + begins * MINUTE, base + (begins + long) * MINUTE))
        for n, (begins, long) in enumerate(spans)
    ]
    plain = {
        frozenset((one.stop, other.stop))
        for one in stops
        for other in stops
        if one.stop != other.stop and one.begins < other.ends and other.begins < one.ends
    }
    found = queries.conflicts(stops)
    assert {frozenset((pair.one, pair.other)) for pair in found} == plain
    assert len(found) == len(plain)
