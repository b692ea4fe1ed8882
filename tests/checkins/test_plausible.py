"""Check-ins that cannot be as they say are flagged, and only those (PRIVACY R25)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.jurisdictions import code
from epiloop.operations.checkins.plausible import Clock, Floods, Limits, is_shut
from epiloop.operations.checkins.visits import Said, Spot, Visitor, Way, What
from epiloop.registers.places.hours import parsed
from epiloop.registers.places.state import Place

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2022, 7, 1, 4, tzinfo=UTC)  # Friday noon there
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TOWN = int(code("450226100"))
HALL = Spot(UUID(int=1), "hall", "market", TOWN)
LIMITS = Limits(window=10 * MINUTE, crowd=2, least=3)


def came(minutes: float = 0, way: Way = Way.PHONE) -> Said:
    return Said(UUID(int=1), What.CAME, HALL, AT + minutes * MINUTE, Visitor(phone="1"), way)


HOURS = [(7.4, True), (7.5, False), (8, False), (21.9, False), (22.4, False), (22.5, True), (3, True)]


@pytest.mark.parametrize(("hour", "flagged"), HOURS)
def test_half_an_hour_around_the_hours_is_left_to_early_comers(hour: float, flagged: bool) -> None:
    place = Place(UUID(int=1), "open", "market", TOWN, hours=parsed("08:00-22:00"))
    assert is_shut(AT + (hour - 12) * HOUR, place, ZONE, Limits()) is flagged


def test_a_place_that_was_closed_is_shut_at_every_hour() -> None:
    assert is_shut(AT, Place(UUID(int=1), "closed", "market", TOWN), ZONE, Limits())
    assert not is_shut(AT, Place(UUID(int=1), "open", "market", TOWN), ZONE, Limits())


CLOCKS = [(0, False), (-71.9, False), (-72.1, True), (0.16, False), (0.17, True)]


@pytest.mark.parametrize(("hours", "flagged"), CLOCKS)
def test_a_clock_is_wrong_when_it_is_ahead_or_days_late(hours: float, flagged: bool) -> None:
    assert Clock.at(AT, Limits()).is_wrong(came(hours * 60)) is flagged


def test_nobody_has_left_later_than_now_but_they_may_stay_until_then() -> None:
    def ends(what: What) -> Said:
        return Said(UUID(int=1), what, HALL, AT, Visitor(phone="1"), ends=AT + HOUR)

    assert Clock.at(AT, Limits()).is_wrong(ends(What.LEFT))
    assert not Clock.at(AT, Limits()).is_wrong(ends(What.STAYING))


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(list(Way))), max_size=30), st.none() | st.integers(1, 4))
def test_a_flood_is_who_comes_by_phone_after_too_many_in_the_minutes_before(rows, capacity: int | None) -> None:
    floods, most = Floods(LIMITS), max(3, 2 * (capacity or 0))
    phones: list[int] = []
    for n, (minute, way) in enumerate(rows):
        if n % 3 == 0:  # was taken before, or is not taken after all
            floods.is_flood(b"hall", came(minute, way), capacity)
            floods.take_back(b"hall", came(minute, way))
        flagged = floods.is_flood(b"hall", came(minute, way), capacity)
        phones += [minute] if way is Way.PHONE else []
        before = sum(minute - 10 < other <= minute for other in phones)
        assert flagged is (way is Way.PHONE and before > most)


def test_a_flood_of_check_outs_is_one_too_and_nobody_is_flagged_for_leaving() -> None:
    floods, busy = Floods(LIMITS), [(What.CAME, 1), (What.LEFT, 1), (What.STAYING, 4)]

    def flagged(what: What) -> bool:
        ends = None if what is What.CAME else AT + HOUR
        return floods.is_flood(b"hall", Said(UUID(int=1), what, HALL, AT, Visitor(phone="1"), ends=ends), None)

    for what, times in busy:
        assert [flagged(what) for _ in range(3 * times + 1)] == [False] * 3 * times + [True]


def test_floods_forget_the_zone_that_nobody_came_to_for_the_longest_time() -> None:
    floods = Floods(LIMITS, most_zones=2)
    for _ in range(3):
        assert not floods.is_flood(b"a", came(), None)
    for zone in (b"b", b"c"):
        floods.is_flood(zone, came(), None)
    assert not floods.is_flood(b"a", came(), None)
    assert [floods.is_flood(b"c", came(), None) for _ in range(3)] == [False, False, True]
