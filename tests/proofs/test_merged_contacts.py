"""Two registrations are declared one person, and split again: contacts hang on the one that goes on, then on the right
one, and who has no source left is released with cause.
"""

from uuid import UUID, uuid4

import pytest
from tests.proofs.exposed import EXPOSED, NOW, ZONE, at, case, discarded, exposed, in_order, kinds, restricted
from tests.proofs.people import CITY, by, contact, person, rows, told
from tests.runtime.conftest import Clock

from epiloop.core.jurisdictions import range_of
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.registering import declare_same, split
from epiloop.store.reading.cases import contact_counts, contacts_of, transmission
from epiloop.store.reading.people import person_page


@pytest.fixture(autouse=True)
def noon(lawful: Parts, clock: Clock) -> None:
    clock.at = NOW


def sources(parts: Parts, contact: UUID, link: str = "link") -> list[UUID]:
    """Through whom somebody is a contact by a link that stands."""
    query = "select source from contact_link where contact = %s and link = %s and withdrawn_at is null"
    return [row[0] for row in rows(parts, query, contact, link)]


def around(parts: Parts, index: UUID) -> set[UUID]:
    """Whom the page of a case shows as its contacts; the numbers say the same."""
    with parts.pool.connection() as connection:
        shown = {line.contact for line in contacts_of(connection, index, NOW).rows}
        count = contact_counts(connection, [index], NOW).get(index)
    assert len(shown) == (count.first_ring + count.second_ring if count else 0)
    return shown


def test_contacts_of_both_registrations_are_those_of_the_one_that_goes_on(lawful: Parts) -> None:
    (index, _), (twin, _) = case(lawful), case(lawful)
    one, other = exposed(lawful, index), exposed(lawful, twin)
    declare_same(lawful, by(), index, twin)
    assert around(lawful, index) == {one, other}
    split(lawful, by(), index, twin)
    assert (around(lawful, index), around(lawful, twin)) == ({one}, {other})
    assert restricted(lawful, one)
    assert restricted(lawful, other)
    assert in_order(lawful)


def test_after_a_split_contacts_are_those_of_the_registration_whose_case_they_rest_on(lawful: Parts) -> None:
    plain, (index, named) = person(lawful), case(lawful)
    told(lawful, index, s.ResultReceived("x", s.ResultOutcome.POSITIVE), at(11, 8))
    declare_same(lawful, by(), plain, index)
    near = exposed(lawful, plain)
    far = person(lawful)
    told(lawful, far, contact(plain, EXPOSED, ring=2), at(12, 9))
    assert restricted(lawful, near)
    split(lawful, by(), plain, index)
    assert sources(lawful, near) == [index]
    assert {*sources(lawful, far, f"link-{plain}"), *sources(lawful, far, f"link-{plain}:closer")} == {index}
    assert restricted(lawful, near)
    assert kinds(lawful, near).count("linked-contact-cleared") == 1, "with cause"
    told(lawful, index, s.ResultCorrected("x", s.ResultOutcome.NEGATIVE), at(12, 9))
    discarded(lawful, index, named)
    assert not restricted(lawful, near)
    assert not restricted(lawful, far)
    assert in_order(lawful)


def test_what_was_discarded_while_they_were_one_stays_discarded_when_they_are_two(lawful: Parts) -> None:
    plain, (index, named) = person(lawful), case(lawful)
    near = exposed(lawful, index)
    declare_same(lawful, by(), plain, index)
    told(lawful, plain, e.CaseDiscarded(named, "covid-19"), at(12, 9))
    assert not restricted(lawful, near)
    split(lawful, by(), plain, index)
    assert not restricted(lawful, index)
    assert not restricted(lawful, near)
    late = exposed(lawful, index)
    told(lawful, index, e.CaseReclassified(named, "covid-19", e.Classification.CONFIRMED), at(13, 9))
    discarded(lawful, index, named)
    assert not restricted(lawful, late)
    assert in_order(lawful)


def test_a_result_of_the_other_ones_sample_goes_with_it_and_leaves_nothing_behind(lawful: Parts) -> None:
    plain, index = person(lawful), person(lawful)
    far = person(lawful)
    told(lawful, far, contact(index, EXPOSED, ring=2), at(11, 9))
    told(lawful, index, s.SampleTaken("x"), at(11, 9))
    declare_same(lawful, by(), plain, index)
    told(lawful, plain, s.ResultReceived("x", s.ResultOutcome.POSITIVE), at(12, 8))
    near = exposed(lawful, plain)
    split(lawful, by(), plain, index)
    assert sources(lawful, near) == [index]
    assert sources(lawful, far, f"link-{index}:closer") == [index]
    assert [row[0] for row in rows(lawful, "select outcome from sample where subject = %s", index)] == ["positive"]
    assert "positive" not in {row[0] for row in rows(lawful, "select outcome from sample where subject = %s", plain)}
    told(lawful, index, s.ResultCorrected("x", s.ResultOutcome.NEGATIVE), at(12, 9))
    assert not restricted(lawful, near)
    assert kinds(lawful, far).count("linked-contact-result") == 2, "positive, then negative; none of them twice"
    assert in_order(lawful)


def test_a_contact_that_was_withdrawn_under_the_other_registration_stays_withdrawn(lawful: Parts) -> None:
    (index, _), plain = case(lawful), person(lawful)
    near = exposed(lawful, index)
    far = person(lawful)
    told(lawful, far, contact(near, EXPOSED, ring=2), at(11, 11))
    declare_same(lawful, by(), plain, near)
    assert sources(lawful, plain) == [index]
    told(lawful, plain, e.ContactWithdrawn("link", "covid-19"), at(12, 9))
    assert not restricted(lawful, far)
    split(lawful, by(), plain, near)
    assert not restricted(lawful, near)
    assert in_order(lawful)


def test_who_hangs_on_a_contact_told_under_the_wrong_registration_goes_with_that_contact(lawful: Parts) -> None:
    (index, _), plain = case(lawful), person(lawful)
    near, far = exposed(lawful, index), person(lawful)
    declare_same(lawful, by(), plain, near)
    told(lawful, far, contact(plain, EXPOSED, ring=2), at(11, 11))
    split(lawful, by(), plain, near)
    assert sources(lawful, far, f"link-{plain}") == [near]
    told(lawful, near, e.ContactWithdrawn("link", "covid-19"), at(12, 9))
    assert not restricted(lawful, far)


def test_a_contact_merged_with_its_own_case_and_split_again_is_a_contact_still(lawful: Parts) -> None:
    index, named = case(lawful)
    near = exposed(lawful, index)
    declare_same(lawful, by(), index, near)
    assert around(lawful, index) == set()
    split(lawful, by(), index, near)
    assert restricted(lawful, near)
    discarded(lawful, index, named)
    assert not restricted(lawful, near)
    assert in_order(lawful)


def test_who_rests_on_a_sample_that_a_merged_registration_took_back_is_released(lawful: Parts) -> None:
    index, twin = person(lawful), person(lawful)
    told(lawful, index, s.ResultReceived("x", s.ResultOutcome.POSITIVE), at(11, 8))
    near = exposed(lawful, index)
    told(lawful, twin, s.ResultReceived("x", s.ResultOutcome.POSITIVE), at(11, 8))
    told(lawful, twin, s.ResultCorrected("x", s.ResultOutcome.NEGATIVE), at(11, 12))
    declare_same(lawful, by(), twin, index)
    assert not restricted(lawful, near)
    assert kinds(lawful, near)[-2:] == ["linked-contact-cleared", "contact-withdrawn"]


def test_the_transmission_tree_and_the_persons_page_know_the_merged_registration(lawful: Parts) -> None:
    (index, _), (twin, _) = case(lawful), case(lawful)
    near = exposed(lawful, twin)
    told(lawful, near, e.CaseDetermined(uuid4(), "covid-19", e.Classification.CONFIRMED), at(12, 9))
    declare_same(lawful, by(), index, twin)
    with lawful.pool.connection() as connection:
        tree = transmission(connection, range_of(CITY), NOW, ZONE, "covid-19")
        page = person_page(connection, index, NOW)
    assert [(link.source, link.person) for link in tree.links] == [(index, near)]
    assert page is not None
    assert {row.contact for row in page.contacts} == {near}
