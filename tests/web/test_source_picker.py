"""Naming whom somebody was exposed to: by name, by the number of another list, or among new cases, on one page."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.web.outbreak import NAME, PHONE, START
from tests.web.staff import account, signed_in
from tests.web.test_work_look import sign_in_quietly

from epiloop.core.jurisdictions import code
from epiloop.registers.people import events as p
from epiloop.runtime.requests.registering import register_person
from epiloop.web.people.begun import record_address


@pytest.fixture
def investigator(cast, outbreak):
    outbreak.at = START + timedelta(hours=3)
    return account("investigator-7", "investigator")


@pytest.fixture
def who(investigator):
    return signed_in(investigator, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def form(outbreak):
    return f"/people/{outbreak.people['free']}/record/contact/"


def text(answer):
    return html.unescape(answer.content.decode())


def offered(answer):
    return re.findall(r'name="source" value="([0-9a-f-]{36})"', text(answer))


def links(outbreak):
    with outbreak.parts.pool.connection() as connection:
        return connection.execute("select count(*) from event where kind = 'contact-determined'").fetchone()[0]


def test_new_cases_are_offered_without_a_search_and_say_nobodys_name(who, form, outbreak):
    page = who.get(form)
    assert offered(page) == [str(outbreak.people["case"])]
    assert "confirmed case" in text(page)
    assert NAME not in text(page)


def test_a_case_is_offered_for_fourteen_days(who, form, outbreak):
    outbreak.at = START + timedelta(days=15)
    assert offered(who.get(form)) == []
    assert "None within your jurisdiction" in text(who.get(form))


def test_a_source_is_found_by_name_and_what_was_typed_stays(who, form, outbreak):
    before = links(outbreak)
    sent = {"key": str(uuid4()), "disease": "covid-19", "last_exposure": "2022-06-30", "note": "shared a lift"}
    for asked in (NAME, PHONE):
        found = who.post(form, {**sent, "find": "name", "find_text": asked})
        assert found.status_code == 200
        assert offered(found)[0] == str(outbreak.people["contact"])
        assert "shared a lift" in text(found)
        assert "2022-06-30" in text(found)
        assert "Please correct" not in text(found)
    assert links(outbreak) == before
    chosen = who.post(form, {**sent, "ring": "2", "source": str(outbreak.people["contact"])})
    assert chosen.status_code == 302
    assert links(outbreak) == before + 1


def test_a_search_is_logged_by_the_vault(who, form, outbreak):
    who.post(form, {"find": "name", "find_text": NAME})
    assert "search" in [one.kind for one in outbreak.parts.vault.accesses()]


def test_a_source_is_found_by_the_number_of_another_list(who, form, outbreak):
    told = p.PersonRegistered(stay=code("450226100201"), outside=(("line list", "C-12"),))
    other = register_person(outbreak.parts, outbreak.by("other", "register-keeping"), told).result["person"]
    asked = {"find": "number", "find_system": "line list", "find_number": "C-12"}
    assert offered(who.post(form, asked))[0] == other
    assert "Nobody found" in text(who.post(form, {**asked, "find_number": "C-13"}))
    assert "Type what is to be found" in text(who.post(form, {**asked, "find_number": ""}))


def test_nobody_is_offered_as_their_own_source(who, outbreak):
    contact = f"/people/{outbreak.people['contact']}/record/contact/"
    assert str(outbreak.people["contact"]) not in offered(who.post(contact, {"find": "name", "find_text": NAME}))


def test_a_source_out_of_reach_is_not_accepted(who, form, outbreak):
    sent = {"key": str(uuid4()), "disease": "covid-19", "ring": "1", "source": str(outbreak.people["far"])}
    assert who.post(form, sent).status_code == 422
    assert who.post(form, {**sent, "source": "no id"}).status_code == 422


def test_the_page_of_a_household_begins_with_its_case(who, outbreak):
    page = text(who.get(record_address(outbreak.people["free"], "contact", source=outbreak.people["case"])))
    assert re.search(rf'value="{outbreak.people["case"]}" checked', page)


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_source_is_found_and_recorded_in_the_browser(investigator, outbreak, site, form, chromium, scripts):
    context = chromium.new_context(locale="en-GB", java_script_enabled=scripts)
    page = context.new_page()
    sign_in_quietly(page, site, investigator)
    page.goto(site + form)
    page.locator("#id_note").fill("shared a lift")
    page.locator("#find_text").fill(NAME)
    page.keyboard.press("Enter")
    page.get_by_text("1 found").wait_for()
    assert page.url == site + form
    assert page.locator("#id_note").input_value() == "shared a lift"
    page.locator(".candidate input").first.check()
    page.get_by_label("Close contact").check()
    page.get_by_role("button", name="Record").click()
    page.get_by_text("Contact determined.").wait_for()
    context.close()
