"""What a positive made of others is taken back when it was none, with its cause; and who is determined as a secondary
contact of somebody who is positive already is a close contact at once.
"""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from tests.proofs.people import by, contact, only, person, rows, told
from tests.runtime.conftest import Clock

from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.runtime.acts import Done
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.registering import declare_same, split
from epiloop.runtime.verifying import verify
from epiloop.store.reading.cases import contact_counts, contacts_of

ZONE = ZoneInfo("Asia/Shanghai")
EXPOSED = date(2022, 7, 10)
CASE = uuid4()


def at(day: int, hour: int) -> datetime:
    return datetime(2022, 7, day, hour, tzinfo=ZONE)


@pytest.fixture
def ring(lawful: Parts, clock: Clock) -> tuple[UUID, UUID]:
    """A close contact of a case, and a contact of that contact."""
    clock.at = at(11, 12)
    case, index, other = person(lawful), person(lawful), person(lawful)
    told(lawful, index, contact(case, EXPOSED), at(11, 10))
    told(lawful, other, contact(index, EXPOSED, ring=2), at(11, 11))
    clock.at = at(13, 12)
    return index, other


def result(parts: Parts, whom: UUID, outcome: str, *, sample: str = "x", hour: int = 9) -> Done:
    return told(parts, whom, s.ResultReceived(sample, s.ResultOutcome(outcome)), at(12, hour))


def corrected(parts: Parts, whom: UUID, outcome: str, *, sample: str = "x", hour: int = 10) -> Done:
    return told(parts, whom, s.ResultCorrected(sample, s.ResultOutcome(outcome)), at(12, hour))


def case(parts: Parts, whom: UUID) -> Done:
    return told(parts, whom, e.CaseDetermined(CASE, "covid-19", e.Classification.CONFIRMED), at(12, 9))


def discarded(parts: Parts, whom: UUID) -> Done:
    return told(parts, whom, e.CaseDiscarded(CASE, "covid-19"), at(12, 10))


def under(parts: Parts, whom: UUID, now: datetime) -> set[str]:
    """The measures of a person's open loops."""
    query = "select measure from loop where subject = %s and opened_at <= %s and (closes_at is null or closes_at > %s)"
    return {row[0] for row in rows(parts, query, whom, now, now)}


def causes(parts: Parts, whom: UUID, kind: str) -> list[tuple[UUID, int]]:
    query = "select open->>'cause_stream', (open->>'cause_version')::int from event where stream = %s and kind = %s"
    return [(UUID(stream), version) for stream, version in rows(parts, query, whom, kind)]


def last_of(parts: Parts, whom: UUID, kind: str) -> tuple[UUID, int]:
    return whom, only(rows(parts, "select max(version) from event where stream = %s and kind = %s", whom, kind))[0]


def in_order(parts: Parts) -> bool:
    with parts.pool.connection() as connection:
        return verify(connection).broken == []


def positive(parts: Parts, whom: UUID) -> Done:
    return result(parts, whom, "positive")


def negative_after_all(parts: Parts, whom: UUID) -> Done:
    return corrected(parts, whom, "negative")


Step = Callable[[Parts, UUID], Done]
TAKEN_BACK = [
    (positive, negative_after_all, "result-received", "result-corrected"),
    (case, discarded, "case-determined", "case-discarded"),
]


@pytest.mark.parametrize(("turns", "clears", "cause", "taken_by"), TAKEN_BACK)
def test_what_was_no_positive_takes_back_what_it_made(
    lawful: Parts, ring: tuple[UUID, UUID], turns: Step, clears: Step, cause: str, taken_by: str
) -> None:
    index, other = ring
    turns(lawful, index)
    assert under(lawful, other, at(13, 12)) == {"close-contact"}
    assert causes(lawful, other, "linked-contact-positive") == [last_of(lawful, index, cause)]
    done = clears(lawful, index)
    assert {(index, taken_by), (other, "linked-contact-cleared")} <= {(one.stream, one.kind) for one in done.events}
    assert causes(lawful, other, "linked-contact-cleared") == [last_of(lawful, index, taken_by)]
    assert under(lawful, other, at(13, 12)) == {"secondary-contact"}
    assert under(lawful, other, at(18, 12)) <= {"secondary-contact"}, "time served counts"
    assert "withdrawn" in {row[0] for row in rows(lawful, "select outcome from loop where subject = %s", other)}
    closer = "select withdrawn_at from contact_link where contact = %s and ring = 1"
    assert only(rows(lawful, closer, other)) == (at(12, 10),)
    assert in_order(lawful)


def test_who_is_positive_by_another_sample_too_still_is(lawful: Parts, ring: tuple[UUID, UUID]) -> None:
    index, other = ring
    positive(lawful, index)
    result(lawful, index, "positive", sample="y")
    corrected(lawful, index, "negative")
    assert under(lawful, other, at(13, 12)) == {"close-contact"}
    corrected(lawful, index, "negative", sample="y", hour=11)
    assert under(lawful, other, at(13, 12)) == {"secondary-contact"}


def test_who_turns_positive_again_makes_close_contacts_again(lawful: Parts, ring: tuple[UUID, UUID]) -> None:
    index, other = ring
    positive(lawful, index)
    corrected(lawful, index, "negative")
    result(lawful, index, "positive", sample="y", hour=11)
    assert under(lawful, other, at(13, 12)) == {"close-contact"}
    assert len(causes(lawful, other, "linked-contact-positive")) == 2
    assert in_order(lawful)


def test_a_corrected_result_is_told_as_the_same_result(lawful: Parts, ring: tuple[UUID, UUID]) -> None:
    index, other = ring
    positive(lawful, index)
    corrected(lawful, index, "negative")
    corrected(lawful, index, "positive", hour=11)
    corrected(lawful, index, "negative", hour=12)
    query = "select open->>'outcome', open->>'nth' from event where stream = %s and kind = 'linked-contact-result'"
    assert sorted(rows(lawful, query, other)) == [("negative", "1"), ("positive", "1")], "each once, as the first one"


def test_what_somebody_withdrew_comes_back_only_with_a_new_positive(lawful: Parts, ring: tuple[UUID, UUID]) -> None:
    index, other = ring
    positive(lawful, index)
    told(lawful, other, e.ContactWithdrawn(f"link-{index}:closer", "covid-19"), at(12, 10))
    result(lawful, index, "positive", sample="y", hour=11)
    assert "close-contact" not in under(lawful, other, at(13, 12))


def test_a_withdrawn_link_takes_what_it_became_with_it(lawful: Parts, ring: tuple[UUID, UUID]) -> None:
    index, other = ring
    positive(lawful, index)
    told(lawful, other, e.ContactWithdrawn(f"link-{index}", "covid-19"), at(12, 10))
    assert under(lawful, other, at(13, 12)) == set()


@pytest.mark.parametrize(("turns", "cause"), [(positive, "result-received"), (case, "case-determined")])
def test_a_secondary_contact_found_after_the_positive_is_a_close_contact_at_once(
    lawful: Parts, ring: tuple[UUID, UUID], turns: Step, cause: str
) -> None:
    index, _ = ring
    turns(lawful, index)
    told(lawful, index, e.FollowedUp(date(2022, 7, 12), symptoms=True, by="call"), at(12, 9))
    late = person(lawful)
    told(lawful, late, contact(index, EXPOSED, ring=2), at(12, 10))
    assert under(lawful, late, at(13, 12)) == {"close-contact"}
    assert causes(lawful, late, "linked-contact-positive") == [last_of(lawful, index, cause)]
    told(lawful, late, contact(index, date(2022, 7, 11), ring=2), at(12, 11))
    zero = "select day_zero from loop where subject = %s and measure = 'close-contact'"
    assert rows(lawful, zero, late) == [(date(2022, 7, 11),)], "what is said anew of the link holds for both"
    assert in_order(lawful)


def test_who_met_somebody_after_their_illness_was_over_stays_in_the_second_ring(
    lawful: Parts, ring: tuple[UUID, UUID]
) -> None:
    index, _ = ring
    case(lawful, index)
    told(lawful, index, e.OutcomeRecorded(CASE, "covid-19", e.Outcome.RECOVERED, date(2022, 7, 12)), at(12, 20))
    met, before = person(lawful), person(lawful)
    told(lawful, met, contact(index, date(2022, 7, 13), ring=2), at(13, 10))
    told(lawful, before, contact(index, date(2022, 7, 12), ring=2), at(13, 10))
    assert under(lawful, met, at(13, 12)) == {"secondary-contact"}
    assert under(lawful, before, at(13, 12)) == {"close-contact"}


def test_registrations_that_are_one_person_share_their_positives_until_they_are_split(
    lawful: Parts, ring: tuple[UUID, UUID]
) -> None:
    index, other = ring
    twin = person(lawful)
    positive(lawful, twin)
    assert under(lawful, other, at(13, 12)) == {"secondary-contact"}
    declare_same(lawful, by(), twin, index)
    assert under(lawful, other, at(13, 13)) == {"close-contact"}
    assert in_order(lawful)
    split(lawful, by(), twin, index)
    assert under(lawful, other, at(13, 13)) == {"secondary-contact"}
    assert in_order(lawful)


def test_the_page_of_a_case_shows_everybody_in_one_ring(lawful: Parts, ring: tuple[UUID, UUID]) -> None:
    index, other = ring
    positive(lawful, index)
    assert rings(lawful, index, at(13, 12)) == [(other, 1)]
    assert rings(lawful, index, at(12, 8)) == [(other, 2)], "before the positive"
    corrected(lawful, index, "negative")
    assert rings(lawful, index, at(13, 12)) == [(other, 2)]


def rings(parts: Parts, index: UUID, now: datetime) -> list[tuple[UUID, int]]:
    """Who stands in which ring around somebody, on the page and in the counts."""
    with parts.pool.connection() as connection:
        found = [(line.contact, line.ring) for line in contacts_of(connection, index, now).rows]
        count = contact_counts(connection, [index], now)[index]
    assert [count.first_ring, count.second_ring] == [[ring for _, ring in found].count(each) for each in (1, 2)]
    return found
