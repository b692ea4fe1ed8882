"""The public log: a line a day of counts with the signed end of the key service's log, in which nobody is."""

import json
from datetime import date, timedelta

import pytest
from django.test import Client
from tests.web.outbreak import CARD, NAME, PHONE, START

from epiloop.runtime import present
from epiloop.runtime.publishing import publish
from epiloop.vault.answers import DayCount

TOMORROW = START + timedelta(days=1)


@pytest.fixture
def days(cast, outbreak):
    """Three days of the outbreak, published each when it was over."""
    for number in (1, 2, 3):
        outbreak.at = START + timedelta(days=number)
        publish(present.running())
    return outbreak


def lines():
    answer = Client().get("/transparency/log.jsonl")
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.content.decode().splitlines()]


def test_each_day_that_is_over_has_one_line_for_everybody(days):
    assert [line["day"] for line in lines()] == ["2022-07-03", "2022-07-02", "2022-07-01"]
    assert publish(present.running()) == 0


def test_a_day_off_is_published_later(days):
    days.at += timedelta(days=3)
    assert publish(present.running()) == 3
    assert len(lines()) == 6


def test_a_line_counts_who_is_restricted_and_who_newly(days):
    first = lines()[-1]
    assert sum(first["restricted"].values()) == first["newly_restricted"] > 0
    assert lines()[0]["newly_restricted"] < first["newly_restricted"]


def test_what_the_key_service_counted_stands_in_the_line_of_its_day(cast, outbreak, monkeypatch):
    outbreak.at = TOMORROW
    running = present.running()
    gone = (date(2022, 6, 17),)
    counted = [DayCount(date(2022, 7, 1), 2, 0, 1, 0, 3, 40, 0, 0, 73_700, gone), DayCount(date(2022, 7, 2), 9)]
    object.__setattr__(running, "counts", lambda after: [one for one in counted if after is None or one.day > after])
    publish(running)
    assert lines()[0]["opened"]["traces"] == 2
    assert lines()[0]["opened"]["people"] == 40
    assert (lines()[0]["kept"], lines()[0]["destroyed"]) == (73_700, ["2022-06-17"])
    page = Client(HTTP_ACCEPT_LANGUAGE="en").get("/transparency/").content.decode()
    assert "Contact searches" in page
    assert "73700+" in page
    assert "17 June" in page


def test_neither_lines_nor_page_name_anybody(days):
    everything = Client().get("/transparency/log.jsonl").content + Client().get("/transparency/").content
    people = [str(one) for one in days.people.values()]
    assert not [one for one in (NAME, PHONE, CARD, *people) if one.encode() in everything]


def test_a_published_line_cannot_be_changed(days):
    import psycopg

    with pytest.raises(psycopg.errors.InsufficientPrivilege), days.parts.pool.connection() as connection:
        connection.execute("update published set line = '{}'")


def test_before_anything_is_published_the_page_says_what_will_be(cast, outbreak):
    page = Client(HTTP_ACCEPT_LANGUAGE="en").get("/transparency/")
    assert "Nothing is published yet" in page.content.decode()


def test_an_address_with_no_day_is_not_found(cast, outbreak):
    assert Client().get("/transparency/?before=2022-13-40").status_code == 404
