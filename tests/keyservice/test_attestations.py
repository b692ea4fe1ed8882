"""What laboratories say of a case: who may say it, what it lets be opened, and what ends when it is taken back (R9)."""

import pytest
from tests.keyservice import casework
from tests.keyservice.casework import (
    CASE,
    DAY,
    FRIEND,
    HOUR,
    NOW,
    attest,
    authorisation,
    opened,
    propose,
    sign,
)

from epiloop.core.errors import NotAllowed, NotFound, Refused
from epiloop.vault.signatures import public_of
from keyservice import enrolment
from keyservice.database import transaction


def test_a_first_positive_gives_counts_and_a_confirmed_one_people(cases):
    grant = opened(cases, authorisation(), "approver")
    with pytest.raises(Refused):
        cases.trace(grant, "maker")
    attest(cases, "positive")
    counted = cases.trace(grant, "maker")
    assert (counted.people, counted.first, counted.prepared) == ((), 2, True)
    attest(cases, "confirmed")
    assert len(cases.trace(grant, "maker").people) == 2
    assert cases.attested(CASE, "maker") == "confirmed"
    assert cases.attested(FRIEND, "maker") == ""


def of_sample(cases, found: str, sample: str = "S1", by: str = "central lab", **parts):
    text = casework.result(found, sample=sample, **parts)
    return cases.attest(text, sign(by, text))


def test_a_laboratory_takes_its_positive_back_and_what_rested_on_it_ends(cases, vault):
    for found in ("positive", "confirmed"):
        of_sample(cases, found)
    search = opened(cases, authorisation(), "approver")
    places = opened(cases, authorisation("history", 2), "approver")
    order = opened(cases, authorisation("legal-order", 3), "approver", "judge")
    waiting = propose(cases, authorisation(number=4))
    others = propose(cases, authorisation(number=5, subject=FRIEND))
    assert len(cases.trace(search, "maker").people) == 2
    assert of_sample(cases, "withdrawn") == of_sample(cases, "withdrawn")
    assert [one.asker for one in vault.accesses()].count("central lab") == 3, "in the log, once each"
    assert cases.attested(CASE, "maker") == "withdrawn"
    states = {one.id: one.state for one in cases.grants(100)}
    assert [states[one] for one in (search, places, waiting)] == ["withdrawn"] * 3
    assert [states[one] for one in (order, others)] == ["open", "proposed"], "these rest on no positive of the case"
    for ask, grant in ((cases.trace, search), (cases.history, places)):
        with pytest.raises(Refused):
            ask(grant, "maker")
    with pytest.raises(Refused, match="taken its positive result"):
        cases.trace(opened(cases, authorisation(number=6), "approver"), "maker")
    of_sample(cases, "confirmed")  # as it was handed in before: the same text
    assert cases.attested(CASE, "maker") == "withdrawn"


def test_what_another_sample_or_laboratory_says_stands(cases, pool):
    one = enrolment.Enrolled(
        public_of(casework.private("other lab")), "laboratory", "other lab", "", NOW - DAY, NOW + DAY
    )
    with transaction(pool) as connection:
        enrolment.enrol(connection, one)
    for sample, by in (("S1", "central lab"), ("S2", "central lab"), ("S1", "other lab")):
        of_sample(cases, "confirmed", sample, by, laboratory=by)
    grant = opened(cases, authorisation(), "approver")
    of_sample(cases, "withdrawn")
    assert cases.attested(CASE, "maker") == "confirmed"
    of_sample(cases, "withdrawn", "S2")
    assert len(cases.trace(grant, "maker").people) == 2, "the other laboratory stands by it"
    of_sample(cases, "withdrawn", "S1", "other lab", laboratory="other lab")
    with pytest.raises(Refused):
        cases.trace(grant, "maker")


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ({"sample": "S2"}, NotFound),
        ({"number": "13900000001"}, NotFound),
        ({"taken_at": NOW - 2 * HOUR}, NotFound),
        ({"by": "maker"}, NotAllowed),
    ],
)
def test_what_was_not_said_is_not_taken_back(cases, parts, wrong):
    of_sample(cases, "confirmed")
    with pytest.raises(wrong):
        of_sample(cases, "withdrawn", **parts)
    assert cases.attested(CASE, "maker") == "confirmed"
    of_sample(cases, "withdrawn")
    with pytest.raises(Refused, match="of this sample back"):
        of_sample(cases, "positive")


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ({"number": "13900000001"}, Refused),
        ({"taken_at": NOW - 29 * DAY}, Refused),
        ({"taken_at": NOW + HOUR}, Refused),
        ({"laboratory": "another lab"}, NotAllowed),
    ],
)
def test_a_result_of_somebody_else_too_old_or_in_anothers_name_opens_nothing(cases, parts, wrong):
    grant = opened(cases, authorisation(), "approver")
    text = casework.result(**parts)

    def attested_and_traced():
        cases.attest(text, sign("central lab", text))
        cases.trace(grant, "maker")

    with pytest.raises(wrong):
        attested_and_traced()


def test_nobody_but_an_enrolled_laboratory_attests(cases, pool, clock):
    text = casework.result()
    for who in ("maker", "nobody at all"):
        with pytest.raises(NotAllowed):
            cases.attest(text, sign(who, text))
    grant = opened(cases, authorisation(), "approver")
    attest(cases, "confirmed")
    with transaction(pool) as connection:
        enrolment.end(connection, "laboratory", "central lab", NOW)
    with pytest.raises(Refused):
        cases.trace(grant, "maker")
