"""Stops told, corrected, withdrawn: the state machine, what is refused, what is sealed, and which visits they are."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from tests.histories import recorded
from tests.itineraries.stops import BERLIN, HOME, PERSON, SHANGHAI, at, home, stop, told, train

from epiloop.core.errors import InvalidInput, NotFound, Refused
from epiloop.core.ids import derived
from epiloop.operations.itineraries import actions, checks, queries
from epiloop.operations.itineraries import events as e
from epiloop.operations.itineraries.state import STEPS, Itinerary, fold
from epiloop.operations.itineraries.visits import ended, said, seat_row, spots
from epiloop.vault.spots import spot_of_place
from epiloop.vault.visits import NO_ROW, Kind, kind_number

NOW = at("2022-07-01 09:00")
WHERE = 4502261002010000
SHOP = told("shop", at("2022-06-30 08:00"), at("2022-06-30 09:00"))
GONE = e.StopWithdrawn(SHOP.stop, "another day")


def after(*bodies: object) -> Itinerary:
    state = Itinerary(PERSON)
    drafts = []
    for body in bodies:
        act = actions.withdraw if isinstance(body, e.StopWithdrawn) else actions.tell
        drafts += act(state, body, now=NOW, jurisdiction=WHERE)
        state = fold(PERSON, recorded(drafts))
    return state


STATES = {"unknown": (), "told": (SHOP,), "withdrawn": (SHOP, GONE)}


@pytest.mark.parametrize("now", STATES)
@pytest.mark.parametrize("wanted", ["told", "withdrawn"])
def test_a_stop_goes_only_where_the_table_says(now: str, wanted: str) -> None:
    state = after(*STATES[now])
    assert state.step(SHOP.stop) == now
    act = (lambda: actions.tell(state, SHOP, now=NOW, jurisdiction=WHERE)) if wanted == "told" else None
    act = act or (lambda: actions.withdraw(state, GONE, now=NOW, jurisdiction=WHERE))
    if wanted in STEPS[now]:
        assert len(act()) == 1
    else:
        with pytest.raises((Refused, NotFound)):
            act()
    assert checks.can_withdraw(state, SHOP.stop) == ("withdrawn" in STEPS[now])


def test_told_again_a_stop_is_corrected_and_what_is_known_already_is_left_out() -> None:
    later = replace(SHOP, ends=at("2022-06-30 10:00"))
    state = after(SHOP, later)
    (one,) = state.standing()
    assert (one.told, one.tellings) == (later, 2)
    assert actions.tell_all(state, [later], now=NOW, jurisdiction=WHERE) == []
    assert after(SHOP, GONE).standing() == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins": None},
        {"ends": at("2022-06-30 08:00")},
        {"ends": NOW + timedelta(minutes=6)},
        {"begins": NOW - timedelta(days=121), "ends": NOW - timedelta(days=120)},
        {"begins": NOW - timedelta(days=33)},
        {"where": None},
        {"name": None},
        {"name": "x" * 201},
        {"where": e.StopKind.PLACE},
        {"where": e.StopKind.VEHICLE},
        {"where": e.StopKind.VEHICLE, "number": "G1", "vehicle": e.Vehicle.TRAIN},
        {"where": e.StopKind.GATHERING, "name": ""},
        {"position": (25.0,)},
        {"position": (190.0, 25.0)},
    ],
    ids="-".join,
)
def test_a_stop_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        actions.tell(Itinerary(PERSON), replace(SHOP, **wrong), now=NOW, jurisdiction=WHERE)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = replace(SHOP, begins=datetime(2022, 6, 30, 8))
    with pytest.raises(InvalidInput):
        actions.tell(Itinerary(PERSON), naive, now=NOW, jurisdiction=WHERE)


def test_all_but_the_id_of_a_stop_is_sealed_and_the_event_does_not_say_when_it_was() -> None:
    for body in (SHOP, GONE):
        assert body.parts()[0] == {"stop": str(SHOP.stop)}
    (draft,) = actions.tell(Itinerary(PERSON), SHOP, now=NOW, jurisdiction=WHERE)
    assert (draft.occurred_at, draft.source_key) == (NOW, None)


def test_a_stop_is_a_visit_that_is_over_at_its_zone_by_the_person() -> None:
    hall = replace(SHOP, where=e.StopKind.PLACE, place=UUID(int=9), zone="hall", area=WHERE, place_kind="mall/hall")
    (visit,) = said(PERSON, stop(hall), SHANGHAI)
    assert (visit.kind, visit.entered, visit.until) == (Kind.OUT, 1656547200, 1656550800)
    assert visit.zone == spot_of_place(WHERE, UUID(int=9), "hall")
    assert (visit.person, visit.place) == (PERSON.bytes, kind_number("mall/hall"))
    assert (visit.source, visit.row, visit.doubts) == (2, NO_ROW, 0)


def test_a_withdrawn_stop_leaves_where_it_came_and_a_corrected_one_is_another_visit() -> None:
    (was,), (gone,) = said(PERSON, stop(SHOP), SHANGHAI), ended(PERSON, stop(SHOP), SHANGHAI)
    assert (gone.visit, gone.zone, gone.entered, gone.until) == (was.visit, was.zone, was.entered, was.entered)
    (again,) = said(PERSON, stop(SHOP, tellings=2), SHANGHAI)
    assert again.visit != was.visit


def test_a_stay_of_days_is_told_by_calendar_days_also_when_clocks_change() -> None:
    stay = stop(home("stay", at("2022-10-29 20:00", BERLIN), at("2022-10-31 08:00", BERLIN)))
    visits = said(PERSON, stay, BERLIN)
    assert [(one.until - one.entered) // 3600 for one in visits] == [4, 25, 8]
    assert [one.until for one in visits[:-1]] == [one.entered for one in visits[1:]]
    assert len({one.visit for one in visits}) == 3
    assert {one.source for one in visits} == {4}


def ride(**more: object) -> frozenset[bytes]:
    return spots(train("ride", at("2022-06-30 08:00"), at("2022-06-30 09:00"), **more))


def test_everybody_in_a_carriage_is_in_one_zone_however_it_was_written() -> None:
    assert ride(carriage="08") == ride(carriage="8", number="g2926 ") != ride(carriage="7")
    assert ride() != ride(on=date(2022, 6, 29))
    assert ride() != ride(number="G2928")
    assert ride() != ride(vehicle=e.Vehicle.BUS)
    (visit,) = said(PERSON, stop(train("r", at("2022-06-30 08:00"), at("2022-06-30 09:00"), seat="12F")), SHANGHAI)
    assert (visit.row, visit.source, visit.place) == (12, 3, kind_number("train"))
    assert [seat_row(seat) for seat in ("03A", "", None, "F", "300A", "254")] == [
        3,
        NO_ROW,
        NO_ROW,
        NO_ROW,
        NO_ROW,
        254,
    ]


def test_a_gathering_is_one_zone_for_all_who_name_it_and_meets_the_place_where_it_was() -> None:
    party = {"where": e.StopKind.GATHERING, "name": "Wedding of the Z. family, 28 June"}
    one = spots(replace(SHOP, **party))
    assert one == spots(replace(SHOP, where=e.StopKind.GATHERING, name="wedding of the Z. FAMILY 28 june", area=None))
    there = spots(replace(SHOP, **party, place=UUID(int=9), area=WHERE))
    assert one < there
    assert spot_of_place(WHERE, UUID(int=9), "") in there


def test_an_unregistered_place_is_the_same_by_address_and_without_one_by_name() -> None:
    street = {"address": "学府路 5 号"}
    assert spots(replace(SHOP, name="A", **street)) == spots(replace(SHOP, name="B", address="学府路5号"))
    assert spots(replace(SHOP, name="A")) != spots(replace(SHOP, name="B"))
    assert spots(replace(SHOP, area=WHERE)) != spots(replace(SHOP, area=4502261012010000))


def test_a_household_is_one_zone_for_all_who_live_there() -> None:
    day = at("2022-06-30 08:00"), at("2022-06-30 09:00")
    assert spots(home("a", *day)) == spots(replace(home("b", *day), area=WHERE))
    assert spots(home("a", *day)) != spots(replace(home("a", *day), household=derived(str(HOME), "other")))


@pytest.mark.parametrize(
    ("one", "publishable"),
    [
        (replace(SHOP, where=e.StopKind.PLACE, place=UUID(int=1)), True),
        (replace(SHOP, where=e.StopKind.PLACE, place=UUID(int=2)), False),
        (SHOP, False),
        (replace(SHOP, where=e.StopKind.GATHERING, place=UUID(int=1)), False),
        (home("h", at("2022-06-30 08:00"), at("2022-06-30 09:00")), False),
        (train("t", at("2022-06-30 08:00"), at("2022-06-30 09:00")), True),
        (train("t", at("2022-06-30 08:00"), at("2022-06-30 09:00"), vehicle=e.Vehicle.CAR), False),
    ],
)
def test_only_public_places_of_the_register_and_public_transport_may_be_published_and_only_when_ticked(
    one: e.StopTold, publishable: bool
) -> None:
    public = frozenset({UUID(int=1)})
    assert bool(queries.for_publication([stop(one)], frozenset({one.stop}), public)) is publishable
    assert queries.for_publication([stop(one)], frozenset(), public) == ()
