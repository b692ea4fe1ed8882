"""A contact who was taken for a case is a contact again when that falls away: they were exposed all the same."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from tests.proofs.exposed import EXPOSED, NOW, at, case, discarded, exposed, in_order, kinds, restricted
from tests.proofs.people import contact, person, rows, told
from tests.runtime.conftest import Clock

from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.runtime.parts import Parts


@pytest.fixture(autouse=True)
def noon(lawful: Parts, clock: Clock) -> None:
    clock.at = NOW


def open_loops(parts: Parts, whom: UUID) -> list[str]:
    query = "select measure from loop where subject = %s and (closes_at is null or closes_at > %s) order by 1"
    return [row[0] for row in rows(parts, query, whom, NOW)]


def positive(parts: Parts, whom: UUID, kind: s.SampleKind = s.SampleKind.SINGLE) -> None:
    told(parts, whom, s.SampleTaken("x", kind), at(12, 7))
    told(parts, whom, s.ResultReceived("x", s.ResultOutcome.POSITIVE), at(12, 8))


def test_a_close_contact_whose_positive_is_corrected_is_a_close_contact_again(lawful: Parts) -> None:
    index, _ = case(lawful)
    near = exposed(lawful, index)
    positive(lawful, near)
    assert open_loops(lawful, near) == []
    told(lawful, near, s.ResultCorrected("x", s.ResultOutcome.NEGATIVE), at(12, 9))
    assert open_loops(lawful, near) == ["close-contact"]
    assert restricted(lawful, near)
    zero = "select day_zero from loop where subject = %s and (closes_at is null or closes_at > %s)"
    assert {row[0] for row in rows(lawful, zero, near, NOW)} == {EXPOSED}
    assert in_order(lawful)


def test_a_close_contact_whose_case_is_discarded_is_one_again_once_no_positive_stands(lawful: Parts) -> None:
    index, _ = case(lawful)
    near, own = exposed(lawful, index), uuid4()
    positive(lawful, near)
    told(lawful, near, e.CaseDetermined(own, "covid-19", e.Classification.CONFIRMED), at(12, 9))
    told(lawful, near, s.ResultCorrected("x", s.ResultOutcome.NEGATIVE), at(12, 10))
    assert open_loops(lawful, near) == ["case"]
    discarded(lawful, near, own)
    assert open_loops(lawful, near) == ["close-contact"]
    told(lawful, near, e.ContactWithdrawn("link", "covid-19"), at(13, 9))
    assert not restricted(lawful, near)


def test_who_was_exposed_to_somebody_who_is_no_case_either_is_released(lawful: Parts) -> None:
    index, named = case(lawful)
    near, own = exposed(lawful, index), uuid4()
    far = person(lawful)
    told(lawful, far, contact(near, EXPOSED, ring=2), at(11, 11))
    told(lawful, near, e.CaseDetermined(own, "covid-19", e.Classification.CONFIRMED), at(12, 9))
    discarded(lawful, index, named)
    assert "contact-withdrawn" not in kinds(lawful, near), "the link says where the case may come from"
    discarded(lawful, near, own)
    assert not restricted(lawful, near)
    assert not restricted(lawful, far)
    assert kinds(lawful, near)[-2:] == ["linked-contact-cleared", "contact-withdrawn"]
    assert in_order(lawful)


def test_a_secondary_contact_and_one_told_of_by_others_are_what_they_were(lawful: Parts) -> None:
    index, _ = case(lawful)
    near, far, elsewhere = exposed(lawful, index), person(lawful), exposed(lawful, person(lawful))
    told(lawful, far, contact(near, EXPOSED, ring=2), at(11, 11))
    for whom in (far, elsewhere):
        positive(lawful, whom)
        told(lawful, whom, s.ResultCorrected("x", s.ResultOutcome.NEGATIVE), at(12, 9))
    assert open_loops(lawful, far) == ["secondary-contact"]
    assert open_loops(lawful, elsewhere) == ["close-contact"]


def test_an_exposure_of_long_ago_says_nothing_anew(lawful: Parts) -> None:
    index, _ = case(lawful)
    near = person(lawful)
    told(lawful, near, contact(index, date(2022, 5, 10)), at(11, 10))
    positive(lawful, near)
    told(lawful, near, s.ResultCorrected("x", s.ResultOutcome.NEGATIVE), at(12, 9))
    assert kinds(lawful, near).count("contact-determined") == 1


def test_a_suspicion_that_falls_away_says_nothing_anew(lawful: Parts) -> None:
    index, _ = case(lawful)
    near, own = exposed(lawful, index), uuid4()
    told(lawful, near, e.CaseDetermined(own, "covid-19", e.Classification.SUSPECTED), at(12, 9))
    discarded(lawful, near, own)
    assert kinds(lawful, near).count("contact-determined") == 1
    assert restricted(lawful, near)


def test_a_tube_of_several_people_that_is_positive_makes_nobody_a_close_contact(lawful: Parts) -> None:
    index, _ = case(lawful)
    near, far = exposed(lawful, index), person(lawful)
    told(lawful, far, contact(near, EXPOSED, ring=2), at(11, 11))
    positive(lawful, near, s.SampleKind.POOL)
    assert open_loops(lawful, near) == ["close-contact"]
    assert open_loops(lawful, far) == ["secondary-contact"]
    told(lawful, near, s.SampleTaken("y"), at(12, 9))
    told(lawful, near, s.ResultReceived("y", s.ResultOutcome.POSITIVE), at(12, 10))
    assert open_loops(lawful, far) == ["close-contact"], "single samples decide"
