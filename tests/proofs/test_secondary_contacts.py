"""Must show (issue 2, rules): when an index contact turns positive, all its secondary contacts become close contacts
within a minute, here in the very same act, with the cause; and under the 8th edition a secondary contact is released
only if the linked close contact's results are negative.
"""

import time
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from tests.proofs.people import HERE, by, contact, only, person, rows, sampled, told
from tests.runtime.conftest import Clock

from epiloop.ledger.events import Draft
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.runtime.acts import Asked, Decision, Done, perform
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.registering import declare_same
from epiloop.runtime.verifying import verify

ZONE = ZoneInfo("Asia/Shanghai")
EXPOSED = date(2022, 5, 10)
"""Under the 8th edition (protocol of May 2021), which ended on 28 June 2022."""
SECONDARIES = 4


def at(day: int, hour: int) -> datetime:
    return datetime(2022, 5, day, hour, tzinfo=ZONE)


@pytest.fixture
def ring(lawful: Parts, clock: Clock) -> tuple[UUID, list[UUID]]:
    """A close contact of a case, and that contact's own contacts."""
    clock.at = at(11, 12)
    case, index = person(lawful), person(lawful)
    told(lawful, index, contact(case, EXPOSED), at(11, 10))
    others = [person(lawful) for _ in range(SECONDARIES)]
    for other in others:
        told(lawful, other, contact(index, EXPOSED, ring=2), at(11, 11))
    return index, others


def positive(parts: Parts, index: UUID) -> Done:
    told(parts, index, s.SampleTaken("p-1"), at(13, 8))
    return told(parts, index, s.ResultReceived("p-1", s.ResultOutcome.POSITIVE), at(13, 11))


def confirmed(parts: Parts, index: UUID) -> Done:
    return told(parts, index, e.CaseDetermined(uuid4(), "covid-19", e.Classification.CONFIRMED), at(13, 11))


@pytest.mark.parametrize("turns", [positive, confirmed])
def test_all_secondary_contacts_become_close_contacts_in_the_act_in_which_the_index_turns_positive(
    lawful: Parts, clock: Clock, ring: tuple[UUID, list[UUID]], turns
) -> None:
    index, others = ring
    bystander = person(lawful)
    clock.at = at(13, 12)
    began = time.monotonic()
    done = turns(lawful, index)
    assert time.monotonic() - began < 60
    written = {(event.stream, event.kind) for event in done.events}
    for other in others:
        assert {(other, "linked-contact-positive"), (other, "contact-determined")} <= written
    assert not any(stream == bystander for stream, _ in written)
    acts = rows(lawful, "select count(distinct act) from event where stream = any(%s) and version > 2", others)
    assert acts == [(1,)], "one act, so nobody ever saw the index positive and a secondary contact still one"
    close = rows(lawful, "select contact from contact_link where ring = 1 and source = %s", index)
    assert {row[0] for row in close} == set(others)
    open_loops = "select subject, measure from loop where subject = any(%s) and (closes_at is null or closes_at > %s)"
    assert set(rows(lawful, open_loops, others, clock.at)) == {(other, "close-contact") for other in others}
    cause = "select distinct open->>'cause_stream' from event where kind = 'linked-contact-positive'"
    assert rows(lawful, cause) == [(str(index),)]
    outcomes = "select distinct outcome from loop where measure = 'secondary-contact'"
    assert rows(lawful, outcomes) == [("superseded",)]
    with lawful.pool.connection() as connection:
        assert verify(connection).broken == []


def test_two_positives_of_one_index_make_one_close_contact_of_each(
    lawful: Parts, clock: Clock, ring: tuple[UUID, list[UUID]]
) -> None:
    index, others = ring
    clock.at = at(13, 12)
    positive(lawful, index)
    confirmed(lawful, index)
    query = "select count(*) from event where stream = any(%s) and kind = 'contact-determined'"
    assert rows(lawful, query, others) == [(2 * SECONDARIES,)]


def test_whoever_is_confirmed_later_or_by_a_correction_turns_positive_then(
    lawful: Parts, clock: Clock, ring: tuple[UUID, list[UUID]]
) -> None:
    index, others = ring
    clock.at = at(13, 12)
    case = uuid4()
    told(lawful, index, e.CaseDetermined(case, "covid-19", e.Classification.SUSPECTED), at(13, 9))
    assert close(lawful, index) == set(), "a suspected case is not positive"
    told(lawful, index, e.CaseReclassified(case, "covid-19", e.Classification.CONFIRMED), at(13, 10))
    assert close(lawful, index) == set(others)


def test_a_result_corrected_to_positive_counts_as_one(
    lawful: Parts, clock: Clock, ring: tuple[UUID, list[UUID]]
) -> None:
    index, others = ring
    clock.at = at(13, 12)
    sampled(lawful, index, "x", at(13, 8), at(13, 9))
    told(lawful, index, s.ResultCorrected("x", s.ResultOutcome.POSITIVE), at(13, 10))
    assert close(lawful, index) == set(others)


def test_a_case_of_another_disease_makes_nobody_a_close_contact(
    lawful: Parts, clock: Clock, ring: tuple[UUID, list[UUID]]
) -> None:
    index, _ = ring
    clock.at = at(13, 12)
    told(lawful, index, e.CaseDetermined(uuid4(), "mers", e.Classification.CONFIRMED), at(13, 9))
    assert close(lawful, index) == set()


def test_contacts_of_a_registration_that_was_merged_are_those_of_the_one_that_goes_on(
    lawful: Parts, clock: Clock, ring: tuple[UUID, list[UUID]]
) -> None:
    index, others = ring
    clock.at = at(13, 12)
    survivor = person(lawful)
    declare_same(lawful, by(), survivor, index)
    positive(lawful, survivor)
    assert close(lawful, survivor) == set(others)


def test_a_result_sent_twice_is_one_result_also_for_those_who_wait_for_it(
    lawful: Parts, clock: Clock, ring: tuple[UUID, list[UUID]]
) -> None:
    index, (other, *_) = ring
    clock.at = at(13, 12)
    told(lawful, index, s.SampleTaken("x"), at(12, 8))
    for _ in range(2):
        told(lawful, index, s.ResultReceived("x", s.ResultOutcome.NEGATIVE), at(12, 20))
    linked = "select count(*) from event where stream = %s and kind = 'linked-contact-result'"
    assert rows(lawful, linked, other) == [(1,)], "two negatives are asked for, and this is one"


def test_a_list_that_names_contact_and_positive_at_once_says_the_same_as_one_by_one(
    lawful: Parts, clock: Clock, ring: tuple[UUID, list[UUID]]
) -> None:
    index, others = ring
    clock.at = at(13, 12)
    late, withdrawn = person(lawful), others[0]
    drafts = [
        Draft(late, contact(index, EXPOSED, ring=2), at(13, 9), HERE),
        Draft(withdrawn, e.ContactWithdrawn(f"link-{index}", "covid-19"), at(13, 9), HERE),
        Draft(index, s.SampleTaken("p-1"), at(13, 8), HERE),
        Draft(index, s.ResultReceived("p-1", s.ResultOutcome.POSITIVE), at(13, 11), HERE),
    ]
    asked = Asked("test", "data-import", "a-list")
    perform(lawful, asked, dict.fromkeys((d.stream for d in drafts), "person"), lambda _h, _now: Decision(drafts))
    assert close(lawful, index) == {late, *others[1:]}
    with lawful.pool.connection() as connection:
        assert verify(connection).broken == []


def close(parts: Parts, index: UUID) -> set[UUID]:
    """Who is a close contact of the index."""
    query = "select contact from contact_link where ring = 1 and source = %s and withdrawn_at is null"
    return {row[0] for row in rows(parts, query, index)}


def free_from(parts: Parts, whom: UUID) -> datetime:
    return only(rows(parts, "select max(ends) from status_span where subject = %s and strictness > 0", whom))[0]


def test_a_secondary_contact_is_released_only_if_the_linked_results_are_negative(
    lawful: Parts, clock: Clock, ring: tuple[UUID, list[UUID]]
) -> None:
    index, (other, *_) = ring
    own = [(12, "a"), (14, "b"), (17, "c")]
    clock.at = at(18, 12)
    for day, name in own:
        sampled(lawful, other, name, at(day, 9), at(day, 20))
    waits = "select waits_for from stage where subject = %s and valid_from <= %s order by valid_from desc limit 1"
    without = free_from(lawful, other)
    assert any(only(rows(lawful, waits, other, clock.at))[0]), "something is still waited for"
    for day, name in ((12, "x"), (14, "y")):
        sampled(lawful, index, name, at(day, 9), at(day, 20))
    told_of = "select count(*) from event where stream = %s and kind = 'linked-contact-result'"
    assert rows(lawful, told_of, other) == [(2,)]
    planned = free_from(lawful, other)
    assert planned < without, "with the linked contact's two negatives it ends on its planned day"
    assert planned - at(10, 0) <= timedelta(days=8)
