"""Samples and results: the state machine, corrections, and the same message twice."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.histories import recorded

from epiloop.core.errors import InvalidInput, Refused
from epiloop.core.ids import derived
from epiloop.ledger.events import Draft
from epiloop.operations.screening import actions, checks, queries
from epiloop.operations.screening import events as e
from epiloop.operations.screening.state import STEPS, Screening, fold

PERSON = derived("person", "test", "1")
AT = datetime(2022, 7, 1, 4, tzinfo=UTC)
WHERE = 3204120010010000
OUTCOMES = list(e.ResultOutcome)


def after(*bodies: object) -> Screening:
    drafts = [Draft(PERSON, each, AT + timedelta(hours=n), WHERE) for n, each in enumerate(bodies)]
    return fold(PERSON, recorded(drafts))


TAKEN = e.SampleTaken("s1")
STATES = {
    "taken": (TAKEN,),
    "negative": (TAKEN, e.ResultReceived("s1", e.ResultOutcome.NEGATIVE)),
    "positive": (TAKEN, e.ResultReceived("s1", e.ResultOutcome.POSITIVE)),
    "invalid": (TAKEN, e.ResultReceived("s1", e.ResultOutcome.INVALID)),
    "corrected": (
        TAKEN,
        e.ResultReceived("s1", e.ResultOutcome.POSITIVE),
        e.ResultCorrected("s1", e.ResultOutcome.NEGATIVE),
    ),
}


@pytest.mark.parametrize(("now", "outcome"), [*product(STATES, OUTCOMES)])
def test_a_result_is_received_once(now: str, outcome: e.ResultOutcome) -> None:
    state = after(*STATES[now])
    assert state.samples["s1"].step == now
    request = e.ResultReceived("s1", outcome)
    assert checks.can_receive_result(state, request, at=AT + timedelta(days=1)) == (outcome.value in STEPS[now])
    assert (outcome.value in STEPS[now]) == (now == "taken")


@pytest.mark.parametrize("now", STATES)
def test_only_what_was_said_can_be_corrected(now: str) -> None:
    state = after(*STATES[now])
    known = state.samples["s1"].outcome
    request = e.ResultCorrected("s1", next(each for each in OUTCOMES if each is not known))
    if now == "taken":
        with pytest.raises(Refused, match="no result"):
            actions.correct_result(state, request, at=AT, jurisdiction=WHERE)
    else:
        (draft,) = actions.correct_result(state, request, at=AT, jurisdiction=WHERE)
        assert after(*STATES[now], draft.body).samples["s1"].outcome is request.outcome
        with pytest.raises(Refused, match="was said before"):
            actions.correct_result(state, e.ResultCorrected("s1", known), at=AT, jurisdiction=WHERE)


def test_a_laboratory_message_sent_twice_is_one_fact() -> None:
    request = e.ResultReceived("s1", e.ResultOutcome.NEGATIVE)
    first = actions.receive_result(after(TAKEN), request, at=AT, jurisdiction=WHERE)
    second = actions.receive_result(after(TAKEN, request), request, at=AT, jurisdiction=WHERE)
    assert len(recorded([*first, *second])) == 1
    other = e.ResultReceived("s1", e.ResultOutcome.POSITIVE)
    with pytest.raises(Refused, match="has a result"):
        actions.receive_result(after(TAKEN, request), other, at=AT, jurisdiction=WHERE)


def test_a_result_may_come_before_word_of_its_sample_but_not_before_the_sample() -> None:
    request = e.ResultReceived("s1", e.ResultOutcome.NEGATIVE)
    assert actions.receive_result(after(), request, at=AT, jurisdiction=WHERE)
    with pytest.raises(InvalidInput, match="before its sample"):
        actions.receive_result(after(TAKEN), request, at=AT - timedelta(minutes=1), jurisdiction=WHERE)


@pytest.mark.parametrize(("ct", "possible"), [(0.0, False), (0.1, True), (35.0, True), (50.0, True), (50.1, False)])
def test_a_ct_nobody_measures_is_refused(ct: float, possible: bool) -> None:
    request = e.ResultReceived("s1", e.ResultOutcome.POSITIVE, ct=ct)
    assert checks.can_receive_result(after(TAKEN), request, at=AT + timedelta(hours=1)) is possible


def test_a_sample_number_is_used_once_for_a_person() -> None:
    with pytest.raises(Refused, match="taken already"):
        actions.take_sample(after(TAKEN), TAKEN, at=AT, jurisdiction=WHERE)
    with pytest.raises(InvalidInput, match="number"):
        actions.take_sample(after(), e.SampleTaken("  "), at=AT, jurisdiction=WHERE)


def test_awaited_samples_and_the_place_of_a_result_among_the_others() -> None:
    state = after(
        e.SampleTaken("a"),
        e.SampleTaken("b"),
        e.SampleTaken("c"),
        e.ResultReceived("c", e.ResultOutcome.POSITIVE),
        e.ResultReceived("a", e.ResultOutcome.NEGATIVE),
    )
    assert [sample.sample for sample in queries.awaited(state)] == ["b"]
    assert [queries.nth_result(state, each) for each in "abc"] == [1, 0, 2]
    assert queries.first_positive(state).sample == "c"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["take", *OUTCOMES])), max_size=20))
def test_following_the_checks_a_sample_has_at_most_one_uncorrected_result(steps: list) -> None:
    state, bodies = after(), []
    for name, what in steps:
        request = e.SampleTaken(name) if what == "take" else e.ResultReceived(name, what)
        try:
            act = actions.take_sample if what == "take" else actions.receive_result
            drafts = act(state, request, at=AT + timedelta(days=1), jurisdiction=WHERE)
        except Refused:
            continue
        if what == "take" or state.samples.get(name) is None or state.samples[name].outcome is None:
            bodies += [draft.body for draft in drafts]
        state = after(*bodies)
    results = [each.sample for each in bodies if isinstance(each, e.ResultReceived)]
    assert len(results) == len(set(results))
