"""The state machine of an investigation, exhaustively, and what its actions refuse."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from uuid import UUID

import pytest
from tests.histories import recorded

from epiloop.core.errors import InvalidInput, Refused
from epiloop.core.ids import derived
from epiloop.core.subjects import EventRef
from epiloop.operations.investigation import actions, checks
from epiloop.operations.investigation import events as e
from epiloop.operations.investigation.actions import Secondary, When
from epiloop.operations.investigation.state import (
    CLASSIFICATION_STEPS,
    LINK_STEPS,
    OUTCOME_STEPS,
    Investigation,
    fold,
)

PERSON, INDEX = derived("person", "test", "contact"), derived("person", "test", "index")
CASE = derived("case", "test", "1")
NOW = When(datetime(2022, 7, 2, 4, tzinfo=UTC), date(2022, 7, 2), 3204120010010000)
CLASSIFICATIONS = [each.value for each in e.Classification]
AND_DISCARDED = [*CLASSIFICATIONS, "discarded"]


def case(classification: str = "confirmed", **said: object) -> e.CaseDetermined:
    return e.CaseDetermined(CASE, "covid-19", e.Classification(classification), **said)


def contact(link: str = "a", ring: int = 1, sources: tuple[UUID, ...] = (INDEX,), **said: object):
    return e.ContactDetermined(link, "covid-19", ring, sources, **{"last_exposure": date(2022, 6, 28)} | said)


def after(*steps: object) -> Investigation:
    """The state after drafts or bodies, whether or not the checks would have let them pass."""
    drafts = []
    for step in steps:
        drafts += step if isinstance(step, list) else actions.record(Investigation(PERSON), step, NOW)
    return fold(PERSON, recorded(drafts))


def state_of(classification: str) -> Investigation:
    if classification == "discarded":
        return after(case(), e.CaseDiscarded(CASE, "covid-19"))
    return after(case(classification))


@pytest.mark.parametrize(("now", "wanted"), [*product(AND_DISCARDED, AND_DISCARDED)])
def test_a_classification_goes_only_where_the_table_says(now: str, wanted: str) -> None:
    state = state_of(now)
    if wanted == "discarded":
        allowed = checks.can_discard(state, CASE)
    else:
        allowed = checks.can_reclassify(state, CASE, e.Classification(wanted))
    assert allowed == (wanted in CLASSIFICATION_STEPS[now])
    if not allowed:
        return
    if wanted == "discarded":
        drafts = actions.discard(state, e.CaseDiscarded(CASE, "covid-19"), NOW)
    else:
        drafts = actions.reclassify(state, e.CaseReclassified(CASE, "covid-19", e.Classification(wanted)), NOW)
    assert after(*_bodies(now), drafts).cases[CASE].classification == wanted


def _bodies(classification: str) -> list[object]:
    if classification == "discarded":
        return [case(), e.CaseDiscarded(CASE, "covid-19")]
    return [case(classification)]


def test_the_table_is_worded_from_the_requirements_not_from_itself() -> None:
    sure = {"confirmed", "asymptomatic"}
    assert all("discarded" in steps for now, steps in CLASSIFICATION_STEPS.items() if now != "discarded")
    assert all("suspected" not in CLASSIFICATION_STEPS[now] for now in ("probable", *sure))
    assert all("probable" not in CLASSIFICATION_STEPS[now] for now in sure)
    assert "confirmed" in CLASSIFICATION_STEPS["asymptomatic"]


@pytest.mark.parametrize(("now", "wanted"), [*product(OUTCOME_STEPS, [each.value for each in e.Outcome])])
def test_an_outcome_follows_only_where_the_table_says(now: str, wanted: str) -> None:
    steps = [case()] if now == "open" else [case(), e.OutcomeRecorded(CASE, "covid-19", e.Outcome(now))]
    state = after(*steps)
    assert state.cases[CASE].outcome == now
    assert checks.can_record_outcome(state, CASE, e.Outcome(wanted)) == (wanted in OUTCOME_STEPS[now])


def test_nobody_outlives_death() -> None:
    assert OUTCOME_STEPS["died"] == frozenset()
    assert all("died" in steps for now, steps in OUTCOME_STEPS.items() if now != "died")


LINK_STATES = {
    "determined": [contact()],
    "withdrawn": [contact(), e.ContactWithdrawn("a", "covid-19")],
    "became-case": [contact(), case(), e.ContactBecameCase(CASE, "covid-19", ("a",))],
}


@pytest.mark.parametrize("now", LINK_STATES)
def test_a_link_goes_only_where_the_table_says(now: str) -> None:
    state = after(*LINK_STATES[now])
    assert state.links["a"].step == now
    assert checks.can_withdraw(state, "a") == ("withdrawn" in LINK_STEPS[now])
    again = lambda: checks.check_determine_contact(state, contact(), today=NOW.today)  # noqa: E731
    if "determined" in LINK_STEPS[now]:
        again()
    else:
        with pytest.raises(Refused):
            again()


def test_each_step_that_cannot_follow_has_a_sentence_of_its_own() -> None:
    classes, outcomes = {one.value for one in e.Classification}, {one.value for one in e.Outcome}
    assert set(checks.NOT_RECLASSIFIED) == {now for now, steps in CLASSIFICATION_STEPS.items() if classes - steps}
    assert set(checks.NO_OUTCOME) == {now for now, steps in OUTCOME_STEPS.items() if outcomes - steps}
    assert set(checks.NO_LINK) == {now for now, steps in LINK_STEPS.items() if {"determined", "withdrawn"} - steps}


def test_a_contact_who_turns_positive_becomes_a_case_and_the_links_stay_as_its_sources() -> None:
    state = after(contact("a"), contact("b", sources=(derived("person", "test", "other"),)))
    drafts = actions.become_case(state, case(onset=date(2022, 7, 1)), NOW)
    assert [draft.body.kind for draft in drafts] == ["case-determined", "contact-became-case"]
    became = after(contact("a"), contact("b"), drafts)
    assert {link.step for link in became.links.values()} == {"became-case"}
    assert became.open_links("covid-19") == ()
    with pytest.raises(Refused, match="no contact"):
        actions.become_case(Investigation(PERSON), case(), NOW)


def test_links_of_another_disease_are_left_alone_when_the_contact_becomes_a_case() -> None:
    other = replace(contact("m"), disease="measles")
    drafts = actions.determine_case(after(contact("a"), other), case(), NOW)
    assert drafts[1].body.links == ("a",)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (contact(sources=(PERSON,)), "own contact"),
        (contact(sources=()), "needs a source"),
        (contact(ring=3), "Ring 3"),
        (contact(last_exposure=date(2022, 7, 3)), "today"),
        (contact(first_exposure=date(2022, 6, 29)), "the first exposure lies after the last exposure"),
    ],
)
def test_contacts_that_cannot_be_are_refused(request_: e.ContactDetermined, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        actions.determine_contact(Investigation(PERSON), request_, NOW)


def test_a_case_is_not_determined_a_contact_of_the_same_disease() -> None:
    with pytest.raises(Refused, match="already"):
        actions.determine_contact(after(case()), contact(), NOW)
    assert actions.determine_contact(after(case()), replace(contact(), disease="measles"), NOW)


@pytest.mark.parametrize(
    "request_",
    [
        case("asymptomatic", onset=date(2022, 7, 1)),
        case(onset=date(2022, 7, 3)),
        case(onset=date(2022, 6, 1), infected=date(2022, 6, 2)),
        case(reported=date(2022, 7, 3)),
    ],
)
def test_cases_whose_days_cannot_be_are_refused(request_: e.CaseDetermined) -> None:
    with pytest.raises(InvalidInput):
        actions.determine_case(Investigation(PERSON), request_, NOW)


def test_a_second_open_case_of_a_disease_is_refused_and_after_an_outcome_it_is_a_reinfection() -> None:
    second = replace(case(), case=derived("case", "test", "2"))
    with pytest.raises(Refused, match="already has an open case"):
        actions.determine_case(after(case()), second, NOW)
    recovered = after(case(), e.OutcomeRecorded(CASE, "covid-19", e.Outcome.RECOVERED))
    assert actions.determine_case(recovered, second, NOW)


def test_reclassifying_keeps_what_it_does_not_say() -> None:
    state = after(case("suspected", onset=date(2022, 6, 30), severity=e.Severity.MILD))
    (draft,) = actions.reclassify(state, e.CaseReclassified(CASE, "", e.Classification.CONFIRMED), NOW)
    assert (draft.body.disease, draft.body.onset, draft.body.severity) == (
        "covid-19",
        date(2022, 6, 30),
        e.Severity.MILD,
    )


@pytest.mark.parametrize(("temperature", "possible"), [(29.9, False), (30.0, True), (36.6, True), (45.1, False)])
def test_a_temperature_nobody_has_is_refused(temperature: float, possible: bool) -> None:
    request = e.FollowedUp(date(2022, 7, 1), symptoms=False, by="visit", temperature=temperature)
    if possible:
        assert actions.follow_up(Investigation(PERSON), request, NOW)
    else:
        with pytest.raises(InvalidInput, match="temperature"):
            actions.follow_up(Investigation(PERSON), request, NOW)


def test_first_symptoms_are_the_earliest_told_and_an_attempt_that_reached_nobody_tells_none() -> None:
    state = after(
        e.FollowedUp(date(2022, 7, 2), symptoms=True, by="call"),
        e.SymptomsReported(date(2022, 6, 30)),
        e.FollowedUp(date(2022, 6, 1), symptoms=True, by="call", reached=False),
    )
    assert state.first_symptoms == date(2022, 6, 30)
    assert len(state.follow_ups) == 1


SECONDARIES = [
    ("ring 2 of the index", contact("x", ring=2), 2),
    ("ring 1 stays what it is", contact("x", ring=1), 0),
    ("ring 2 of somebody else", contact("x", ring=2, sources=(derived("person", "test", "else"),)), 0),
]


@pytest.mark.parametrize(("what", "link", "drafts"), SECONDARIES)
def test_secondary_contacts_become_close_contacts_when_their_index_turns_positive(
    what: str, link: e.ContactDetermined, drafts: int
) -> None:
    state = after(link)
    secondary = Secondary(PERSON, state.links["x"], NOW.jurisdiction)
    made = actions.secondary_to_close(secondary, index=INDEX, cause=EventRef(INDEX, 4), at=NOW.at)
    assert len(made) == drafts, what
    if made:
        positive, closer = (draft.body for draft in made)
        assert (positive.contact, positive.cause_version) == (INDEX, 4)
        assert (closer.ring, closer.last_exposure, closer.sources) == (1, date(2022, 6, 28), (INDEX,))


def test_what_a_positive_made_is_taken_back_with_its_cause_and_the_second_ring_counts_again() -> None:
    told = contact("x", ring=2)
    secondary = Secondary(PERSON, after(told).links["x"], NOW.jurisdiction)
    made = actions.secondary_to_close(secondary, index=INDEX, cause=EventRef(INDEX, 4), at=NOW.at)
    gone = actions.close_to_secondary(secondary, told, index=INDEX, cause=EventRef(INDEX, 6), at=NOW.at)
    cleared = gone[0].body
    assert isinstance(cleared, e.LinkedCleared)
    assert (cleared.contact, cleared.cause_stream, cleared.cause_version) == (INDEX, INDEX, 6)
    state = fold(PERSON, recorded([*actions.record(Investigation(PERSON), told, NOW), *made, *gone]))
    assert {name: (link.ring, link.step) for name, link in state.links.items()} == {
        "x": (2, "determined"),
        "x:closer": (1, "withdrawn"),
    }


def test_a_link_that_is_withdrawn_takes_what_it_became_with_it() -> None:
    secondary = Secondary(PERSON, after(contact("x", ring=2)).links["x"], NOW.jurisdiction)
    made = actions.secondary_to_close(secondary, index=INDEX, cause=EventRef(INDEX, 4), at=NOW.at)
    state = after(contact("x", ring=2), contact("x-ray:closer"), *(draft.body for draft in made))
    gone = actions.withdraw_contact(state, e.ContactWithdrawn("x", "covid-19"), NOW)
    assert [draft.body.link for draft in gone] == ["x:closer", "x"], "or the link would take it along once more"


def test_a_withdrawn_secondary_contact_is_left_alone() -> None:
    state = after(contact("x", ring=2), e.ContactWithdrawn("x", "covid-19"))
    secondary = Secondary(PERSON, state.links["x"], NOW.jurisdiction)
    assert actions.secondary_to_close(secondary, index=INDEX, cause=EventRef(INDEX, 4), at=NOW.at) == []


def test_a_contact_without_an_exposure_day_tells_the_rules_nothing() -> None:
    told = contact(last_exposure=None)
    assert e.facts(told, occurred_at=NOW.at, recorded_at=NOW.at, ref=None) == ()
    assert len(e.facts(contact(), occurred_at=NOW.at, recorded_at=NOW.at, ref=None)) == 1
