"""Cases: list, curve and tree agree; a case's page has its steps and its contacts."""

import html
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.web.outbreak import CASE, START
from tests.web.staff import account, signed_in

from epiloop.web.people.begun import record_address


@pytest.fixture
def who(cast, outbreak):
    outbreak.at = START + timedelta(hours=3)
    return signed_in(account("investigator-7", "investigator"), HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def second(who, outbreak):
    """The contact turns out to be a case: a tree of two."""
    contact = outbreak.people["contact"]
    sent = {"key": str(uuid4()), "disease": "covid-19", "classification": "asymptomatic"}
    who.post(f"/people/{contact}/record/case/", sent)
    return contact


def text(answer):
    return html.unescape(answer.content.decode())


def test_the_curve_has_as_many_cases_as_the_list(who, second):
    page = text(who.get("/cases/"))
    curve = json.loads(re.search(r'id="curve"[^>]*>(.*?)</script>', page)[1])
    drawn = sum(sum(series["counts"]) for series in curve["series"])
    assert drawn == page.count('<td class="first"><a class="code" href="/cases/') == 2


def test_the_tree_links_the_case_to_the_one_it_exposed(who, outbreak, second):
    tree = who.get("/cases/tree/data/?disease=covid-19").json()
    assert {node["id"] for node in tree["nodes"]} == {str(outbreak.people["case"]), str(second)}
    assert tree["edges"] == [{"source": str(outbreak.people["case"]), "target": str(second), "sure": True}]
    assert tree["nodes"][0]["day"] >= 0


def test_the_tree_stands_behind_as_a_table(who, second):
    page = text(who.get("/cases/tree/"))
    assert "The tree as a table" in page
    assert page.count('<td class="first"><a class="code" href="/cases/') == 2


def test_a_tree_opened_at_something_that_is_no_case_is_not_found(who, second):
    assert who.get("/cases/tree/data/?from=nobody").status_code == 404


def test_the_case_page_tells_each_step_with_when_it_was_recorded(who, outbreak):
    case = outbreak.people["case"]
    sent = {"key": str(uuid4()), "case": str(CASE), "disease": "covid-19", "outcome": "recovered", "on": "2022-07-01"}
    assert who.post(f"/people/{case}/record/outcome/", sent).status_code == 302
    page = text(who.get(f"/cases/{case}/"))
    assert page.index("determined a case") < page.index("outcome recorded")
    assert "recovered" in page


def test_contacts_are_shown_by_ring_with_what_holds_for_them(who, outbreak):
    before = text(who.get(f"/cases/{outbreak.people['case']}/"))
    assert "tomorrow 00:00</time>: Centralised isolation" in before, "what begins at midnight is said today"
    admitted = {"key": str(uuid4()), "stage": "centralised"}
    who.post(f"/people/{outbreak.people['contact']}/record/admission/", admitted)
    page = text(who.get(f"/cases/{outbreak.people['case']}/"))
    assert "close contact" in page
    assert "Centralised isolation" in page


def test_a_contact_that_became_a_case_says_so(who, outbreak, second):
    assert "became a case" in text(who.get(f"/cases/{outbreak.people['case']}/"))


def test_a_discarded_case_is_shown_only_when_asked_for(who, outbreak):
    case = outbreak.people["case"]
    sent = {"key": str(uuid4()), "case": str(CASE), "disease": "covid-19", "reason": "cross-reaction"}
    assert who.post(f"/people/{case}/record/discard/", sent).status_code == 302
    assert f"/cases/{case}/" not in text(who.get("/cases/"))
    assert f"/cases/{case}/" in text(who.get("/cases/?classification=discarded"))


def test_somebody_who_is_no_case_has_no_case_page(who, outbreak):
    assert who.get(f"/cases/{outbreak.people['free']}/").status_code == 404


def test_the_form_for_discarding_says_how_many_contacts_rest_on_the_case_alone(who, outbreak):
    case, contact = outbreak.people["case"], outbreak.people["contact"]
    form = record_address(case, "discard", case=CASE, disease="covid-19")
    page = text(who.get(form))
    assert "1 contact rests on this case alone and is released." in page
    assert f'href="/cases/{case}/#h-contacts"' in page
    assert "1 名密接" in text(who.get(form, HTTP_ACCEPT_LANGUAGE="zh-hans"))
    withdrawn = {"key": str(uuid4()), "link": "link-contact", "disease": "covid-19"}
    assert who.post(f"/people/{contact}/record/withdraw/", withdrawn).status_code == 302
    assert "on this case alone" not in text(who.get(form))
    assert who.get(record_address(case, "discard", case="none")).status_code == 200


def test_a_correction_that_releases_contacts_says_how_many_and_is_recorded_once_they_were_looked_at(who, outbreak):
    positive = outbreak.people["free"]
    outbreak.person("met")
    for kind, sent in (("sample", {"sampled": "single"}), ("result", {"outcome": "positive"})):
        told = {"key": str(uuid4()), "sample": "T-1", **sent}
        assert who.post(f"/people/{positive}/record/{kind}/", told).status_code == 302
    outbreak.contact("met", "free")
    person = f"/people/{positive}/"
    form = f"{person}record/result/"
    link = re.search(f'href="({form}[^"]+)">Correct<', text(who.get(person)))
    assert "T-1" not in link[1]
    begun = text(who.get(link[1]))
    assert "1 close contact rests on this positive result alone and is released." in begun
    assert f'href="{person}#h-exposed"' in begun
    assert "close contact rests" not in text(who.get(record_address(positive, "result", sample="T-1")))
    sent = {"key": str(uuid4()), "sample": "T-1", "outcome": "negative", "correction": "on"}
    unseen = who.post(form, sent)
    assert unseen.status_code == 422
    assert "Look at who is released, then record again." in text(unseen)
    assert "Centralised isolation" in text(who.get(f"/people/{outbreak.people['met']}/"))
    assert who.post(form, {**sent, "released": "on"}).status_code == 302
    assert "withdrawn" in text(who.get(f"/people/{outbreak.people['met']}/"))
