"""Requests of people: rights where the subject stays, once per key, identity to the vault alone."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from epiloop.core.errors import InvalidInput, NotAllowed, NotFound, Refused
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import code
from epiloop.core.rights import AccountView, Grant
from epiloop.operations.duties.events import DutyEscalated
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.registers.people import events as p
from epiloop.registers.units import events as u
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests import By, registering
from epiloop.runtime.requests.duties import acknowledge
from epiloop.runtime.requests.identities import reveal, search
from epiloop.runtime.requests.people import TELLING, tell
from epiloop.runtime.requests.registering import change_stay, register_person
from epiloop.runtime.verifying import verify
from epiloop.vault.port import Identity

HERE, ELSEWHERE = code("450226001001"), code("320412001001")
CASE = UUID(int=7)
LONG_AGO = Interval(datetime(2020, 1, 1, tzinfo=UTC))


def by(key: str, role: str = "investigator", where: int = code("450226"), *, digest: str = "") -> By:
    account = AccountView(UUID(int=1), (Grant(role, code(str(where).rstrip("0")), LONG_AGO),))
    return By("account-1", "case-investigation", key, account, digest)


def person(parts: Parts, key: str, stay: int = HERE, name: str = "") -> UUID:
    told = p.PersonRegistered(sex=p.Sex.FEMALE, birth_year=1980, stay=stay)
    identity = Identity(name=name) if name else None
    return UUID(str(register_person(parts, By("operator", "register-keeping", key), told, identity).result["person"]))


def contact(source: UUID, link: str = "link-1") -> e.ContactDetermined:
    return e.ContactDetermined(link, "covid-19", 1, (source,), last_exposure=date(2022, 6, 29))


def rows(parts: Parts, query: str) -> list[tuple[object, ...]]:
    with parts.pool.connection() as connection:
        return connection.execute(query).fetchall()


def test_a_contact_is_determined_and_the_rules_lay_down_duties_at_once(lawful: Parts) -> None:
    source, exposed = person(lawful, "a"), person(lawful, "b")
    done = tell(lawful, by("c"), exposed, contact(source))
    assert done.result == {"person": str(exposed), "link": "link-1"}
    assert rows(lawful, "select count(*) > 5 from duty where kind = 'sample'") == [(True,)]
    with lawful.pool.connection() as connection:
        assert verify(connection).broken == []


def test_nobody_acts_where_the_right_is_not_held(lawful: Parts) -> None:
    here, away = person(lawful, "a"), person(lawful, "b", ELSEWHERE)
    with pytest.raises(NotFound):
        tell(lawful, by("1"), away, contact(here))
    with pytest.raises(NotAllowed):
        tell(lawful, by("2", "duty-officer"), here, contact(away))
    with pytest.raises(NotFound):
        tell(lawful, by("3"), UUID(int=99), contact(here))
    assert rows(lawful, "select count(*) from contact_link") == [(0,)]


def test_a_key_is_one_act_and_serves_no_other_request(lawful: Parts) -> None:
    source, exposed = person(lawful, "a"), person(lawful, "b")
    first = tell(lawful, by("k", digest="one"), exposed, contact(source))
    again = tell(lawful, by("k", digest="one"), exposed, contact(source))
    assert again.repeated
    assert again.result == first.result
    with pytest.raises(Refused):
        tell(lawful, by("k", digest="two"), exposed, contact(source, "link-2"))
    assert rows(lawful, "select count(*) from contact_link") == [(1,)]


def test_what_only_the_machine_may_say_cannot_be_told(lawful: Parts) -> None:
    someone = person(lawful, "a")
    machine = DutyEscalated("loop", "duty", 1, "territory", "post", HERE)
    for body in (machine, e.LinkedContactResult(someone, "negative", 1), p.DeclaredSame(someone, survives=True)):
        with pytest.raises(InvalidInput):
            tell(lawful, by("k"), someone, body)
    assert not any("status" in body.kind for body in TELLING)


def test_what_lies_ahead_has_not_happened(lawful: Parts) -> None:
    someone = person(lawful, "a")
    with pytest.raises(InvalidInput):
        tell(lawful, by("k"), someone, s.SampleTaken("T1"), at=datetime(2022, 7, 2, tzinfo=UTC))


def test_a_positive_result_of_a_contact_closes_the_loop(lawful: Parts) -> None:
    source, exposed = person(lawful, "a"), person(lawful, "b")
    tell(lawful, by("c"), exposed, contact(source))
    tell(lawful, by("s"), exposed, s.SampleTaken("T1"))
    tell(lawful, by("r"), exposed, s.ResultReceived("T1", s.ResultOutcome.POSITIVE))
    assert rows(lawful, "select outcome from loop where measure = 'close-contact'") == [("became-case",)]


def test_a_duty_is_taken_once_and_only_while_it_is_open(lawful: Parts) -> None:
    source, exposed = person(lawful, "a"), person(lawful, "b")
    tell(lawful, by("c"), exposed, contact(source))
    duty = rows(lawful, "select loop, key from duty where state = 'open' and kind = 'sample' order by due limit 1")[0]
    acknowledge(lawful, by("t", "duty-officer"), exposed, *map(str, duty), login="duty-1")
    assert rows(lawful, "select level, account from escalation") == [(0, "duty-1")]
    with pytest.raises(NotFound):
        acknowledge(lawful, by("u", "duty-officer"), exposed, str(duty[0]), "no such duty", login="duty-1")


def test_an_identity_goes_to_the_vault_and_is_found_and_shown_only_where_the_right_is_held(lawful: Parts) -> None:
    someone = person(lawful, "a", name="Canary Featherstone")
    readers = lawful.pool  # the engine's pool reads everything; the scope of the request narrows it
    inside, outside = by("s"), by("s", where=code("320412"))
    found = search(lawful, readers, inside, "Canary Featherstone", at=lawful.now())
    assert [(match.by, line.id, line.identified) for match, line in found] == [("name", someone, True)]
    assert search(lawful, readers, outside, "Canary Featherstone", at=lawful.now()) == []
    shown = reveal(lawful, readers, inside, [someone], at=lawful.now())
    assert shown[someone].name == "Canary Featherstone"
    assert next(access.kind for access in lawful.vault.accesses(subject=someone)) == "reveal"
    assert rows(lawful, "select count(*) from event where open::text like '%Canary%'") == [(0,)]


def test_two_registrations_of_one_name_are_noted_merged_and_split_again(lawful: Parts) -> None:
    one, other = (
        UUID(str(register_person(
            lawful,
            By("operator", "register-keeping", key),
            p.PersonRegistered(stay=HERE),
            Identity("林晓梅", phones=("13900001234",)),
        ).result["person"]))
        for key in ("a", "b")
    )  # fmt: skip
    assert rows(lawful, "select state from duplicate") == [("possible",)]
    registering.declare_same(lawful, by("m"), one, other)
    with pytest.raises(Refused):
        tell(lawful, by("x"), other, contact(one))
    registering.split(lawful, by("sp"), one, other)
    registering.declare_different(lawful, by("d"), one, other)
    assert rows(lawful, "select state from duplicate") == [("different",)]
    with lawful.pool.connection() as connection:
        assert verify(connection).broken == []


def test_somebody_who_moves_is_found_where_they_stay_now(lawful: Parts) -> None:
    someone = person(lawful, "a", name="Canary Featherstone")
    change_stay(lawful, by("m"), someone, ELSEWHERE)
    there = by("s", where=code("320412"))
    assert len(search(lawful, lawful.pool, there, "Canary Featherstone", at=lawful.now())) == 1
    with pytest.raises(NotFound):
        tell(lawful, by("n"), someone, s.SampleTaken("T1"))


def test_a_refused_registration_leaves_nothing_in_the_vault(lawful: Parts) -> None:
    told = p.PersonRegistered(stay=ELSEWHERE)
    with pytest.raises(NotAllowed):
        register_person(lawful, by("r"), told, Identity(name="Canary Featherstone"))
    everywhere = By("operator", "register-keeping", "s")
    assert (
        lawful.vault.search(
            "Canary Featherstone", scope=everywhere.scope("x"), limit=5, asker="test", purpose="testing"
        )
        == []
    )


def test_a_unit_gets_a_post_and_a_shift(lawful: Parts) -> None:
    asked = by("u", "registrar")
    unit = UUID(
        str(registering.tell_unit(lawful, asked, None, u.UnitRegistered("office", HERE, "卫生院")).result["unit"])
    )
    post = asked.new_id("post")
    created = u.PostCreated(post, "community-health-worker", HERE, "community", "0772-555")
    registering.tell_unit(lawful, by("p", "registrar"), unit, created)
    starts, ends = datetime(2022, 7, 1, tzinfo=UTC), datetime(2022, 7, 1, 12, tzinfo=UTC)
    registering.tell_unit(lawful, by("q", "registrar"), unit, u.ShiftRostered(post, "account-1", starts, ends))
    assert rows(lawful, "select account from shift") == [("account-1",)]
    with pytest.raises(NotAllowed):
        registering.tell_unit(lawful, by("z", "community-worker"), unit, u.UnitClosed())
    with pytest.raises(NotFound):
        registering.tell_unit(lawful, by("y", "registrar"), UUID(int=3), u.UnitClosed())


def test_a_document_or_telephone_number_is_never_taken_as_an_open_id(lawful: Parts) -> None:
    with pytest.raises(InvalidInput):
        register_person(lawful, by("r"), p.PersonRegistered(stay=HERE, outside=(("list", "13900001234"),)))
    someone = person(lawful, "a")
    with pytest.raises(InvalidInput):
        tell(lawful, by("t"), someone, s.SampleTaken("13900001234"))
