"""A number that several people gave is nobody's alone: whose result, whose visits and whose contacts it tells of."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.keyservice import casework
from tests.keyservice.casework import (
    CASE,
    CHILD,
    FRIEND,
    PEOPLE,
    STRANGER,
    TOWN,
    VISITOR,
    attest,
    authorisation,
    opened,
    phone,
    sign,
    stay,
)

from epiloop.core.errors import Refused
from epiloop.vault.reach import ReachKind, code_of


def test_a_phone_of_the_family_makes_nobody_else_the_case_and_nobody_two_people(cases, pool, clock):
    attest(cases, "confirmed")
    there = casework.blocks([*casework.VISITS, casework.stay(9, CHILD.bytes, 0, 30)])
    asked = casework.service(pool, clock, days=lambda: (there, casework.KEYS))
    answer = asked.trace(opened(asked, authorisation(), "approver"), "maker")
    assert {one.person: one.together for one in answer.people} == {
        CHILD.bytes: 30,
        FRIEND.bytes: 20,
        phone(VISITOR): 15,
    }


def test_a_positive_persons_phone_in_another_record_makes_no_case_of_that_one(cases, vault):
    other = authorisation(number=2, subject=STRANGER)
    vault.put(
        {STRANGER: replace(PEOPLE[STRANGER], phones=("13812345678",))}, jurisdictions={STRANGER: TOWN}, key="added"
    )
    attest(cases, "confirmed")
    for subject, given in ((STRANGER, other), (CASE, authorisation())):
        assert cases.attested(subject, "maker") == ""
        with pytest.raises(Refused):  # nobody can tell whose result it is
            cases.trace(opened(cases, given, "approver"), "maker")
    named = casework.result(person=code_of(ReachKind.DOCUMENT, "11010519491231002X"))
    cases.attest(named, sign("central lab", named))
    assert (cases.attested(CASE, "maker"), cases.attested(STRANGER, "maker")) == ("confirmed", "")
    assert cases.trace(opened(cases, authorisation(number=3), "approver"), "maker").people


def test_a_history_has_nothing_of_a_phone_that_others_gave_too(cases, pool, clock):
    there = casework.blocks([*casework.VISITS, stay(9, phone("07722345678"), 90, 30), stay(10, CHILD.bytes, 0, 30)])
    asked = casework.service(pool, clock, days=lambda: (there, casework.KEYS))
    for number, subject, minutes in ((1, CASE, 60), (2, CHILD, 30)):
        grant = opened(asked, authorisation("history", number, subject=subject), "approver")
        assert [(one.left - one.entered) / timedelta(minutes=1) for one in asked.history(grant, "maker")] == [minutes]
