"""Arrivals: several channels, one arrival; the state machine."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from tests.histories import recorded

from epiloop.core.errors import InvalidInput, Refused
from epiloop.core.ids import derived
from epiloop.ledger.events import Draft
from epiloop.operations.arrivals import actions, queries
from epiloop.operations.arrivals import events as e
from epiloop.operations.arrivals.state import STEPS, Arrivals, fold

PERSON = derived("person", "test", "1")
AT = datetime(2022, 9, 12, 4, tzinfo=UTC)
WHERE = 3204120010010000


def told(channel: e.Channel = e.Channel.PUSH, **said: object) -> e.Arrived:
    return e.Arrived("a1", e.OriginRisk.HIGH, channel, **{"left": date(2022, 9, 11)} | said)


def after(*bodies: object) -> Arrivals:
    drafts = [Draft(PERSON, each, AT + timedelta(hours=n), WHERE) for n, each in enumerate(bodies)]
    return fold(PERSON, recorded(drafts))


SEEN = e.ArrivalConfirmed("a1", e.Channel.VISIT)
MISSING = e.ArrivalConfirmed("a1", e.Channel.VISIT, present=False)
STATES = {
    "reported": (told(),),
    "confirmed": (told(), SEEN),
    "absent": (told(), MISSING),
    "departed": (told(), e.Departed("a1")),
}
STEPS_TO = {
    "reported": lambda state: actions.report(state, told(), at=AT, arrived_on=date(2022, 9, 12), jurisdiction=WHERE),
    "confirmed": lambda state: actions.confirm(state, SEEN, at=AT, jurisdiction=WHERE),
    "absent": lambda state: actions.confirm(state, MISSING, at=AT, jurisdiction=WHERE),
    "departed": lambda state: actions.depart(state, e.Departed("a1"), at=AT, jurisdiction=WHERE),
}


@pytest.mark.parametrize(("now", "wanted"), [*product(STATES, STEPS_TO)])
def test_an_arrival_goes_only_where_the_table_says(now: str, wanted: str) -> None:
    state = after(*STATES[now])
    assert state.arrivals["a1"].step == now
    if wanted in STEPS[now]:
        (draft,) = STEPS_TO[wanted](state)
        step = after(*STATES[now], draft.body).arrivals["a1"].step
        assert step == wanted or (now, wanted) == ("confirmed", "reported")  # who was seen stays seen
    else:
        with pytest.raises(Refused):
            STEPS_TO[wanted](state)


def test_two_channels_make_one_arrival_and_one_channel_is_a_list_to_act_on() -> None:
    alone = after(told())
    assert [each.arrival for each in queries.known_to_one_channel(alone)] == ["a1"]
    both = after(told(), told(e.Channel.UNIT))
    assert both.arrivals["a1"].channels == {e.Channel.PUSH, e.Channel.UNIT}
    assert queries.known_to_one_channel(both) == ()
    assert len(queries.here(both)) == 1


def test_nobody_arrives_before_leaving_and_nobody_unknown_departs() -> None:
    late = told(left=date(2022, 9, 13))
    with pytest.raises(InvalidInput, match="before leaving"):
        actions.report(after(), late, at=AT, arrived_on=date(2022, 9, 12), jurisdiction=WHERE)
    with pytest.raises(Refused, match="no such arrival"):
        actions.depart(after(), e.Departed("a1"), at=AT, jurisdiction=WHERE)
