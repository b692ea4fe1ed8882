"""The rule pages: what is in force here today, what changed, what would come of facts, and adoption."""

import re
import shutil
from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings
from django.test import Client, override_settings
from tests.web.keepers import english, keeper, text_of
from tests.web.staff import account

from epiloop.runtime import adopting


@pytest.fixture
def client(outbreak) -> Client:
    return english(keeper("rules-1", "rule-keeper"))


def rows(outbreak, query: str):
    with outbreak.parts.pool.connection() as connection:
        return connection.execute(query).fetchall()


def test_today_shows_the_version_of_today_with_its_source_and_its_loops(client, outbreak):
    before = client.get("/rules/").content.decode()
    row = next(part for part in before.split("<tr") if 'href="/rules/close-contact/"' in part)
    assert "9th edition" in row
    assert "Centralised isolation 7 days → Home monitoring 3 days" in row
    assert re.search(r'href="/loops/\?state=open&amp;measure=close-contact">1<', row)
    outbreak.at = datetime(2022, 11, 12, 4, 0, tzinfo=UTC)
    after = next(p for p in client.get("/rules/").content.decode().split("<tr") if 'href="/rules/close-contact/"' in p)
    assert "9th edition" not in after
    assert "Centralised isolation 5 days" in after


def test_what_is_coming_is_said_once_it_is_issued(client, outbreak):
    outbreak.at = datetime(2022, 12, 25, 4, 0, tzinfo=UTC)
    assert "2023-01-08" not in client.get("/rules/").content.decode()
    outbreak.at = datetime(2022, 12, 28, 4, 0, tzinfo=UTC)
    row = next(p for p in client.get("/rules/").content.decode().split("<tr") if 'href="/rules/close-contact/"' in p)
    assert "changes on" in row
    assert "2023-01-08" in row


def test_the_history_marks_what_a_version_changed(client):
    shown = text_of(client.get("/rules/close-contact/"))
    assert "Version 2022-06-28" in shown
    assert "Marked is what changed against version 2021-05-14" in shown
    assert "on days 1, 2, 3, 5, 7" in shown
    assert re.search(r"was\s*:\s*14 days", shown)
    first = text_of(client.get("/rules/close-contact/?version=2021-05-14"))
    assert "14 days" in first
    assert "Marked is what changed" not in first
    assert client.get("/rules/no-such-measure/").status_code == 404


def test_facts_give_a_plan_with_days_and_reasons_and_no_address_holds_them(client):
    form = {"measure": "close-contact", "zero": "2022-06-28", "as_of": "2022-07-01T09:00"}
    answer = client.post("/rules/plan/", form)
    shown = text_of(answer)
    assert "Centralised isolation until 2022-07-06 00:00" in shown
    days = re.findall(r'class="when">([\d-]+)<', answer.content.decode())
    assert days == ["2022-06-28", "2022-06-29", "2022-06-30", "2022-07-01", "2022-07-03", "2022-07-05", "2022-07-08"]
    assert "Why?" in shown
    assert "?" not in answer.request["QUERY_STRING"]


def test_samples_and_other_facts_count_in_the_plan(client):
    form = {"measure": "close-contact", "zero": "2022-06-28", "as_of": "2022-07-01T09:00"}
    positive = client.post("/rules/plan/", {**form, "samples": "2022-06-30T09:00:positive:single"})
    assert "No restriction" in text_of(positive)
    wrong = client.post("/rules/plan/", {**form, "facts": "colour=green"})
    assert wrong.status_code == 422
    assert "There is no fact colour" in text_of(wrong)
    assert 'value="2022-06-28"' in wrong.content.decode(), "what was typed stays"


def test_every_case_of_the_adopted_rulebook_comes_out_as_written(client):
    shown = client.get("/rules/cases/?measure=close-contact")
    said = text_of(shown)
    passed, count = map(int, re.findall(r"(\d+) of (\d+) come out as written", said)[0])
    assert passed == count > 50
    assert 'class="chip late"' not in shown.content.decode()
    assert "6-28" in said


def test_a_rulebook_is_adopted_after_its_changes_were_shown(client, outbreak):
    assert "not adopted" in text_of(client.get("/rules/books/"))
    page = client.get("/rules/books/who/")
    assert "Contact of an Ebola case" in text_of(page)
    assert re.search(r"all \d+ come out as written", text_of(page))
    answer = client.post("/rules/books/who/", {"jurisdiction": "450226", "key": "adopt-1", "reason": "notice 12"})
    assert answer.url == "/rules/books/following/"
    assert rows(outbreak, "select rulebook from adoption order by rulebook") == [("cn",), ("who",)]
    shown = text_of(client.get(answer.url))
    assert "is adopted and in force" in shown
    again = client.post("/rules/books/who/", {"jurisdiction": "450226", "key": "adopt-2", "reason": "notice 12"})
    assert again.status_code == 422
    assert len(rows(outbreak, "select 1 from adoption")) == 2
    assert "This is what is adopted" in text_of(client.get("/rules/books/who/"))
    for page in ("/rules/", "/rules/books/"):
        told = text_of(client.get(page))
        assert "notice 12" in told, "why it was adopted"
        assert "no reason given" in told, "the other one, adopted without"


def test_after_an_adoption_the_page_shows_how_many_have_still_to_follow(client, outbreak):
    client.post("/rules/books/who/", {"jurisdiction": "450226", "key": "adopt-1", "reason": "notice 12"})
    left = adopting.stale(outbreak.parts)
    assert left > 0
    part = client.get("/rules/books/following/", headers={"HX-Request": "true"}).content.decode()
    assert f"0 / {left}" in part
    adopting.recompute(outbreak.parts)
    assert "HX-Redirect" in client.get(f"/rules/books/following/?of={left}", headers={"HX-Request": "true"}).headers
    assert "Everybody stands under the rules" in text_of(client.get("/rules/books/following/"))


def test_only_rule_keepers_adopt_and_only_where_they_may(outbreak):
    officer = english(account("duty-9", "duty-officer"))
    assert officer.get("/rules/").status_code == 200
    assert officer.get("/rules/books/").status_code == 403
    assert officer.post("/rules/books/who/", {"jurisdiction": "450226"}).status_code == 403
    keeper_here = english(keeper("rules-2", "rule-keeper"))
    assert keeper_here.post("/rules/books/who/", {"jurisdiction": "320412", "reason": "notice 12"}).status_code == 422
    assert rows(outbreak, "select rulebook from adoption") == [("cn",)]


def test_mistakes_in_the_files_are_shown_with_their_line_and_keep_them_from_being_adopted(client, tmp_path):
    shutil.copytree(django_settings.RULEBOOKS, tmp_path / "books")
    measure = tmp_path / "books" / "cn" / "measures" / "close-contact.yaml"
    text = measure.read_text("utf-8").replace("day_zero: last_exposure", "day_zero: lastexposure", 1)
    measure.write_text(text, "utf-8")
    with override_settings(RULEBOOKS=tmp_path / "books"):
        assert "1 mistake" in text_of(client.get("/rules/books/"))
        page = client.get("/rules/books/cn/")
        assert "lastexposure is not a day that contact-determined gives" in text_of(page)
        assert '<form method="post" class="form"' not in page.content.decode()
        post = client.post("/rules/books/cn/", {"jurisdiction": "450226", "key": "k"})
        assert "lastexposure" in text_of(post)


def test_without_a_rulebook_the_pages_say_what_would_appear(outbreak):
    client = english(keeper("rules-3", "rule-keeper"))
    with outbreak.parts.pool.connection() as connection:
        connection.execute("delete from adoption")
    assert "No measure is in force here" in text_of(client.get("/rules/"))
    assert "No rulebook is adopted" in text_of(client.get("/rules/books/"))
