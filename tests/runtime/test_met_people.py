"""Those who met a case become contacts: known or not, one or many, twice is once, with loops and owners at once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from epiloop.core.errors import NotFound, Refused
from epiloop.core.jurisdictions import code
from epiloop.ledger.events import Draft
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.operations.tracing import events as t
from epiloop.project.wiring import running
from epiloop.registers.people import events as p
from epiloop.runtime.acts import Asked, Decision, perform
from epiloop.runtime.requests import By
from epiloop.runtime.requests.people import tell
from epiloop.runtime.requests.registering import register_person
from epiloop.runtime.requests.tracing.asking import Asking, text_of, window
from epiloop.runtime.requests.tracing.confirming import Source, confirm, link_of
from epiloop.runtime.requests.tracing.met import Met, handle_of, person_of
from epiloop.runtime.requests.tracing.windows import entries_of, was_away
from epiloop.store.reading import people as stored
from epiloop.store.reading import tracing as searches
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.scoped import reading
from epiloop.vault import grants
from epiloop.vault.port import Identity
from epiloop.vault.reach import ReachKind, code_of, subject_code

HERE = code("450226001001")
PHONE = "10600012345"
REQUEST = UUID("01890000-0000-7000-8000-0000000000aa")


def by(key: str) -> By:
    return By("operator", "case-investigation", key)


def person(parts, name: str, identity: Identity | None = None) -> UUID:
    told = p.PersonRegistered(residence=HERE, stay=HERE)
    return UUID(str(register_person(parts, by(f"person:{name}"), told, identity).result["person"]))


@pytest.fixture
def case(lawful) -> UUID:
    who = person(lawful, "case")
    told = e.CaseDetermined(UUID(int=7), "covid-19", e.Classification.CONFIRMED, onset=date(2022, 6, 29))
    tell(lawful, by("case"), who, told)
    return who


@pytest.fixture
def made(lawful, clean, case):
    """What a process runs with, and a request of this case that was approved and carried out."""
    now = lawful.now()
    asked = t.TraceAsked(
        person=case,
        case=UUID(int=7),
        disease="covid-19",
        clause="who is a close contact",
        ring=2,
        since=now - timedelta(days=4),
        until=now,
        by="account-1",
        unit="unit-1",
        due=now + timedelta(minutes=30),
        digest="00",
    )
    bodies = (
        asked,
        t.TraceApproved("account-2", "unit-2", now + timedelta(hours=72)),
        t.TraceCarriedOut("account-1", 3, 1),
    )
    drafts = [Draft(REQUEST, body, now, HERE) for body in bodies]
    decision = Decision(drafts)
    perform(lawful, Asked("test", "case-investigation", "request"), {REQUEST: "trace"}, lambda _h, _n: decision)
    whole = running(clean)
    yield replace(whole, parts=lawful)
    whole.parts.pool.close()
    whole.readers.close()


def met(code_: bytes, rank: int = 1, ring: int = 1, via: bytes | None = None, last: date = date(2022, 6, 30)) -> Met:
    return Met(f"h{rank}", code_, rank, ring, 40, 0, date(2022, 6, 29), last, ("market",), via)


def page(made, who: UUID):
    with reading(made.readers, EVERYWHERE) as connection:
        return stored.person_page(connection, who, made.parts.now())


def confirmed(made, case: UUID, disease: str = "covid-19") -> set[UUID]:
    with reading(made.readers, EVERYWHERE) as connection:
        found = searches.confirmed(connection, case, link_of(case, disease), made.parts.now())
    assert len(found) == len(set(found))
    return set(found)


def row(made) -> tuple[int, int]:
    with made.parts.pool.connection() as connection:
        return connection.execute("select confirmed, registered from trace").fetchone()


def test_a_known_person_and_a_telephone_number_become_contacts_with_loops_and_owners_in_one_act(made, case):
    known = person(made.parts, "known")
    phone = code_of(ReachKind.PHONE, PHONE)
    source = Source(REQUEST, case, "covid-19", HERE)
    done = confirm(made, by("confirm"), source, [met(subject_code(known), 1), met(phone, 2)])
    assert (done.confirmed, done.registered, done.refused) == (2, 1, {})
    new = person_of(made.stamp, phone)
    for who in (known, new):
        found = page(made, who)
        assert [loop.measure for loop in found.loops] == ["close-contact"]
        assert found.spans[0].status == "centralised-isolation"
        assert [(link.source, link.link, link.last_exposure) for link in found.contacts] == [
            (case, link_of(case, "covid-19"), date(2022, 6, 30))
        ]
        assert "transfer" in {duty.duty.kind for duty in found.duties}
        assert all(duty.duty.owner_post for duty in found.duties)
    assert (
        made.parts.vault.search(
            PHONE, scope=by("s").scope("person.read"), limit=1, asker="t", purpose="case-investigation"
        )[0].subject
        == new
    )
    assert row(made) == (2, 1)


def test_twice_is_once_and_a_later_day_is_told_anew(made, case):
    known = subject_code(person(made.parts, "known"))
    source = Source(REQUEST, case, "covid-19", HERE)
    first = confirm(made, by("confirm"), source, [met(known)])
    again = confirm(made, by("confirm"), source, [met(known)])
    assert (first.confirmed, again.confirmed) == (1, 1), "the same request gives the same answer"
    other = confirm(made, by("another key"), source, [met(known)])
    assert (other.confirmed, other.unchanged) == (0, 1)
    assert row(made) == (1, 0)
    later = confirm(made, by("a third"), source, [met(known, last=date(2022, 7, 1))])
    assert later.confirmed == 1
    assert len(page(made, UUID(bytes=known)).contacts) == 1


def test_the_second_ring_is_linked_through_whom_they_met(made, case):
    phone = code_of(ReachKind.PHONE, PHONE)
    second = person(made.parts, "second")
    source = Source(REQUEST, case, "covid-19", HERE)
    chosen = [met(phone, 1), met(subject_code(second), 2, ring=2, via=phone)]
    assert confirm(made, by("confirm"), source, chosen).confirmed == 2
    (link,) = [one for one in page(made, second).contacts if one.contact == second]
    assert (link.ring, link.source) == (2, person_of(made.stamp, phone))
    assert confirmed(made, case) == {second, person_of(made.stamp, phone)}


def test_whom_nobody_confirmed_in_ring_1_has_nobody_in_ring_2_and_the_case_gets_no_close_contact_for_it(made, case):
    second = person(made.parts, "second")
    chosen = [met(subject_code(second), 1, ring=2, via=code_of(ReachKind.PHONE, PHONE))]
    done = confirm(made, by("confirm"), Source(REQUEST, case, "covid-19", HERE), chosen)
    assert (done.confirmed, list(done.refused.values())) == (0, [1])
    assert page(made, second).spans == ()


def test_a_case_of_two_diseases_has_contacts_of_each(made, case):
    known = person(made.parts, "known")
    for disease in ("covid-19", "measles"):
        done = confirm(made, by(disease), Source(REQUEST, case, disease, HERE), [met(subject_code(known))])
        assert (done.confirmed, done.unchanged) == (1, 0)
        assert confirmed(made, case, disease) == {known}
    assert {link.link for link in page(made, known).contacts} == {link_of(case, "covid-19"), link_of(case, "measles")}


def test_whoever_is_registered_meanwhile_keeps_the_name_they_have_in_a_form(made):
    code = code_of(ReachKind.PHONE, PHONE)
    registered = subject_code(person_of(made.stamp, code))
    assert handle_of(made.stamp, REQUEST, code) == handle_of(made.stamp, REQUEST, registered)
    assert handle_of(made.stamp, UUID(int=1), code) != handle_of(made.stamp, REQUEST, code)


def test_who_is_a_case_already_is_left_out_and_said(made, case):
    ill = person(made.parts, "ill")
    tell(made.parts, by("ill"), ill, e.CaseDetermined(UUID(int=8), "covid-19", e.Classification.CONFIRMED))
    done = confirm(made, by("confirm"), Source(REQUEST, case, "covid-19", HERE), [met(subject_code(ill))])
    assert done.confirmed == 0
    assert list(done.refused) == ["This person is a case of %(disease)s already."]


def test_somebody_merged_into_another_registration_is_determined_in_the_one_that_goes_on(made, case):
    from epiloop.runtime.requests.registering import declare_same

    survivor, other = person(made.parts, "survivor"), person(made.parts, "other")
    declare_same(made.parts, by("same"), survivor, other)
    confirm(made, by("confirm"), Source(REQUEST, case, "covid-19", HERE), [met(subject_code(other))])
    assert [loop.measure for loop in page(made, survivor).loops] == ["close-contact"]


def test_nothing_is_confirmed_of_a_request_that_only_counted_or_was_not_carried_out(made, case):
    known = met(subject_code(person(made.parts, "known")))
    counted = Draft(REQUEST, t.TraceCarriedOut("account-1", 3, 0, counted=True), made.parts.now(), HERE)
    decision = Decision([counted])
    perform(made.parts, Asked("t", "case-investigation", "counted"), {REQUEST: "trace"}, lambda _h, _n: decision)
    with pytest.raises(Refused):
        confirm(made, by("confirm"), Source(REQUEST, case, "covid-19", HERE), [known])
    assert page(made, UUID(bytes=known.code)).loops == ()


def test_a_thousand_people_go_in_several_acts(made, case):
    people = [met(code_of(ReachKind.PHONE, f"106{number:08d}"), number + 1) for number in range(1_001)]
    done = confirm(made, by("confirm"), Source(REQUEST, case, "covid-19", HERE), people)
    assert (done.confirmed, done.registered) == (1_001, 1_001)
    assert row(made) == (1_001, 1_001)
    assert confirmed(made, case) == {person_of(made.stamp, one.code) for one in people}, "however many they are"


def test_who_was_withdrawn_as_a_contact_is_one_again_only_if_chosen_one_by_one(made, case, clock):
    known, link = person(made.parts, "known"), link_of(case, "covid-19")
    some, source = [met(subject_code(known))], Source(REQUEST, case, "covid-19", HERE)
    confirm(made, by("confirm"), source, some)
    tell(made.parts, by("withdraw"), known, e.ContactWithdrawn(link, "covid-19"))
    clock.at += timedelta(hours=1)
    every = confirm(made, by("all"), source, some, one_by_one=False)
    assert (every.confirmed, list(every.refused.values())) == (0, [1])
    assert page(made, known).spans == ()
    assert confirm(made, by("one"), source, some).confirmed == 1
    assert page(made, known).spans[0].status == "centralised-isolation"


def test_who_may_not_determine_contacts_there_confirms_nobody(made, case):
    from epiloop.core.rights import AccountView

    outsider = By("account-9", "case-investigation", "confirm", AccountView(UUID(int=9)))
    with pytest.raises(NotFound):
        confirm(made, outsider, Source(REQUEST, case, "covid-19", HERE), [])


def test_the_window_begins_before_onset_by_the_clause_and_ends_when_the_person_was_taken_in(lawful, clock, case):
    clock.at = datetime(2022, 7, 1, 1, 0, tzinfo=UTC)
    asked = window(lawful, by("window"), case, clock.at)
    assert asked.since == datetime(2022, 6, 26, 16, 0, tzinfo=UTC), "two days before 29 June, midnight in China"
    assert (asked.until, asked.isolated) == (clock.at, None)
    tell(lawful, by("hospital"), case, e.Admitted("hospital"), at=clock.at - timedelta(hours=3))
    asked = window(lawful, by("window"), case, clock.at)
    assert asked.until == clock.at - timedelta(hours=3)


def test_who_was_let_out_again_met_people_until_taken_in_anew_but_not_after_the_illness(lawful, clock, case):
    clock.at = at = datetime(2022, 7, 1, 1, 0, tzinfo=UTC)
    tell(lawful, by("in"), case, e.Admitted("hospital"), at=at - timedelta(hours=30))
    tell(lawful, by("out"), case, e.Released("hospital"), at=at - timedelta(hours=20))
    asked = window(lawful, by("window"), case, at)
    assert (asked.until, asked.isolated) == (at, None)
    tell(lawful, by("in again"), case, e.Admitted("hospital"), at=at - timedelta(hours=10))
    assert window(lawful, by("window"), case, at).until == at - timedelta(hours=10)
    clock.at = at + timedelta(days=9)
    tell(lawful, by("well"), case, e.OutcomeRecorded(UUID(int=7), "covid-19", e.Outcome.RECOVERED))
    tell(lawful, by("home"), case, e.Released("hospital"))
    assert window(lawful, by("window"), case, clock.at).until == at - timedelta(hours=10)


def test_a_case_isolated_elsewhere_before_the_window_was_not_at_home_in_it(lawful, clock, case):
    at = clock.at = datetime(2022, 7, 1, 1, 0, tzinfo=UTC)
    day = timedelta(days=1)

    def away() -> bool:
        return was_away(entries_of(lawful, case), at - day, at)

    assert not away()
    tell(lawful, by("at home"), case, e.Admitted("home"), at=at - 3 * day)
    assert not away(), "isolated at home"
    tell(lawful, by("in"), case, e.Admitted("centralised"), at=at - 2 * day)
    assert away()
    tell(lawful, by("out"), case, e.Released("centralised"), at=at - day / 2)
    assert not away()


def test_a_second_illness_has_a_window_of_its_own(lawful, clock):
    who = person(lawful, "ill twice")
    for month, sample in ((3, "S1"), (7, "S2")):
        clock.at = datetime(2022, month, 1, 1, 0, tzinfo=UTC)
        tell(lawful, by(f"taken {sample}"), who, s.SampleTaken(sample), at=clock.at - timedelta(hours=30))
        tell(lawful, by(f"result {sample}"), who, s.ResultReceived(sample, s.ResultOutcome.POSITIVE))
        told = e.CaseDetermined(UUID(int=month), "covid-19", e.Classification.ASYMPTOMATIC)
        tell(lawful, by(f"case {sample}"), who, told)
        if month == 3:
            tell(lawful, by("well"), who, e.OutcomeRecorded(told.case, "covid-19", e.Outcome.RECOVERED))
    asked = window(lawful, by("window"), who, clock.at)
    assert (asked.first_sign, asked.numbers) == (date(2022, 6, 30), ("S2",))


def test_a_case_found_late_is_searched_as_far_back_as_anything_is_kept(lawful, clock, case):
    clock.at = datetime(2022, 8, 1, 1, 0, tzinfo=UTC)
    asked = window(lawful, by("window"), case, clock.at)
    assert asked.since == datetime(2022, 7, 4, 16, 0, tzinfo=UTC), "the 28th day with today, midnight in China"
    text = text_of(lawful, by("text"), asked, Asking("a unit"), at=clock.at, id_=UUID(int=5))
    assert grants.read(text).since == asked.since
