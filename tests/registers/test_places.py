"""Places: the state machine, hours, and that sensitive ones stay out of public lists."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.histories import recorded

from epiloop.core.errors import InvalidInput, NotFound, Refused
from epiloop.core.ids import derived
from epiloop.ledger.events import Draft
from epiloop.registers.places import actions, hours, queries
from epiloop.registers.places import events as e
from epiloop.registers.places.kinds import SENSITIVE_KINDS
from epiloop.registers.places.state import STEPS, Place, Zone, fold

PLACE = derived("place", "1")
AT = datetime(2022, 7, 1, 4, tzinfo=UTC)
WHERE = 3204120010010000
ZONE = ZoneInfo("Asia/Shanghai")


def market(**said: object) -> e.PlaceRegistered:
    return e.PlaceRegistered("market", WHERE, "测试菜市场", "Test market", **said)


def after(*bodies: object) -> Place:
    return fold(PLACE, recorded([Draft(PLACE, body, AT, WHERE) for body in bodies]))


STATES = {"unknown": (), "open": (market(),), "closed": (market(), e.PlaceClosed())}


@pytest.mark.parametrize("now", STATES)
@pytest.mark.parametrize("wanted", ["open", "closed"])
def test_a_place_goes_only_where_the_table_says(now: str, wanted: str) -> None:
    state = after(*STATES[now])
    assert state.step == now
    step = {
        "open": lambda: actions.register(state, market(), at=AT),
        "closed": lambda: actions.close(state, e.PlaceClosed(), at=AT),
    }[wanted]
    if wanted in STEPS[now]:
        reached = after(*STATES[now], *[draft.body for draft in step()])
        assert (reached.step, reached.closed_at is None) == (wanted, wanted == "open")
    else:
        with pytest.raises(Refused):
            step()


def test_a_change_keeps_what_it_does_not_say() -> None:
    state = after(market(capacity=200, zones=("meat", "fish")), e.PlaceChanged(capacity=100))
    assert (state.capacity, state.zones, state.name_en) == (100, (Zone("meat"), Zone("fish")), "Test market")
    with pytest.raises(Refused):
        actions.change(after(), e.PlaceChanged(capacity=100), at=AT)


@pytest.mark.parametrize(
    "said",
    [
        {"capacity": 0},
        {"zones": ("meat", "meat")},
        {"hours": (("8", "08:00", "18:00"),)},
        {"hours": (("1", "8:00", "18:00"),)},
        {"hours": (("1", "08:00", "25:00"),)},
    ],
)
def test_details_that_cannot_be_are_refused(said: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        actions.register(Place(PLACE), market(**said), at=AT)


def test_sensitive_and_closed_places_never_stand_in_public_lists() -> None:
    shelter = after(market(sensitivity=e.Sensitivity.SENSITIVE))
    assert queries.for_public([after(market()), shelter, after(market(), e.PlaceClosed())]) == (after(market()),)


HOURS = [
    # local time of Friday 2022-07-01, hours of weekday 5 (and 4), open?
    ("07:59", (("5", "08:00", "18:00"),), False),
    ("08:00", (("5", "08:00", "18:00"),), True),
    ("17:59", (("5", "08:00", "18:00"),), True),
    ("18:00", (("5", "08:00", "18:00"),), False),
    ("23:30", (("5", "20:00", "02:00"),), True),
    ("01:59", (("4", "20:00", "02:00"),), True),
    ("02:00", (("4", "20:00", "02:00"),), False),
    ("01:00", (("5", "20:00", "02:00"),), False),
    ("12:00", (), True),
]


@pytest.mark.parametrize(("local", "hours", "expected"), HOURS)
def test_opening_hours_end_before_their_end_and_may_pass_midnight(local, hours, expected) -> None:
    hour, minute = map(int, local.split(":"))
    at = datetime(2022, 7, 1, hour, minute, tzinfo=ZONE)
    assert queries.is_open_at(after(market(hours=hours)), at, ZONE) is expected


def test_zones_come_change_and_go_in_their_order() -> None:
    state = after(
        market(zones=("meat", "fish")),
        e.ZoneSet("hall", "hall", "大厅", "Hall", 300),
        e.ZoneSet("meat", "counter", "肉类区"),
        e.ZoneClosed("fish"),
        e.PlaceChanged(name_en="Other"),
    )
    assert state.zones == (Zone("meat", "counter", "肉类区"), Zone("hall", "hall", "大厅", "Hall", 300))
    with pytest.raises(NotFound):
        actions.close_zone(state, e.ZoneClosed("fish"), at=AT)
    for wrong in (e.ZoneSet("Hall 2"), e.ZoneSet("hall", capacity=0), e.ZoneSet("hall", "big room")):
        with pytest.raises(InvalidInput):
            actions.set_zone(state, wrong, at=AT)
    with pytest.raises(Refused):
        actions.set_zone(after(market(), e.PlaceClosed()), e.ZoneSet("hall"), at=AT)


def test_registered_again_with_its_zones_a_place_keeps_what_is_known_of_them() -> None:
    state = after(market(zones=("meat",)), e.ZoneSet("meat", "counter"), market(zones=("meat", "fish")))
    assert state.zones == (Zone("meat", "counter"), Zone("fish"))


def test_hours_set_anew_replace_all_and_may_be_none() -> None:
    week = (("1", "08:00", "18:00"), ("2", "08:00", "18:00"))
    assert after(market(hours=week), e.HoursSet((("3", "10:00", "12:00"),))).hours == (("3", "10:00", "12:00"),)
    assert after(market(hours=week), e.HoursSet()).hours == ()
    with pytest.raises(InvalidInput):
        actions.set_hours(after(market()), e.HoursSet((("3", "10", "12"),)), at=AT)


@pytest.mark.parametrize("kind", sorted(SENSITIVE_KINDS))
def test_a_sensitive_kind_of_place_is_never_public(kind: str) -> None:
    told = e.PlaceRegistered(kind, WHERE, "某处", sensitivity=e.Sensitivity.SENSITIVE)
    state = after(*[draft.body for draft in actions.register(after(), told, at=AT)])
    assert queries.for_public([state]) == ()
    for wrong in (
        lambda: actions.register(after(), replace(told, sensitivity=e.Sensitivity.PUBLIC), at=AT),
        lambda: actions.change(state, e.PlaceChanged(sensitivity=e.Sensitivity.PUBLIC), at=AT),
        lambda: actions.change(after(market()), e.PlaceChanged(place_kind=kind), at=AT),
    ):
        with pytest.raises(InvalidInput, match="always sensitive"):
            wrong()


TEXTS = [
    ("1-5 08:00-18:00; 6,7 09:00-17:00", 7),
    ("08:00-18:00", 7),
    ("1-3,5 6:00-22:00；7 20:00—02:00", 5),
    ("1 08:00-12:00; 1 14:00-18:00", 2),
    ("", 0),
]


@pytest.mark.parametrize(("text", "rows"), TEXTS)
def test_hours_are_read_as_people_write_them(text: str, rows: int) -> None:
    assert len(hours.parsed(text)) == rows
    assert hours.parsed(hours.said(hours.parsed(text))) == hours.parsed(text)


@pytest.mark.parametrize(
    "text", ["always", "8 08:00-18:00", "1 08:00", "1-5 25:00-26:00", "Mon 08:00-18:00", "24:00-08:00"]
)
def test_hours_nobody_can_read_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        hours.parsed(text)
    assert "1-5 08:00-18:00" in wrong.value.remedy


times = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 30]))
weeks = st.lists(st.tuples(st.sampled_from("1234567"), times, times | st.just("24:00")), max_size=9).map(
    lambda rows: tuple(sorted(set(rows)))
)


@given(weeks)
def test_hours_said_are_the_hours_read(week: hours.Hours) -> None:
    assert hours.parsed(hours.said(week)) == week


@given(weeks, st.integers(0, 7 * 48 - 1))
def test_a_place_shuts_at_the_first_half_hour_at_which_it_is_shut(week: hours.Hours, step: int) -> None:
    """Against walking on in half hours with `is_open_at`."""
    place = after(market(hours=week)) if week else after(market(hours=(("1", "00:00", "00:30"),)))
    at = datetime(2022, 7, 4, tzinfo=ZONE) + timedelta(minutes=30 * step)
    ends = queries.closing_after(place.hours, at, ZONE)
    if not queries.is_open_at(place, at, ZONE):
        assert ends is None
        return
    walked = (at + timedelta(minutes=30 * n) for n in range(1, 48 * 6))
    assert ends == next((then for then in walked if not queries.is_open_at(place, then, ZONE)), ends)
