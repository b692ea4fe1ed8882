"""A restriction ends with its reason: close contacts of somebody who is no case after all are released in that act.

With its cause, unless another of their sources is a case or may be one; the same when many are told at once.
"""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID, uuid4

import pytest
from tests.proofs.exposed import EXPOSED, NOW, at, case, discarded, exposed, in_order, kinds, restricted
from tests.proofs.people import HERE, by, contact, only, person, rows, told
from tests.runtime.conftest import Clock

from epiloop.ledger.events import Body, Draft
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.runtime.acts import Asked, Decision, perform
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.discarding import resting_on
from epiloop.runtime.requests.registering import declare_same
from epiloop.store.reading.tracing import confirmed


@pytest.fixture(autouse=True)
def noon(lawful: Parts, clock: Clock) -> None:
    clock.at = NOW


@pytest.mark.parametrize("sure", ["suspected", "probable", "confirmed", "asymptomatic"])
def test_who_is_exposed_to_a_case_that_is_discarded_is_released_with_its_cause(lawful: Parts, sure: str) -> None:
    index, named = case(lawful, sure=sure)
    other = exposed(lawful, index)
    assert restricted(lawful, other)
    done = discarded(lawful, index, named)
    assert [one.kind for one in done.events if one.stream == other] == ["linked-contact-cleared", "contact-withdrawn"]
    cause = (
        "select open->>'cause_stream', (open->>'cause_version')::int from event where kind = 'linked-contact-cleared'"
    )
    version = only(rows(lawful, "select version from event where stream = %s and kind = 'case-discarded'", index))[0]
    assert rows(lawful, cause) == [(str(index), version)]
    assert not restricted(lawful, other)
    assert in_order(lawful)


def test_who_is_exposed_to_two_cases_stays_until_both_are_discarded(lawful: Parts) -> None:
    (one, first), (two, second) = case(lawful), case(lawful, sure="suspected")
    at_once, apart = exposed(lawful, one, two), exposed(lawful, one)
    told(lawful, apart, contact(two, EXPOSED), at(11, 10))
    discarded(lawful, one, first)
    assert kinds(lawful, at_once).count("contact-withdrawn") == 0
    assert kinds(lawful, apart).count("contact-withdrawn") == 1
    assert restricted(lawful, at_once)
    assert restricted(lawful, apart)
    discarded(lawful, two, second)
    assert not restricted(lawful, at_once)
    assert not restricted(lawful, apart)
    assert kinds(lawful, at_once).count("contact-withdrawn") == 1


def test_a_positive_that_is_corrected_releases_unless_another_one_stands(lawful: Parts) -> None:
    index = person(lawful)
    other = exposed(lawful, index)
    for sample in "xy":
        told(lawful, index, s.ResultReceived(sample, s.ResultOutcome.POSITIVE), at(11, 9))
    told(lawful, index, s.ResultCorrected("x", s.ResultOutcome.INVALID), at(12, 9))
    assert restricted(lawful, other)
    told(lawful, index, s.ResultCorrected("y", s.ResultOutcome.NEGATIVE), at(12, 10))
    assert not restricted(lawful, other)


def test_a_case_with_a_positive_that_stands_or_of_another_disease_releases_nobody(lawful: Parts) -> None:
    index, named = case(lawful)
    other = exposed(lawful, index)
    mers = uuid4()
    told(lawful, index, e.CaseDetermined(mers, "mers", e.Classification.SUSPECTED), at(11, 9))
    discarded(lawful, index, mers, "mers")
    assert restricted(lawful, other)
    told(lawful, index, s.ResultReceived("x", s.ResultOutcome.POSITIVE), at(11, 9))
    discarded(lawful, index, named)
    assert restricted(lawful, other)


def test_an_earlier_illness_that_was_over_before_is_no_reason_to_stay(lawful: Parts) -> None:
    index, earlier = case(lawful)
    told(lawful, index, e.OutcomeRecorded(earlier, "covid-19", e.Outcome.RECOVERED, date(2022, 7, 9)), at(11, 9))
    named = uuid4()
    told(lawful, index, e.CaseDetermined(named, "covid-19", e.Classification.SUSPECTED), at(11, 9))
    other = exposed(lawful, index)
    discarded(lawful, index, named)
    assert not restricted(lawful, other)


def test_links_to_somebody_who_never_was_a_case_here_are_left_alone(lawful: Parts) -> None:
    (index, named), elsewhere = case(lawful), person(lawful)
    told_of = exposed(lawful, elsewhere)
    told(lawful, elsewhere, s.ResultReceived("x", s.ResultOutcome.NEGATIVE), at(11, 9))
    told(lawful, elsewhere, s.ResultCorrected("x", s.ResultOutcome.INVALID), at(11, 10))
    discarded(lawful, index, named)
    assert restricted(lawful, told_of)


def test_registrations_of_one_person_count_together(lawful: Parts) -> None:
    (index, named), (twin, second) = case(lawful), case(lawful)
    through_one, through_other = exposed(lawful, index), exposed(lawful, twin)
    declare_same(lawful, by(), index, twin)
    discarded(lawful, index, named)
    assert restricted(lawful, through_one)
    discarded(lawful, index, second)
    assert not restricted(lawful, through_one)
    assert not restricted(lawful, through_other)
    assert in_order(lawful)


def test_a_case_discarded_once_releases_once_and_nobody_comes_back_by_itself(lawful: Parts) -> None:
    index, named = case(lawful)
    other = exposed(lawful, index)
    discarded(lawful, index, named)
    told(lawful, index, e.CaseReclassified(named, "covid-19", e.Classification.CONFIRMED), at(12, 11))
    assert not restricted(lawful, other)
    told(lawful, index, e.CaseDiscarded(named, "covid-19"), at(12, 12))
    assert kinds(lawful, other).count("contact-withdrawn") == 1
    told(lawful, index, e.CaseReclassified(named, "covid-19", e.Classification.CONFIRMED), at(13, 9))
    told(lawful, other, e.ContactDetermined("link", "covid-19", 1, (index,), last_exposure=EXPOSED), at(13, 10))
    assert restricted(lawful, other), "chosen again by hand"


def test_a_contact_who_is_a_sure_case_meanwhile_keeps_the_link_one_who_is_suspected_rests_on_that_alone(
    lawful: Parts,
) -> None:
    index, named = case(lawful)
    sure, unsure = exposed(lawful, index), exposed(lawful, index)
    own = uuid4()
    told(lawful, sure, e.CaseDetermined(own, "covid-19", e.Classification.CONFIRMED), at(12, 9))
    told(lawful, unsure, e.CaseDetermined(own, "covid-19", e.Classification.SUSPECTED), at(12, 9))
    discarded(lawful, index, named)
    assert "contact-withdrawn" not in kinds(lawful, sure)
    assert "contact-withdrawn" in kinds(lawful, unsure)
    discarded(lawful, unsure, own)
    assert not restricted(lawful, unsure)
    discarded(lawful, sure, own)
    assert not restricted(lawful, sure)


def test_a_link_that_went_from_the_second_ring_to_the_first_leaves_nothing_behind(lawful: Parts) -> None:
    index, named = case(lawful)
    other = person(lawful)
    for ring in (2, 1):
        told(lawful, other, contact(index, EXPOSED, ring=ring, link="link"), at(11, 10))
    discarded(lawful, index, named)
    assert not restricted(lawful, other)


Story = list[tuple[UUID, Body, datetime]]


def one_by_one(parts: Parts, story: Story) -> None:
    for whom, body, when in story:
        told(parts, whom, body, when)


def at_once(parts: Parts, story: Story) -> None:
    drafts = [Draft(whom, body, when, HERE) for whom, body, when in story]
    asked = Asked("test", "data-import", f"list-{uuid4()}")
    perform(parts, asked, {d.stream: "person" for d in drafts}, lambda _h, _now: Decision(drafts))


@pytest.mark.parametrize("tell_all", [one_by_one, at_once])
def test_a_list_says_the_same_as_one_by_one(lawful: Parts, tell_all: Callable[[Parts, Story], None]) -> None:
    (one, first), (two, second), (three, third) = case(lawful), case(lawful), case(lawful)
    both, late, stays, again = exposed(lawful, one, two), person(lawful), exposed(lawful, one, three), person(lawful)
    sure = exposed(lawful, one)
    story: Story = [
        (late, contact(one, EXPOSED), at(12, 8)),
        (again, contact(three, EXPOSED), at(12, 8)),
        (sure, e.CaseDetermined(uuid4(), "covid-19", e.Classification.CONFIRMED), at(12, 8)),
        (one, e.CaseDiscarded(first, "covid-19"), at(12, 9)),
        (two, e.CaseDiscarded(second, "covid-19"), at(12, 10)),
    ]
    tell_all(lawful, story)
    assert [restricted(lawful, whom) for whom in (both, late, stays, again)] == [False, False, True, True]
    assert [kinds(lawful, whom).count("contact-withdrawn") for whom in (both, late, sure)] == [1, 1, 0]
    assert resting_on(lawful, by(), three, third, "covid-19") == 2
    assert in_order(lawful)


def test_who_rests_on_a_case_alone_is_counted_beforehand_and_nothing_is_written(lawful: Parts) -> None:
    (index, named), (second, _) = case(lawful), case(lawful)
    exposed(lawful, index)
    exposed(lawful, index, second)
    elsewhere = exposed(lawful, index)
    told(lawful, elsewhere, contact(second, EXPOSED), at(11, 10))
    before = rows(lawful, "select count(*) from event")
    assert resting_on(lawful, by(), index, named, "covid-19") == 1
    assert resting_on(lawful, by(), index, uuid4(), "covid-19") == 0
    assert rows(lawful, "select count(*) from event") == before


def test_a_released_contact_is_not_among_those_to_be_given_notice(lawful: Parts) -> None:
    index, named = case(lawful)
    name = f"met:{index}:covid-19"
    gone = exposed(lawful, index, link=name)
    assert noticed(lawful, index, name) == {gone}
    discarded(lawful, index, named)
    assert noticed(lawful, index, name) == set()


def noticed(parts: Parts, index: UUID, name: str) -> set[UUID]:
    with parts.pool.connection() as connection:
        return set(confirmed(connection, index, name, NOW))
