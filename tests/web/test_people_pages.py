"""One person's page: what holds and why, identity only for a purpose, and records that are made once."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.web.outbreak import CARD, NAME, PHONE, START
from tests.web.staff import account, signed_in


@pytest.fixture
def who(cast, outbreak):
    outbreak.at = START + timedelta(hours=3)
    return signed_in(account("investigator-7", "investigator"), HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def contact(outbreak):
    return f"/people/{outbreak.people['contact']}/"


def text(answer):
    return html.unescape(answer.content.decode())


def events(outbreak, kind):
    with outbreak.parts.pool.connection() as connection:
        return connection.execute("select count(*) from event where kind = %s", (kind,)).fetchone()[0]


def follow_up(**changed):
    return {"key": str(uuid4()), "symptoms": "no", "by": "call", "reached": "yes", **changed}


def test_a_restriction_says_clause_version_reason_end_and_appeal(who, contact):
    who.post(f"{contact}record/admission/", {"key": str(uuid4()), "stage": "centralised"})
    page = text(who.get(contact))
    assert "Centralised isolation" in page
    assert "2022-06-28" in page
    assert "9th edition" in page
    assert "appeal open to the person" in page
    assert "The measure lays this stage down" in page
    assert re.search(r"until <strong><time", page)


def test_somebody_without_a_loop_is_shown_as_free(who, outbreak):
    page = text(who.get(f"/people/{outbreak.people['free']}/"))
    assert "No restriction" in page
    assert "No measure applies" in page


def test_every_duty_says_why_it_is_due(who, contact):
    page = text(who.get(contact))
    assert "It is due on day 1 of" in page
    assert "Day zero is 30 June" in page


def test_identity_is_covered_until_a_purpose_is_chosen(who, contact, outbreak):
    assert not any(secret in text(who.get(contact)) for secret in (NAME, PHONE, CARD))
    shown = who.post(f"{contact}identity/", {"purpose": "case-investigation"})
    assert all(secret in text(shown) for secret in (NAME, PHONE, CARD))
    assert shown.headers["Cache-Control"] == "no-store"
    looked = outbreak.parts.vault.accesses(subject=outbreak.people["contact"])
    assert [(one.kind, one.purpose) for one in looked] == [("reveal", "case-investigation")]


def test_without_a_purpose_of_the_list_nothing_is_shown_and_nothing_is_logged(who, contact, outbreak):
    for purpose in ("", "curiosity"):
        answer = who.post(f"{contact}identity/", {"purpose": purpose})
        assert answer.status_code == 422
        assert NAME not in text(answer)
    assert who.get(f"{contact}identity/").status_code == 302
    assert outbreak.parts.vault.accesses(subject=outbreak.people["contact"]) == []


def test_a_person_is_found_by_post_only(who, outbreak):
    for asked in (NAME, PHONE, CARD):
        found = text(who.post("/people/search/", {"text": asked}))
        assert f"/people/{outbreak.people['contact']}/" in found
    assert str(outbreak.people["contact"]) not in text(who.get(f"/people/search/?text={PHONE}"))


def test_no_address_on_the_pages_holds_who_somebody_is(who, contact):
    pages = [text(who.get(path)) for path in (contact, "/people/?who=all", "/board/")]
    pages.append(text(who.post("/people/search/", {"text": NAME})))
    links = [link for page in pages for link in re.findall(r'(?:href|action)="([^"]+)"', page)]
    assert links
    assert not [link for link in links if any(secret in link for secret in (NAME, PHONE, CARD))]


def test_a_follow_up_sent_twice_is_one_record(who, contact, outbreak):
    sent = follow_up(temperature="36.6")
    for _ in range(2):
        assert who.post(f"{contact}record/follow-up/", sent).status_code == 302
    assert events(outbreak, "followed-up") == 1


def test_a_changed_form_under_the_same_key_is_refused_not_swallowed(who, contact, outbreak):
    sent = follow_up()
    who.post(f"{contact}record/follow-up/", sent)
    answer = who.post(f"{contact}record/follow-up/", {**sent, "symptoms": "yes"})
    assert answer.status_code == 422
    assert events(outbreak, "followed-up") == 1


def test_what_was_typed_stays_when_it_is_refused(who, contact, outbreak):
    answer = who.post(f"{contact}record/follow-up/", follow_up(temperature="99", note="call again"))
    page = text(answer)
    assert answer.status_code == 422
    assert "99" in page
    assert "call again" in page
    assert "body temperature" in page
    assert events(outbreak, "followed-up") == 0


def test_no_temperature_is_invented(who, contact, outbreak):
    who.post(f"{contact}record/follow-up/", follow_up())
    with outbreak.parts.pool.connection() as connection:
        assert connection.execute("select sealed from event where kind = 'followed-up'").fetchone() == (None,)


def test_a_sample_and_its_result_are_recorded_and_fulfil_the_duty(who, contact, outbreak):
    before = text(who.get(contact)).count("Sign for it")
    who.post(f"{contact}record/admission/", {"key": str(uuid4()), "stage": "centralised"})
    who.post(f"{contact}record/sample/", {"key": str(uuid4()), "sample": "T-1", "sampled": "single"})
    who.post(f"{contact}record/result/", {"key": str(uuid4()), "sample": "T-1", "outcome": "negative"})
    page = text(who.get(contact))
    assert "T-1" in page
    assert "negative" in page
    assert page.count("Sign for it") < before
    assert "2 done" in page


def test_signing_for_a_duty_shows_on_the_list(who, contact):
    page = text(who.get(contact))
    names = ("loop", "duty", "key")
    form = page.split(f'action="{contact}take/"')[1].split("</form>")[0]
    sent = {name: re.search(rf'name="{name}" value="([^"]+)"', form)[1] for name in names}
    assert who.post(f"{contact}take/", sent).status_code == 302
    assert "signed for" in text(who.get(contact)).split("h-why")[0]


def test_a_worker_may_record_but_not_determine(cast, outbreak, contact):
    worker = signed_in(cast.worker, HTTP_ACCEPT_LANGUAGE="en")
    assert worker.get(f"{contact}record/follow-up/").status_code == 200
    assert worker.get(f"{contact}record/case/").status_code == 403
    assert worker.post(f"{contact}duplicates/same/", {"other": contact}).status_code == 403


def test_a_contact_and_a_case_are_determined_on_the_page(who, outbreak):
    free = f"/people/{outbreak.people['free']}/"
    sent = {"key": str(uuid4()), "disease": "covid-19", "ring": "1", "source": str(outbreak.people["case"])}
    who.post(f"{free}record/contact/", {**sent, "last_exposure": "2022-06-30"})
    assert "Centralised isolation" in text(who.get(free))
    case = {"key": str(uuid4()), "disease": "covid-19", "classification": "confirmed", "onset": "2022-06-30"}
    who.post(f"{free}record/case/", case)
    assert "confirmed case" in text(who.get(f"/cases/{outbreak.people['free']}/"))


def test_two_registrations_become_one_and_two_again(who, outbreak):
    one, other = outbreak.people["contact"], outbreak.people["free"]
    who.post(f"/people/{one}/duplicates/same/", {"other": str(other), "key": "1"})
    assert who.get(f"/people/{other}/").headers["Location"] == f"/people/{one}/"
    who.post(f"/people/{one}/duplicates/split/", {"other": str(other), "key": "2"})
    assert who.get(f"/people/{other}/").status_code == 200


def test_a_person_who_does_not_exist_and_one_out_of_reach_look_the_same(who, outbreak):
    unknown, far = who.get(f"/people/{uuid4()}/"), who.get(f"/people/{outbreak.people['far']}/")
    assert (unknown.status_code, far.status_code) == (404, 404)
