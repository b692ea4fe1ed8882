"""One's own page: opened by a letter's code alone, saying what holds and who looked, without anybody's name."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from tests.web.outbreak import CARD, NAME, PHONE, START
from tests.web.staff import account, signed_in

from epiloop.runtime.requests.registering import declare_same
from epiloop.store.models import AccountRecord, SubjectLetter
from epiloop.vault.port import Identity


@pytest.fixture
def investigator(cast, outbreak):
    outbreak.at = START + timedelta(hours=3)
    return signed_in(account("investigator-7", "investigator"), HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def contact(outbreak):
    return outbreak.people["contact"]


def text(answer):
    return html.unescape(answer.content.decode())


def letter(client, person):
    answer = client.post(f"/people/{person}/letter/")
    assert answer.status_code == 200
    return re.search(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", text(answer)).group()


def opened(code, **more):
    reader = Client(HTTP_ACCEPT_LANGUAGE="en", **more)
    answer = reader.post("/own/", {"code": code})
    return reader, answer


def test_a_letter_opens_what_holds_why_until_when_and_how_to_appeal(investigator, contact):
    investigator.post(f"/people/{contact}/record/admission/", {"key": str(uuid4()), "stage": "centralised"})
    reader, answer = opened(letter(investigator, contact))
    assert answer.status_code == 302
    page = text(reader.get("/own/page/"))
    assert "Centralised isolation" in page
    assert "9th edition" in page
    assert "You may appeal" in page


def test_a_letter_is_in_both_languages_because_its_reader_may_not_have_the_officers(investigator, contact):
    said = text(investigator.post(f"/people/{contact}/letter/"))
    own, other = said.index("Your data, and who looked at it"), said.index("您的数据与查看记录")
    assert own < other
    assert len(set(re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", said))) == 1


def test_who_looked_is_shown_with_office_and_purpose_and_no_login(investigator, contact):
    investigator.post(f"/people/{contact}/identity/", {"purpose": "transfer"})
    reader, _ = opened(letter(investigator, contact))
    page = text(reader.get("/own/page/"))
    assert "identity shown" in page
    assert "Investigator · " in page
    assert "Bring people to isolation or care" in page
    assert "investigator-7" not in page


def test_looks_under_a_registration_that_was_merged_into_this_one_are_shown_too(investigator, contact, outbreak):
    other = outbreak.person("other", identity=Identity(NAME))
    investigator.post(f"/people/{other}/identity/", {"purpose": "transfer"})
    declare_same(outbreak.parts, outbreak.by("same", "register-keeping"), contact, other)
    reader, _ = opened(letter(investigator, contact))
    page = text(reader.get("/own/page/"))
    assert page.count("identity shown") == 1
    assert "Bring people to isolation or care" in page


def test_a_page_names_neither_the_case_nor_the_reader(investigator, contact, outbreak):
    reader, _ = opened(letter(investigator, contact))
    page = text(reader.get("/own/page/"))
    for unwanted in (NAME, PHONE, CARD, str(outbreak.people["case"]), str(contact)):
        assert unwanted not in page


@pytest.mark.parametrize("known", [NAME, PHONE, CARD])
def test_knowing_an_identifier_opens_nothing(investigator, contact, known):
    letter(investigator, contact)
    reader, answer = opened(known)
    assert answer.status_code == 422
    assert reader.get("/own/page/").status_code == 302


def test_the_id_of_a_person_opens_nothing(investigator, contact):
    letter(investigator, contact)
    _, answer = opened(str(contact))
    assert answer.status_code == 422


def test_a_new_letter_ends_the_one_before(investigator, contact):
    first = letter(investigator, contact)
    reader, _ = opened(first)
    letter(investigator, contact)
    assert reader.get("/own/page/").status_code == 302, "what the one before opened is closed"
    _, answer = opened(first)
    assert answer.status_code == 422


def test_a_letter_ends_after_a_month_and_closes_what_it_opened(investigator, contact):
    code = letter(investigator, contact)
    reader, _ = opened(code)
    assert reader.get("/own/page/").status_code == 200
    SubjectLetter.objects.update(expires_at=SubjectLetter.objects.get().made_at)
    assert reader.get("/own/page/").status_code == 302
    assert opened(code)[1].status_code == 422


def test_the_code_may_be_typed_as_people_type(investigator, contact):
    code = letter(investigator, contact)
    _, answer = opened(code.lower().replace("-", " "))
    assert answer.status_code == 302


def test_the_page_closes_when_asked(investigator, contact):
    reader, _ = opened(letter(investigator, contact))
    reader.post("/own/leave/")
    assert reader.get("/own/page/").status_code == 302


def test_the_page_is_kept_nowhere(investigator, contact):
    reader, _ = opened(letter(investigator, contact))
    assert reader.get("/own/page/").headers["Cache-Control"] == "no-store"


def test_that_a_letter_was_given_is_recorded_and_its_code_is_not(investigator, contact):
    code = letter(investigator, contact)
    row = AccountRecord.objects.get(what="letter-given")
    assert row.detail == {"subject": str(contact)}
    assert code.replace("-", "").encode() not in bytes(SubjectLetter.objects.get().digest)


def test_somebody_without_the_right_gives_no_letter(cast, outbreak, contact):
    rule_keeper = signed_in(account("rules-1", "rule-keeper"))
    assert rule_keeper.post(f"/people/{contact}/letter/").status_code == 403
    assert not SubjectLetter.objects.exists()


def test_many_wrong_codes_lock_the_address_for_a_while(investigator, contact):
    code = letter(investigator, contact)
    for number in range(31):
        opened(f"AAAA-AAAA-AAAA-{number:04d}")
    _, answer = opened(code)
    assert "Too many failed attempts" in text(answer)
    assert signed_in(account("officer-8", "duty-officer")).get("/people/").status_code == 200, "and no staff out"
