"""The board: numbers that open their lists, late duties with a face, and nothing that anybody else may see."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.web.outbreak import START
from tests.web.staff import account, signed_in

from epiloop.core.jurisdictions import code

READ_ONLY = ("/board/", "/duties/", "/loops/", "/nobody/", "/clears/control/", "/today/", "/people/", "/cases/")


@pytest.fixture
def officer(cast, outbreak):
    outbreak.at = START + timedelta(days=1)
    return signed_in(cast.officer, HTTP_ACCEPT_LANGUAGE="en")


def rows(page):
    return page.count('<li class="line"') + len(re.findall(r"<tr><td class=\"first\">", page))


def test_every_number_of_the_board_opens_a_list_with_as_many_rows(officer):
    board = officer.get("/board/").content.decode()
    numbers = re.findall(r'<a class="number [^"]*" href="([^"]+)">([\d,]+)<', board.split("h-day")[0])
    assert len(numbers) >= 3, "open, due, late"
    for link, n in numbers:
        listed = officer.get(html.unescape(link)).content.decode()
        assert rows(listed) == int(n), link


def test_a_late_duty_says_how_late_whose_and_that_nobody_took_it(officer):
    page = officer.get("/duties/?lateness=late").content.decode()
    transfer = next(line for line in page.split("<li ") if "Transfer to isolation" in line)
    assert "−16 h" in transfer
    assert "Transfer team" in transfer
    assert "nobody on duty, no duty officer either" in transfer
    assert "not signed for" in transfer


def test_grave_consequences_come_first(officer):
    page = officer.get("/duties/?lateness=late").content.decode()
    assert page.index("Transfer to isolation") < page.index("Nucleic acid sample")


def test_a_post_without_anybody_is_listed_and_leads_to_its_duties(officer):
    page = officer.get("/nobody/").content.decode()
    link = html.unescape(re.search(r'href="(/duties/\?[^"]*owner=transfer-team[^"]*)"', page)[1])
    assert "Transfer to isolation" in officer.get(link).content.decode()


def test_who_is_on_shift_is_named_with_a_phone(cast, outbreak):
    outbreak.shift("transfer-team", "village-12", hours=11)
    outbreak.at = START + timedelta(hours=9)
    page = signed_in(cast.officer, HTTP_ACCEPT_LANGUAGE="en").get("/duties/?lateness=late").content.decode()
    transfer = next(line for line in page.split("<li ") if "Transfer to isolation" in line)
    assert "village-12" in transfer
    assert "10700000001" in transfer


def test_looking_changes_nothing(officer, outbreak):
    def written():
        with outbreak.parts.pool.connection() as connection:
            return connection.execute("select (select count(*) from event), (select count(*) from act)").fetchone()

    before = written()
    for path in READ_ONLY:
        assert officer.get(path).status_code == 200, path
    for person in outbreak.people.values():
        officer.get(f"/people/{person}/")
    assert written() == before


def test_an_officer_of_another_county_sees_none_of_it(outbreak):
    stranger = signed_in(account("duty-9", "duty-officer", code("320412")), HTTP_ACCEPT_LANGUAGE="en")
    assert "Transfer to isolation" not in stranger.get("/duties/?lateness=late&jurisdiction=450226").content.decode()
    assert stranger.get(f"/people/{outbreak.people['contact']}/").status_code == 404
    assert stranger.get(f"/people/{outbreak.people['far']}/").status_code == 200


def test_the_board_needs_its_right(cast, outbreak):
    assert signed_in(cast.outsider).get("/board/").status_code == 403
    assert Client().get("/board/").status_code == 302


def test_a_filter_that_does_not_exist_is_an_error_that_says_so(officer):
    answer = officer.get("/board/?line=ships")
    assert answer.status_code == 422
    assert "ships" in html.unescape(answer.content.decode())


def test_a_filter_narrows_numbers_and_lists_alike(officer):
    page = officer.get("/board/?owner=transfer-team").content.decode()
    assert "Transfer to isolation" in page
    assert "Nucleic acid sample" not in page
