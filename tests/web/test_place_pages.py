"""The page of a place: zones, hours, codes and their posters; lists in and out; who sees what."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.checkins import reading_paper as paper
from tests.web.keepers import english, keeper, text_of
from tests.web.staff import account

from epiloop.runtime import present
from epiloop.runtime.requests import venue_codes

MARKET = {"place_kind": "market", "name_zh": "古宜农贸市场", "jurisdiction": "450226100", "capacity": "300"}


@pytest.fixture
def client(outbreak):
    return english(keeper("registrar-1", "registrar"))


@pytest.fixture
def page(client) -> str:
    """The address of a market's page, where its keeper goes on: zones, then posters."""
    told = {**MARKET, "sensitivity": "public", "hours": "1-5 6:00-18:00", "key": "new"}
    return client.post("/registers/places/new/", told).headers["Location"]


def told(client, page: str, action: str, **said: object) -> None:
    answer = client.post(f"{page}{action}/", {**said, "key": f"{action}{sorted(said.items())}"})
    assert answer.status_code == 302, text_of(answer)


def posters(client, **said: str) -> list[str]:
    answer = client.post("/registers/places/posters/", {"key": f"print{sorted(said.items())}", "size": "A4", **said})
    assert answer.headers["Content-Type"] == "application/pdf"
    return [text for texts in paper.codes(answer.content) for text in texts]


def test_zones_and_hours_are_set_changed_and_closed(client, page):
    assert "1-5 06:00-18:00" in text_of(client.get(page))
    told(client, page, "zone", word="meat", zone_kind="counter", name_zh="肉类区", name_en="Meat", capacity="40")
    told(client, page, "zone", word="fish", name_zh="水产区")
    told(client, page, "hours", hours="")
    shown = text_of(client.get(page))
    assert "Meat" in shown
    assert "nobody says when it is open" in shown
    form = client.get(
        re.findall(r'href="([^"]+/zone/\?word=meat[^"]*)"', client.get(page).content.decode())[0].replace("&amp;", "&")
    )
    assert 'value="肉类区"' in form.content.decode()
    told(client, page, "close-zone", word="fish")
    assert "水产区" not in text_of(client.get(page))


def test_what_makes_a_contact_here_is_said_with_its_law(client, page):
    shown = text_of(client.get(page))
    assert "Together with the case: from 10 min, × 1 After it left: does not count Contact from 15 min" in shown
    assert "9th edition · 2022-06-28 the document names no minutes: these are Epiloop's" in shown
    told(client, page, "change", **{**MARKET, "place_kind": "restaurant"}, sensitivity="public")
    told(client, page, "zone", word="one", zone_kind="room", name_zh="包间")
    shown = text_of(client.get(page))
    assert "COVID-19 Together with the case: from 10 min, × 2 After it left: from 10 min, 0.5 h long" in shown
    assert "COVID-19 · Room Together with the case: from 10 min, × 4" in shown


def test_what_cannot_be_is_said_beside_what_was_typed(client, page):
    for action, said, why in (
        ("zone", {"word": "Meat Hall"}, "small letters"),
        ("hours", {"hours": "always"}, "weekdays 1 to 7"),
        ("rotate", {"days": "999"}, "366"),
    ):
        answer = client.post(f"{page}{action}/", {**said, "key": "x"})
        assert answer.status_code == 422
        assert why in text_of(answer)


def test_posters_are_printed_rotated_and_an_old_code_refused(client, page, outbreak):
    told(client, page, "zone", word="meat", name_zh="肉类区")
    place = page.strip("/").rpartition("/")[2]
    [old] = posters(client, place=place)
    assert old.startswith("HTTP://LOCALHOST:8421/C/#"), "where the gate is, not the page"
    told(client, page, "rotate", days="7")
    [new] = posters(client, place=place, size="A5")
    assert old != new
    short = re.findall(r"<code>([0-9A-Y]{5}-[0-9A-Y]{5})</code>", client.get(page).content.decode())
    assert len(short) == 2
    said = venue_codes.verified(present.running(), new, present.now())
    assert (said.name_zh, said.zone_zh, said.number) == ("古宜农贸市场", "肉类区", 2)
    told(client, page, "end-code", word="meat", number="1", reason="copied")
    assert "a picture of it went around" in text_of(client.get(page))
    with pytest.raises(Exception, match="newer poster"):
        venue_codes.verified(present.running(), old, present.now())


def test_a_list_comes_in_with_its_wrong_lines_shown_and_goes_out_without_sensitive_places(client, outbreak):
    text = (
        "id,kind,name_zh,jurisdiction\n1,market,农贸市场,450226100\n2,shelter,庇护所,450226100\n3,market,,450226100\n"
    )

    def send(**more: str):
        file = SimpleUploadedFile("places.csv", text.encode())
        return client.post("/registers/places/import/", {"file": file, "system": "county", "key": "in", **more})

    shown = text_of(send())
    assert "added 2" in shown
    assert "Line 4: name_zh is empty." in shown
    assert "name_zh is empty" in send(mend="1").content.decode()
    officer = english(account("duty-9", "duty-officer"))
    out = officer.post("/registers/places/export/", {"format": "csv", "key": "out"})
    assert "农贸市场" in out.content.decode()
    assert "庇护所" not in out.content.decode()


def test_who_does_not_keep_the_register_sees_no_sensitive_place_and_changes_none(client, page, outbreak):
    assert client.post(f"{page}change/", {**MARKET, "sensitivity": "sensitive", "key": "s"}).status_code == 302
    officer = english(account("duty-9", "duty-officer"))
    assert officer.get(page).status_code == 404
    assert client.post(f"{page}change/", {**MARKET, "sensitivity": "public", "key": "p"}).status_code == 302
    assert officer.get(page).status_code == 200
    assert "New codes" not in text_of(officer.get(page))
    assert officer.post(f"{page}rotate/", {"days": "1"}).status_code == 403
    assert officer.post("/registers/places/posters/", {"key": "k"}).status_code == 403
    assert officer.get("/registers/places/import/").status_code == 403
