"""Check-ins that cannot be as they say are flagged, and only those: against references that look at everything."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.jurisdictions import code
from epiloop.operations.checkins.plausible import Flag, Known, Limits, flags, floods, jumps, least_travel
from epiloop.operations.checkins.visits import Came, Visit, Visitor, Way
from epiloop.registers.places.hours import parsed
from epiloop.registers.places.state import Place, Zone

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2022, 7, 1, 4, tzinfo=UTC)  # Friday noon there
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LIMITS = Limits(window=10 * MINUTE, crowd=2, least=3)
TOWNS = {UUID(int=n): int(code(text)) for n, text in enumerate(("450226100", "450226200", "450300", "3201"), 1)}


def visit(n: int, minutes: float = 0, place: int = 1, seen: float | None = None, way: Way = Way.PHONE) -> Visit:
    came = Came(UUID(int=n), AT + minutes * MINUTE, UUID(int=place), "hall", 1, Visitor(phone="1"), way)
    return Visit(came, seen=None if seen is None else AT + seen * MINUTE)


def place(n: int = 1, hours: str = "", capacity: int | None = None, *zones: Zone) -> Place:
    return Place(
        UUID(int=n), "open", "market", TOWNS[UUID(int=n)], "市场", capacity=capacity, hours=parsed(hours), zones=zones
    )


def known(visits: list[Visit], *places: Place, received: timedelta = MINUTE, limits: Limits = LIMITS) -> Known:
    return Known(
        {one.place: one for one in places},
        ZONE,
        {one.came.visit: AT + received for one in visits},
        {one.came.visit: one.came.visit.hex for one in visits},
        limits,
    )


TRAVELS = [
    ("450226100", "450226100", 0),
    ("450226100", "450226200", 4),
    ("450226100", "450227", 15),
    ("450226100", "4503", 45),
    ("450226100", "3204", 90),
]


@pytest.mark.parametrize(("one", "other", "minutes"), TRAVELS)
def test_the_way_is_at_least_that_between_the_highest_jurisdictions_that_differ(one, other, minutes) -> None:
    assert least_travel(code(one), code(other), Limits()) == minutes * MINUTE
    assert least_travel(code(other), code(one), Limits()) == minutes * MINUTE


@pytest.mark.parametrize(("minutes", "flagged"), [(3.99, True), (4, False), (0, True)])
def test_two_towns_in_less_than_the_way_between_them_flag_both(minutes: float, flagged: bool) -> None:
    both = [visit(1), visit(2, minutes, place=2)]
    assert jumps(both, TOWNS, LIMITS) == ({UUID(int=1), UUID(int=2)} if flagged else set())


def test_the_way_begins_when_somebody_was_last_seen() -> None:
    assert jumps([visit(1, seen=58), visit(2, 60, place=2)], TOWNS, LIMITS)
    assert not jumps([visit(1, seen=56), visit(2, 60, place=2)], TOWNS, LIMITS)
    assert jumps([visit(1, seen=90), visit(2, 60, place=2)], TOWNS, LIMITS)


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(list(Way))), max_size=30), st.none() | st.integers(1, 4))
def test_floods_are_the_visits_of_any_full_window(rows, capacity: int | None) -> None:
    some = [visit(n, minutes, way=way) for n, (minutes, way) in enumerate(rows, 1)]
    phones = [one for one in some if one.came.way is Way.PHONE]
    most = max(3, 2 * (capacity or 0))
    expected: set[UUID] = set()
    for start in range(-20, 61):  # every window that begins at a full minute
        inside = [one for one in phones if start <= (one.came.at - AT) / MINUTE < start + 10]
        expected |= {one.came.visit for one in inside} if len(inside) > most else set()
    assert floods(some, capacity, LIMITS) == expected


def test_at_night_with_a_wrong_clock_and_in_a_flood_each_is_said() -> None:
    shut = visit(1, 11 * 60)
    late = visit(2, -73 * 60)
    ahead = visit(3, 60)
    flood = [visit(n, 1) for n in range(10, 14)]
    some = [shut, late, ahead, *flood]
    found = flags(
        some, known(some, place(1, "08:00-22:00"), received=11 * HOUR, limits=Limits(least=3, late=90 * HOUR))
    )
    assert found == {UUID(int=1): {Flag.SHUT}, **{one.came.visit: {Flag.FLOOD} for one in flood}}
    found = flags([late, ahead], known([late, ahead], place()))
    assert found == {UUID(int=2): {Flag.CLOCK}, UUID(int=3): {Flag.CLOCK}}


HOURS = [(7.4, True), (7.5, False), (8, False), (21.9, False), (22.4, False), (22.5, True), (3, True)]


@pytest.mark.parametrize(("hour", "flagged"), HOURS)
def test_half_an_hour_around_the_hours_is_left_to_early_comers(hour: float, flagged: bool) -> None:
    one = visit(1, (hour - 12) * 60)
    found = flags([one], known([one], place(1, "08:00-22:00"), received=(hour - 12) * HOUR))
    assert bool(found) is flagged


def test_a_zone_has_room_of_its_own() -> None:
    some = [visit(n, 1) for n in range(1, 9)]
    assert not flags(some, known(some, place(1, "", 2, Zone("hall", capacity=4))))
    assert Counter(
        f for one in flags(some, known(some, place(1, "", 9, Zone("hall", capacity=3)))).values() for f in one
    ) == {Flag.FLOOD: 8}
