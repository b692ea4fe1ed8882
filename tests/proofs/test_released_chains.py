"""Secondary contacts hang on the close contact they met: they are released in the act in which that one is, with cause,
unless another close contact or a case holds them.
"""

from datetime import date
from uuid import UUID, uuid4

import pytest
from tests.proofs.exposed import EXPOSED, NOW, at, case, discarded, exposed, in_order, kinds, restricted
from tests.proofs.people import HERE, by, contact, only, person, rows, told
from tests.runtime.conftest import Clock

from epiloop.ledger.events import Draft
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.runtime.acts import Asked, Decision, perform
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.discarding import resting_on


@pytest.fixture(autouse=True)
def noon(lawful: Parts, clock: Clock) -> None:
    clock.at = NOW


def second(parts: Parts, *sources: UUID) -> UUID:
    """A secondary contact by one link of these sources."""
    whom = person(parts)
    told(parts, whom, e.ContactDetermined("ring-2", "covid-19", 2, sources, last_exposure=EXPOSED), at(11, 11))
    return whom


def test_who_hangs_on_a_released_contact_is_released_in_that_act_with_its_cause(lawful: Parts) -> None:
    index, named = case(lawful)
    near = exposed(lawful, index)
    far = second(lawful, near)
    assert restricted(lawful, far)
    assert resting_on(lawful, by(), index, named, "covid-19") == 2
    done = discarded(lawful, index, named)
    assert [one.kind for one in done.events if one.stream == far] == ["linked-contact-cleared", "contact-withdrawn"]
    version = only(rows(lawful, "select version from event where stream = %s and kind = 'case-discarded'", index))[0]
    query = "select open->>'contact', open->>'cause_stream', (open->>'cause_version')::int from event"
    query += " where stream = %s and kind = 'linked-contact-cleared'"
    assert rows(lawful, query, far) == [(str(near), str(index), version)]
    assert not restricted(lawful, far)
    assert in_order(lawful)


def test_who_hangs_on_another_contact_too_or_on_one_with_another_case_stays(lawful: Parts) -> None:
    (one, first), (two, other) = case(lawful), case(lawful)
    near, both, apart = exposed(lawful, one), exposed(lawful, one, two), exposed(lawful, two)
    by_two_people, by_two_cases = second(lawful, near, apart), second(lawful, both)
    by_two_links = second(lawful, near)
    told(lawful, by_two_links, contact(apart, EXPOSED, ring=2), at(11, 11))
    discarded(lawful, one, first)
    assert [kinds(lawful, whom).count("contact-withdrawn") for whom in (by_two_people, by_two_cases)] == [0, 0]
    assert all(restricted(lawful, whom) for whom in (by_two_people, by_two_cases, by_two_links))
    discarded(lawful, two, other)
    assert not any(restricted(lawful, whom) for whom in (by_two_people, by_two_cases, by_two_links))


def test_who_hangs_on_a_contact_that_is_withdrawn_or_moved_to_the_second_ring_is_released(lawful: Parts) -> None:
    index, _ = case(lawful)
    gone, moved = exposed(lawful, index), exposed(lawful, index)
    through_gone, through_moved = second(lawful, gone), second(lawful, moved)
    told(lawful, gone, e.ContactWithdrawn("link", "covid-19"), at(12, 9))
    told(lawful, moved, e.ContactDetermined("link", "covid-19", 2, (index,), last_exposure=EXPOSED), at(12, 9))
    assert not restricted(lawful, through_gone)
    assert kinds(lawful, through_moved).count("contact-withdrawn") == 0, "became a close contact again: the case is one"
    told(lawful, moved, e.ContactWithdrawn("link", "covid-19"), at(12, 10))
    assert not restricted(lawful, through_moved)


def test_who_hangs_on_a_contact_who_is_a_case_too_stays_until_that_is_discarded(lawful: Parts) -> None:
    index, named = case(lawful)
    near, own = exposed(lawful, index), uuid4()
    far = second(lawful, near)
    told(lawful, near, e.CaseDetermined(own, "covid-19", e.Classification.SUSPECTED), at(12, 9))
    discarded(lawful, index, named)
    assert restricted(lawful, far)
    discarded(lawful, near, own)
    assert not restricted(lawful, far)
    assert in_order(lawful)


def test_a_positive_that_is_corrected_releases_whoever_hangs_on_those_it_made_close_contacts(lawful: Parts) -> None:
    index, _ = case(lawful)
    near = exposed(lawful, index)
    far = second(lawful, near)
    further = second(lawful, far)
    told(lawful, near, s.ResultReceived("x", s.ResultOutcome.POSITIVE), at(12, 8))
    later = second(lawful, far)
    told(lawful, near, s.ResultCorrected("x", s.ResultOutcome.NEGATIVE), at(12, 9))
    assert restricted(lawful, far), "the case is one still"
    assert not restricted(lawful, later)
    assert not restricted(lawful, further)
    assert in_order(lawful)


def test_who_hangs_on_a_contact_told_of_by_others_is_left_alone_but_not_who_was_told_after_a_false_positive(
    lawful: Parts,
) -> None:
    elsewhere = person(lawful)
    before = second(lawful, elsewhere)
    told(lawful, elsewhere, s.ResultReceived("x", s.ResultOutcome.POSITIVE), at(11, 12))
    after = person(lawful)
    told(lawful, after, contact(elsewhere, EXPOSED, ring=2), at(11, 13))
    told(lawful, elsewhere, s.ResultCorrected("x", s.ResultOutcome.NEGATIVE), at(12, 9))
    assert restricted(lawful, before)
    assert not restricted(lawful, after)


def test_nobody_in_the_second_ring_comes_back_by_themselves(lawful: Parts) -> None:
    index, named = case(lawful)
    near = exposed(lawful, index)
    far = second(lawful, near)
    discarded(lawful, index, named)
    told(lawful, index, e.CaseReclassified(named, "covid-19", e.Classification.CONFIRMED), at(12, 11))
    told(lawful, near, e.ContactDetermined("link", "covid-19", 1, (index,), last_exposure=EXPOSED), at(12, 11))
    assert not restricted(lawful, far)


@pytest.mark.parametrize("at_once", [False, True])
def test_a_list_releases_the_same_people_as_one_by_one(lawful: Parts, at_once: bool) -> None:
    (one, first), (two, _) = case(lawful), case(lawful)
    near, stays, late = exposed(lawful, one), exposed(lawful, two), person(lawful)
    far, new, held = second(lawful, near), person(lawful), second(lawful, stays)
    ring = e.ContactDetermined("late", "covid-19", 1, (one,), last_exposure=EXPOSED)
    story = [
        (late, ring, at(12, 8)),
        (new, e.ContactDetermined("ring-2", "covid-19", 2, (late,), last_exposure=date(2022, 7, 11)), at(12, 8)),
        (one, e.CaseDiscarded(first, "covid-19"), at(12, 9)),
    ]
    if at_once:
        drafts = [Draft(whom, body, when, HERE) for whom, body, when in story]
        asked = Asked("test", "data-import", f"list-{uuid4()}")
        perform(lawful, asked, {draft.stream: "person" for draft in drafts}, lambda _h, _now: Decision(drafts))
    else:
        for whom, body, when in story:
            told(lawful, whom, body, when)
    assert [restricted(lawful, whom) for whom in (far, new, held)] == [False, False, True]
    assert in_order(lawful)
