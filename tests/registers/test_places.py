"""Places: the state machine, hours, and that sensitive ones stay out of public lists."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.histories import recorded

from epiloop.core.errors import InvalidInput, Refused
from epiloop.core.ids import derived
from epiloop.ledger.events import Draft
from epiloop.registers.places import actions, queries
from epiloop.registers.places import events as e
from epiloop.registers.places.state import STEPS, Place, fold

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
    assert (state.capacity, state.zones, state.name_en) == (100, ("meat", "fish"), "Test market")
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
