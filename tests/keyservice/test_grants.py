"""What is opened of whom, decided by the key service alone (PRIVACY R8 to R12, R14, R19, B1)."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from tests.keyservice import casework
from tests.keyservice.casework import (
    CASE,
    DAY,
    FRIEND,
    HOUR,
    LAW,
    NOW,
    PASSER,
    PEOPLE,
    STRANGER,
    TOWN,
    VISITOR,
    ZONE,
    attest,
    authorisation,
    opened,
    phone,
    propose,
    sign,
    stay,
)
from tests.keyservice.sealing import CLOCK

from epiloop.core.errors import Broken, EpiloopError, InvalidInput, NotAllowed, NotFound, Refused
from epiloop.project.home import Installation
from epiloop.vault import grants
from epiloop.vault.grants import Told
from epiloop.vault.signatures import public_of
from epiloop.vault.spots import spot
from keyservice import enrolment
from keyservice.database import transaction


@pytest.fixture
def superuser(clean: Installation) -> Iterator[psycopg.Connection]:
    dsn = psycopg.conninfo.make_conninfo(clean.keyservice.dsn("admin"), dbname="epiloop_vault")
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def people(answer) -> dict[bytes, int]:
    return {one.person: one.together for one in answer.people}


# A trace (R9, R10)


def test_a_trace_tells_everybody_over_the_threshold_how_to_reach_them_and_nothing_more(cases):
    attest(cases, "confirmed")
    answer = cases.trace(opened(cases, authorisation(), "approver"), "maker")
    assert people(answer) == {FRIEND.bytes: 20, phone(VISITOR): 15}
    friend, visitor = sorted(answer.people, key=lambda one: -one.together)
    assert (friend.name, friend.phones, friend.kinds) == ("王小明", ("13900000001",), ("shop",))
    assert (visitor.name, visitor.phones, str(visitor.first_day)) == ("", (VISITOR,), "2022-07-04")
    assert (answer.first, answer.second, answer.prepared, sum(answer.minutes)) == (2, 0, False, 2)
    fields = {
        "person",
        "ring",
        "together",
        "after",
        "first_day",
        "last_day",
        "kinds",
        "name",
        "phones",
        "via",
        "doubtful",
    }
    assert {*friend.__slots__} == fields


def test_what_the_case_told_is_searched_too_and_a_second_ring(cases):
    attest(cases, "confirmed")
    start = NOW - timedelta(hours=28)
    told = Told(casework.HOME, "shop", start, start + HOUR, 2)
    given = authorisation(told=(told,), terms=LAW | {"ring_2": {"minutes": 15}}, second_until=NOW)
    answer = cases.trace(opened(cases, given, "approver"), "maker")
    assert set(people(answer)) == {FRIEND.bytes, phone(VISITOR), STRANGER.bytes}
    assert (answer.first, answer.second) == (3, 0)


# Who may have it opened (R8, R9, R12): each refusal is of the key service itself


def signed_by(given, by: str = "maker"):
    return lambda cases: propose(cases, given, by)


@pytest.mark.parametrize(
    ("attempt", "wrong"),
    [
        (signed_by(authorisation(), "nobody at all"), NotAllowed),
        (signed_by(authorisation(), "colleague"), NotAllowed),
        (signed_by(authorisation(), "central lab"), NotAllowed),
        (signed_by(authorisation(unit="office")), NotAllowed),
        (signed_by(authorisation(made_at=NOW + HOUR, until=NOW)), Refused),
        (signed_by(authorisation(at=NOW - 4 * DAY)), Refused),
        (signed_by(authorisation(since=NOW - 30 * DAY, until=NOW - 3 * DAY)), Refused),
        (signed_by(authorisation(subject=UUID(int=5))), NotFound),
        (signed_by(authorisation(terms=LAW, second_until=NOW)), EpiloopError),
    ],
)
def test_what_is_forged_expired_or_of_another_time_is_not_taken(cases, attempt, wrong):
    with pytest.raises(wrong):
        attempt(cases)
    assert cases.grants(10) == []


@pytest.mark.parametrize("by", ["maker", "colleague", "nobody at all", "central lab"])
def test_nobody_approves_their_own_or_their_units(cases, by):
    attest(cases, "confirmed")
    grant = propose(cases, given := authorisation())
    with pytest.raises(NotAllowed):
        cases.approve(grant, sign(by, grants.write(given)))
    with pytest.raises(NotAllowed):
        cases.trace(grant, "maker")


def test_a_signature_under_another_text_approves_nothing(cases):
    grant = propose(cases, authorisation())
    other = propose(cases, wider := authorisation(number=2, since=NOW - 20 * DAY))
    with pytest.raises(NotAllowed):
        cases.approve(grant, sign("approver", grants.write(wider)))
    with pytest.raises(NotAllowed):
        cases.trace(other, "maker")


@pytest.mark.parametrize("kind", ["trace", "history"])
def test_an_open_authorisation_is_for_its_staff_its_kind_and_its_time(cases, clock, kind):
    attest(cases, "confirmed")
    grant = opened(cases, authorisation(kind), "approver")
    own, other = (cases.trace, cases.history) if kind == "trace" else (cases.history, cases.trace)
    assert own(grant, "maker")
    for call, asker in ((other, "maker"), (own, "colleague"), (own, "approver"), (own, "")):
        with pytest.raises(NotAllowed):
            call(grant, asker)
    clock.at = NOW + 3 * DAY
    with pytest.raises(Refused):
        own(grant, "maker")


def test_what_was_withdrawn_stays_withdrawn_when_it_is_handed_in_again(cases):
    attest(cases, "confirmed")
    grant = opened(cases, given := authorisation(), "approver")
    cases.withdraw(grant, "approver")
    assert propose(cases, given) == grant
    for call in (lambda: cases.trace(grant, "maker"), lambda: cases.text(grant, "approver")):
        with pytest.raises(Refused):
            call()
    with pytest.raises(Refused):
        cases.approve(grant, sign("judge", grants.write(given)))


@pytest.mark.parametrize(("kind", "found"), [("trace", "confirmed"), ("trace", "positive"), ("history", "confirmed")])
def test_what_is_withdrawn_while_it_is_searched_answers_nobody(cases, pool, clock, vault, kind, found):
    attest(cases, found)
    grant = opened(cases, authorisation(kind), "approver")

    def days():
        cases.withdraw(grant, "approver")
        return casework.blocks(), casework.KEYS

    asked = casework.service(pool, clock, days=days)
    with pytest.raises(Refused):
        (asked.trace if kind == "trace" else asked.history)(grant, "maker")
    assert vault.accesses(subject=FRIEND) == []
    assert [one.kind for one in vault.accesses(subject=CASE)][:1] == [kind]


def test_an_answer_over_days_of_which_something_is_missing_says_which(cases, pool, clock):
    attest(cases, "confirmed")
    trace, history = (opened(cases, authorisation(kind, n), "approver") for n, kind in enumerate(("trace", "history")))
    today = NOW.astimezone(CLOCK).date()
    gaps = [today - DAY * number for number in (9, 3, 1)]
    asked = casework.service(pool, clock, gaps=lambda: gaps)
    assert asked.trace(trace, "maker").gaps == asked.history(history, "maker").gaps == (gaps[1], gaps[2])
    assert asked.trace(trace, "maker").people == cases.trace(trace, "maker").people
    assert cases.trace(trace, "maker").gaps == cases.history(history, "maker").gaps == ()


def test_an_id_has_one_text(cases):
    propose(cases, authorisation())
    with pytest.raises(Refused):
        propose(cases, authorisation(since=NOW - DAY))


def test_who_is_enrolled_no_more_opens_nothing_with_what_they_signed(cases, pool):
    attest(cases, "confirmed")
    grant = opened(cases, authorisation(), "approver")
    with transaction(pool) as connection:
        enrolment.end(connection, "person", "approver", NOW)
    with pytest.raises(NotAllowed):
        cases.trace(grant, "maker")


def test_a_row_changed_in_the_table_opens_nothing_more(cases, superuser):
    attest(cases, "confirmed")
    grant = propose(cases, authorisation())
    superuser.execute(
        "INSERT INTO signed SELECT authorisation, 'approver', key, value, at FROM signed WHERE authorisation = %s",
        [grant],
    )
    with pytest.raises(NotAllowed):
        cases.trace(grant, "maker")
    superuser.execute("UPDATE authorisation SET creator = 'colleague', expires = now() + interval '1 year'")
    with pytest.raises(NotAllowed):
        cases.trace(grant, "colleague")


def test_a_history_is_that_of_the_person_inside_the_window(cases):
    whole = cases.history(opened(cases, authorisation("history"), "approver"), "maker")
    assert [(one.zone, one.kind, one.presumed) for one in whole] == [(ZONE, "shop", False)]
    began = whole[0].entered
    short = authorisation("history", 2, since=began + HOUR / 2, until=began + HOUR * 3 / 4)
    (cut,) = cases.history(opened(cases, short, "approver"), "maker")
    assert (cut.entered, cut.left) == (began + HOUR / 2, began + HOUR * 3 / 4)
    later = authorisation("history", 3, since=began + HOUR, until=NOW)
    assert cases.history(opened(cases, later, "approver"), "maker") == []


def test_a_legal_order_needs_two_of_different_units(cases):
    grant = propose(cases, given := authorisation("legal-order"))
    cases.approve(grant, sign("approver", grants.write(given)))
    cases.approve(grant, sign("approver", grants.write(given)))
    with pytest.raises(NotAllowed):
        cases.history(grant, "maker")
    cases.approve(grant, sign("judge", grants.write(given)))
    assert len(cases.history(grant, "maker")) == 1
    (day,) = cases.counts()
    assert (day.legal_orders, day.openings, day.people) == (1, 1, 0)


def test_the_subject_that_was_erased_takes_its_authorisations_along(cases, vault):
    attest(cases, "confirmed")
    grant = opened(cases, authorisation(), "approver")
    vault.erase([CASE])
    with pytest.raises(NotFound):
        cases.trace(grant, "maker")


# Knowing a number opens nothing (R14)


def test_without_an_authorisation_no_call_says_anything_of_anybody(cases):
    for call in (cases.trace, cases.history):
        for number in (UUID(int=7), CASE, FRIEND):
            with pytest.raises(NotFound):
                call(number, "maker")
    for number in (CASE, UUID(int=7)):
        with pytest.raises(NotFound):
            cases.text(number, "maker")
    assert (cases.grants(10), cases.counts()) == ([], [])


# The log (R11, R19)


def test_every_opening_is_in_the_log_with_unit_purpose_and_case_and_nothing_of_health_or_place(cases, vault):
    attest(cases, "confirmed")
    grant = opened(cases, authorisation(), "approver")
    cases.trace(grant, "maker")
    shown, before, approved, attested = vault.accesses()
    assert [one.kind for one in (shown, before, approved, attested)] == ["trace", "trace", "approve", "attest"]
    assert (shown.asker, shown.unit, shown.purpose, shown.case) == ("maker", "centre", "case-investigation", grant)
    assert (before.subjects, approved.asker, approved.unit) == ((CASE,), "approver", "office")
    assert attested.unit == attested.asker, "a laboratory is an office of its own"
    assert FRIEND in shown.subjects
    assert len(shown.subjects) == 2
    assert vault.broken_accesses() == []


def test_who_reads_an_authorisation_stands_in_the_log_with_their_unit(cases, vault):
    grant = propose(cases, given := authorisation())
    assert cases.text(grant, "approver") == grants.write(given)
    (look,) = vault.accesses(subject=CASE)
    assert (look.kind, look.asker, look.unit, look.purpose) == ("read", "approver", "office", "case-investigation")
    assert look.case == grant
    with pytest.raises(InvalidInput):
        cases.text(grant, " ")
    assert cases.text(grant, "a stranger")
    assert [one.unit for one in vault.accesses(subject=CASE)] == ["", "office"]


def test_without_a_log_no_authorisation_is_read(cases, superuser):
    grant = propose(cases, authorisation())
    superuser.execute("REVOKE INSERT ON access FROM epiloop_vault")
    try:
        with pytest.raises(Broken):
            cases.text(grant, "approver")
    finally:
        superuser.execute("GRANT INSERT ON access TO epiloop_vault")


def test_a_search_leaves_how_many_messages_it_opened(cases, superuser):
    grant = opened(cases, authorisation(), "approver")
    attest(cases, "confirmed")
    cases.trace(grant, "maker")
    history = opened(cases, authorisation("history", 2), "approver")
    cases.history(history, "maker")
    counted = superuser.execute("SELECT authorisation, rows FROM opening ORDER BY number").fetchall()
    # Those of the case, and of the three who were there in the same quarters of an hour; the passer as well.
    assert counted == [(grant, 5), (history, None)]


def test_who_is_found_by_check_ins_that_cannot_both_be_is_shown_and_marked(pool, clock):
    here, there = (spot(code, b"shop") for code in (4502261000000000, 3204121000000000))
    visits = [
        stay(1, phone("13812345678"), 0, 60, here),
        stay(2, FRIEND.bytes, 0, 30, here),
        stay(3, FRIEND.bytes, 31, 5, there),
        stay(4, phone(VISITOR), 0, 20, here),
    ]
    cases = casework.service(pool, clock, days=lambda: (casework.blocks(visits), casework.KEYS))
    attest(cases, "confirmed")
    answer = cases.trace(opened(cases, authorisation(), "approver"), "maker")
    assert people(answer) == {FRIEND.bytes: 30, phone(VISITOR): 20}
    assert {one.person: one.doubtful for one in answer.people} == {FRIEND.bytes: True, phone(VISITOR): False}
    seen = cases.history(opened(cases, authorisation("history", 2, subject=FRIEND), "approver"), "maker")
    assert [one.doubtful for one in seen] == [True, True]


def test_a_visitor_who_becomes_known_finds_who_was_told_of_them(cases, vault):
    attest(cases, "confirmed")
    cases.trace(opened(cases, authorisation(), "approver"), "maker")
    newcomer, other = UUID("01980009-0000-7000-8000-000000000009"), UUID("0198000a-0000-7000-8000-00000000000a")
    told = {newcomer: replace(PEOPLE[FRIEND], phones=(f"+86 {VISITOR}",), documents=()), other: PEOPLE[STRANGER]}
    told[other] = replace(told[other], phones=(PASSER,))
    vault.put(told, jurisdictions=dict.fromkeys(told, TOWN), key="newcomer")
    assert [one.kind for one in vault.accesses(subject=newcomer)] == ["trace"]
    assert vault.accesses(subject=other) == []


@pytest.mark.parametrize("table", ["access", "opening"])
def test_without_a_log_nothing_is_opened(cases, pool, clock, superuser, table):
    attest(cases, "confirmed")
    grant = opened(cases, authorisation(), "approver")
    looked: list[int] = []

    def days():
        looked.append(1)
        return casework.blocks(), casework.KEYS

    asked = casework.service(pool, clock, days=days)
    superuser.execute(f"REVOKE INSERT ON {table} FROM epiloop_vault")
    try:
        with pytest.raises(Broken):
            asked.trace(grant, "maker")
    finally:
        superuser.execute(f"GRANT INSERT ON {table} TO epiloop_vault")
    assert looked == []
    superuser.execute("REVOKE UPDATE ON opening FROM epiloop_vault")
    try:
        with pytest.raises(Broken):  # people may not be shown, although days were opened
            asked.trace(grant, "maker")
    finally:
        superuser.execute("GRANT UPDATE ON opening TO epiloop_vault")


def test_killed_at_any_step_nothing_is_opened_or_shown_that_is_not_in_the_log(cases, clean):
    attest(cases, "confirmed")
    grant = opened(cases, authorisation(), "approver")
    script = Path(__file__).with_name("killed_opening.py")
    asked = [sys.executable, str(script), clean.dsn("vault"), str(grant)]
    root = Path(__file__).parents[2]
    told = subprocess.run(asked, capture_output=True, text=True, cwd=root, env={"PYTHONPATH": str(root)}, check=False)
    steps = [tuple(map(int, line.split())) for line in told.stdout.splitlines()]
    assert len(steps) > 10, told.stderr
    assert all(logged >= opened + shown for opened, shown, logged in steps)
    assert {(opened, shown) for opened, shown, _ in steps} == {(0, 0), (1, 0), (1, 1)}


# Keys


def test_a_key_belongs_to_one_and_waits_unless_enrolment_is_open(cases, pool, clock):
    key = public_of(bytes(32))
    assert not cases.enrol(key, "newcomer", "centre")
    assert [one.waiting for one in cases.signers("newcomer")] == [True]
    given = authorisation(creator="newcomer", staff=("newcomer",))
    with pytest.raises(NotAllowed):
        cases.propose(grants.write(given), casework.signed(grants.write(given), bytes(32)))
    demonstration = casework.service(pool, clock, enrol_open=True)
    assert demonstration.enrol(key, "newcomer", "centre")
    assert [one.waiting for one in cases.signers("newcomer")] == [False]
    cases.propose(grants.write(given), casework.signed(grants.write(given), bytes(32)))
    with pytest.raises(Refused):
        demonstration.enrol(key, "maker", "centre")
    for number in range(1, enrolment.MOST_WAITING + 1):
        cases.enrol(public_of(bytes([number]) * 32), "another", "centre")
    with pytest.raises(Refused):
        cases.enrol(public_of(bytes([200]) * 32), "another", "centre")


def test_how_authorisations_stand_says_nothing_personal(cases, clock):
    attest(cases, "confirmed")
    grant = opened(cases, authorisation(), "approver")
    cases.trace(grant, "maker")
    glass = propose(cases, authorisation("break-glass", 2))
    propose(cases, authorisation("history", 3))
    stand = {one.id: one for one in cases.grants(10)}
    assert (stand[grant].state, stand[grant].approvals, stand[grant].openings) == ("open", 1, 1)
    assert (stand[glass].state, stand[glass].review_due) == ("open", NOW + DAY)
    assert [one.state for one in stand.values()].count("proposed") == 1
    assert str(CASE) not in repr(stand)
    (day,) = cases.counts()
    assert (day.traces, day.histories, day.broken_glass, day.openings, day.people) == (1, 1, 1, 1, 2)
