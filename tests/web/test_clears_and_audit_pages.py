"""The four clears with the lists behind them, and the audit: acts and looks at identities, filtered and paged."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from tests.web.keepers import english, keeper, text_of
from tests.web.outbreak import NAME
from tests.web.staff import account

from epiloop.core.jurisdictions import code


@pytest.fixture
def client(outbreak) -> Client:
    return english(keeper("inspector-1", "inspector"))


def test_the_four_clears_open_the_people_missing(client):
    page = client.get("/clears/")
    shown = text_of(page)
    assert "2 people under control" in shown
    links = set(re.findall(r'href="(/clears/[a-z]+/\?jurisdiction=\d+)"', page.content.decode()))
    assert any("/clears/identity/" in link for link in links), "the case has no identity"
    for link in links:
        listed = client.get(link)
        assert listed.status_code == 200, link
    below = re.findall(r'href="\?jurisdiction=(\d+)"', page.content.decode())
    assert below == ["450226100"]
    assert client.get(f"/clears/?jurisdiction={below[0]}").status_code == 200


def test_a_share_and_its_list_say_the_same(client):
    page = client.get("/clears/").content.decode()
    missing = re.search(r'href="(/clears/identity/[^"]*)"[^>]*>.*?(\d+) missing', page, re.DOTALL)
    listed = client.get(missing[1]).content.decode()
    assert len(set(re.findall(r'href="/people/[0-9a-f-]{36}/"', listed))) == int(missing[2]) == 1


def test_acts_are_listed_with_who_what_for_and_how_much(client, outbreak):
    shown = text_of(client.get("/audit/"))
    assert "Investigate cases and their contacts" in shown
    assert "the operator" in shown
    only = text_of(client.get("/audit/?purpose=register-keeping"))
    table = only.partition("Records")[2]
    assert "Keep the registers of people, units and places right" in table
    assert "Investigate cases" not in table
    assert "No act" in text_of(client.get(f"/audit/?actor={uuid4()}"))
    assert "No act" in text_of(client.get("/audit/?since=2023-01-01"))
    assert "No act" not in text_of(client.get("/audit/?since=2022-07-01&until=2022-07-01"))


def test_the_audit_is_read_page_by_page_without_losing_a_line(client, outbreak, monkeypatch):
    for number in range(60):
        outbreak.person(f"more-{number}")
    seen, page = [], client.get("/audit/?purpose=register-keeping")
    for _ in range(5):
        seen += re.findall(r'<tr><td class="second nowrap">', page.content.decode())
        following = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        if not following:
            break
        assert "purpose=register-keeping" in following[1]
        page = client.get(f"/audit/{following[1].replace('&amp;', '&')}")
    with outbreak.parts.pool.connection() as connection:
        query = "select count(*) from audit where purpose = 'register-keeping' and jurisdiction / 10000000000 = 450226"
        assert connection.execute(query).fetchone() == (len(seen),)
    assert len(seen) > 60


def test_every_look_at_an_identity_is_listed_by_person_and_never_the_identity(client, outbreak):
    officer = account("duty-9", "duty-officer")
    person = outbreak.people["contact"]
    outbreak.parts.vault.reveal([person], asker=str(officer.pk), purpose="duty-control")
    page = client.get("/audit/reads/")
    shown = text_of(page)
    assert "duty-9" in shown
    assert "identity shown" in shown
    assert "Carry out and supervise" in shown.partition("Whose")[2]
    assert NAME not in shown
    own = text_of(client.get(f"/audit/reads/?subject={person}"))
    assert "duty-9" in own
    other = text_of(client.get(f"/audit/reads/?subject={outbreak.people['case']}"))
    assert "Nobody looked" in other
    assert "Nobody looked" in text_of(client.get(f"/audit/reads/?actor={uuid4()}"))
    found = client.post("/audit/reads/", {"login": " Duty-9", "purpose": "duty-control", "since": ""})
    assert found["Location"] == f"/audit/reads/?actor={officer.pk}&purpose=duty-control", "an address holds no login"
    shown = client.get(found["Location"]).content.decode()
    assert "identity shown" in shown
    assert 'name="login" value="duty-9"' in shown


def test_filters_by_somebody_who_has_no_account_say_so_and_change_nothing(client, outbreak):
    answer = client.post("/audit/", {"login": "nobody-at-all", "since": "2022-07-01"})
    assert answer.status_code == 422
    assert 'name="login" value="nobody-at-all"' in answer.content.decode()
    assert 'name="since" value="2022-07-01"' in answer.content.decode()
    assert "There is no account nobody-at-all." in text_of(answer)
    assert client.post("/audit/", {"login": "operator"})["Location"] == "/audit/?actor=operator"
    assert "Investigate cases" in text_of(client.get("/audit/?actor=operator"))
    assert client.post("/audit/", {})["Location"] == "/audit/"


def test_looks_are_paged_without_a_gap_or_a_repeat_while_new_ones_come(client, outbreak):
    person = outbreak.people["contact"]
    for n in range(120):
        outbreak.parts.vault.reveal([person], asker=f"reader-{n:03}", purpose="duty-control")
    seen: list[str] = []
    address = f"/audit/reads/?subject={person}"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r"reader-\d{3}", page)
        outbreak.parts.vault.reveal([person], asker="latecomer", purpose="duty-control")
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"/audit/reads/{following[1].replace('&amp;', '&')}" if following else ""
    assert seen == [f"reader-{n:03}" for n in reversed(range(120))]


def test_filters_reach_looks_far_behind_the_latest(client, outbreak):
    person = outbreak.people["contact"]
    outbreak.parts.vault.reveal([person], asker="reader-first", purpose="testing")
    for n in range(260):
        outbreak.parts.vault.reveal([person], asker=f"reader-{n}", purpose="duty-control")
    assert "reader-first" in text_of(client.get("/audit/reads/?purpose=testing"))
    assert "reader-first" in text_of(client.get("/audit/reads/?actor=reader-first"))


def test_an_auditor_of_elsewhere_sees_none_of_it(outbreak):
    officer = account("duty-9", "duty-officer")
    outbreak.parts.vault.reveal([outbreak.people["contact"]], asker=str(officer.pk), purpose="duty-control")
    stranger = english(account("auditor-9", "auditor", code("320412")))
    assert "duty-9" not in text_of(stranger.get("/audit/reads/"))
    assert "Carry out and supervise" not in text_of(stranger.get("/audit/")).partition("Records")[2]
    investigator = english(account("investigator-9", "investigator"))
    assert investigator.get("/audit/").status_code == 403
    assert investigator.get("/audit/reads/").status_code == 403


def test_nobody_under_control_is_said(client, outbreak):
    with outbreak.parts.pool.connection() as connection:
        connection.execute("update person set controlled_until = null")
    assert "Nobody is under control" in text_of(client.get("/clears/"))
