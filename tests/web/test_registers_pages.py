"""Registers: divisions, units, posts and rosters with their gaps, places; who may change what."""

import re
from datetime import date
from uuid import UUID

import pytest
from django.test import Client
from tests.web.keepers import english, keeper, text_of
from tests.web.staff import account

from epiloop.runtime.requests import By, divisions

TABLE = (
    "code,parent_code,level,name_zh\n45,,province,广西壮族自治区\n4502,45,city,柳州市\n450226,4502,county,三江侗族自治县\n"
    "450226100,450226,township,古宜镇\n450226208,450226,township,同乐苗族乡\n"
)
UNIT = {"unit_kind": "hospital", "name_zh": "县人民医院", "name_en": "", "jurisdiction": "450226"}


@pytest.fixture
def client(outbreak) -> Client:
    by = By("operator", "register-keeping", "table")
    divisions.import_divisions(
        outbreak.parts, by, [TABLE], since=date(2020, 1, 1), source="test", progress=lambda *_: None
    )
    return english(keeper("registrar-1", "registrar"))


def new_unit(client: Client) -> str:
    answer = client.post("/registers/units/new/", {**UNIT, "key": "unit-1"})
    assert answer.status_code == 302, text_of(answer)
    return answer.url


def with_post(client: Client) -> tuple[str, str]:
    """A unit with a post; its address and the post's id."""
    page = new_unit(client)
    told = {"post_kind": "hospital-infection-officer", "level": "county", "jurisdiction": "450226", "phone": "0772-100"}
    assert client.post(f"{page}post/", {**told, "key": "post-1"}).status_code == 302
    form = client.get(f"{page}shift/").content.decode()
    return page, re.findall(r'<option value="([0-9a-f-]{36})"', form)[0]


def shift(client: Client, page: str, post: str, day: str = "2022-07-01", hours=("08:00", "20:00"), who="nurse-1"):
    told = {"post": post, "account": who, "starts": f"{day}T{hours[0]}", "ends": f"{day}T{hours[1]}", "phone": ""}
    return client.post(f"{page}shift/", {**told, "key": f"{day}{hours}{who}"})


def test_jurisdictions_are_found_by_name_pinyin_initials_and_code(client):
    for asked in ("三江", "sanjiang", "sj", "450226"):
        hits = client.get("/registers/", {"q": asked}).content.decode()
        assert 'href="/registers/450226/"' in hits, asked
    assert "No jurisdiction is called so" in text_of(client.get("/registers/", {"q": "nowhere"}))


def test_one_jurisdiction_shows_its_path_what_is_inside_and_since_when(client):
    shown = text_of(client.get("/registers/450226/"))
    assert "广西壮族自治区 › 柳州市" in shown
    assert "古宜镇" in shown
    assert "1 January 2020" in shown
    assert client.get("/registers/999999/").status_code == 404
    assert client.get("/registers/nonsense/").status_code == 404


def test_a_unit_gets_a_post_a_shift_and_a_week_with_its_gaps(client):
    page, post = with_post(client)
    assert "nobody is rostered in this week" in text_of(client.get(page))
    assert shift(client, page, post).status_code == 302
    cells = client.get(page).content.decode()
    assert "nurse-1" in cells
    assert re.search(r"00:00–08:00</span>\s*<span class=\"late\">nobody", cells)
    assert re.search(r"20:00–24:00</span>\s*<span class=\"late\">nobody", cells)
    assert "nurse-1" in text_of(client.get("/registers/duty/"))
    assert "nurse-1" not in text_of(client.get(f"{page}?week=2022-07-11"))


def test_a_substitute_takes_the_shift_and_a_cancelled_one_is_gone(client, outbreak):
    page, post = with_post(client)
    shift(client, page, post)
    told = {"post": post, "account": "nurse-1", "substitute": "nurse-2", "phone": "0772-200"}
    span = {"starts": "2022-07-01T08:00", "ends": "2022-07-01T12:00"}
    assert client.post(f"{page}substitute/", {**told, **span, "key": "s"}).status_code == 302
    seats = text_of(client.get("/registers/duty/"))
    assert "nurse-2 instead of nurse-1" in seats
    assert "0772-200" in seats
    shift(client, page, post, "2022-07-02")
    cancel = re.findall(r'href="([^"]+/cancel/[^"]+)"', client.get(page).content.decode())[-1].replace("&amp;", "&")
    form = client.get(cancel).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(post|account|starts)" value="([^"]*)"', form))
    assert client.post(cancel.partition("?")[0], {**hidden, "key": "c"}).status_code == 302
    with outbreak.parts.pool.connection() as connection:
        left = connection.execute("select count(*) from shift where starts > '2022-07-01 15:00+00'").fetchone()
    assert left == (0,)


def test_what_the_roster_forbids_is_said_and_what_was_typed_stays(client):
    page, post = with_post(client)
    answer = shift(client, page, post, hours=("20:00", "08:00"))
    assert answer.status_code == 422
    assert "It cannot end before it starts" in text_of(answer)
    assert 'value="nurse-1"' in answer.content.decode()


def test_posts_with_nobody_are_listed_those_of_now_first(client):
    page, post = with_post(client)
    shift(client, page, post, "2022-07-01", ("10:00", "18:00"))
    shown = text_of(client.get("/registers/gaps/"))
    assert re.search(r"Hospital infection officer .*? now .*?today 10:00", shown)
    assert "today 18:00" in shown


def test_the_same_form_sent_twice_makes_one_unit(client, outbreak):
    assert new_unit(client) == new_unit(client)
    with outbreak.parts.pool.connection() as connection:
        assert connection.execute("select count(*) from unit where name_zh = '县人民医院'").fetchone() == (1,)


def test_a_place_is_registered_changed_closed_and_a_sensitive_one_hidden(client, outbreak):
    told = {"place_kind": "market", "name_zh": "古宜农贸市场", "jurisdiction": "450226100", "capacity": "300"}
    assert client.post("/registers/places/new/", {**told, "sensitivity": "public", "key": "p1"}).status_code == 302
    shelter = {**told, "name_zh": "庇护所", "sensitivity": "sensitive", "key": "p2"}
    assert client.post("/registers/places/new/", shelter).status_code == 302
    prison = {**told, "place_kind": "prison", "name_zh": "看守所", "key": "p5"}
    assert client.post("/registers/places/new/", prison).status_code == 302
    mine = client.get("/registers/places/").content.decode()
    assert "古宜农贸市场" in mine
    assert "庇护所" in mine
    assert "看守所" in mine
    officer = english(account("duty-9", "duty-officer"))
    others = officer.get("/registers/places/").content.decode()
    assert "古宜农贸市场" in others
    assert "庇护所" not in others
    assert "看守所" not in others, "nobody said that everybody may see it"
    with outbreak.parts.pool.connection() as connection:
        [(place,)] = connection.execute("select id from place where name_zh = '古宜农贸市场'").fetchall()
    change = {**told, "name_zh": "古宜中心市场", "sensitivity": "public", "key": "p3"}
    assert client.post(f"/registers/places/{place}/change/", change).status_code == 302
    assert "古宜中心市场" in text_of(client.get("/registers/places/"))
    assert client.post(f"/registers/places/{place}/close/", {"reason": "rebuilt", "key": "p4"}).status_code == 302
    assert "古宜中心市场" not in text_of(client.get("/registers/places/"))


def test_a_jurisdiction_is_told_by_its_name_and_of_several_called_so_one_is_chosen(client, outbreak):
    told = {**UNIT, "key": "unit-1", "jurisdiction": "自治"}
    several = client.post("/registers/units/new/", told)
    assert several.status_code == 422
    assert "Several are called that. Choose one." in text_of(several)
    assert re.findall(r'name="jurisdiction_is" value="(\d+)"', several.content.decode()) == ["450226", "45"], (
        "the nearest first"
    )
    nowhere = client.post("/registers/units/new/", {**told, "jurisdiction": "nowhere"})
    assert nowhere.status_code == 422
    assert 'value="nowhere"' in nowhere.content.decode()
    page = client.post("/registers/units/new/", {**told, "jurisdiction_is": "450226"}).url
    begun = re.search(r'name="jurisdiction" value="([^"]+)"', client.get(f"{page}change/").content.decode())
    assert begun is not None
    assert begun[1] == "三江侗族自治县 (450226)"
    unchanged = {**UNIT, "name_en": "Hospital", "jurisdiction": begun[1], "key": "unit-2"}
    assert client.post(f"{page}change/", unchanged).status_code == 302
    with outbreak.parts.pool.connection() as connection:
        rows = connection.execute("select jurisdiction, name_en from unit where name_zh = '县人民医院'").fetchall()
    assert rows == [(4502260000000000, "Hospital")]


def test_reading_is_not_writing(client, outbreak):
    page, post = with_post(client)
    investigator = english(account("investigator-9", "investigator"))
    assert investigator.get(page).status_code == 200
    assert "New shift" not in text_of(investigator.get(page))
    assert shift(investigator, page, post).status_code == 403
    assert investigator.post("/registers/units/new/", UNIT).status_code == 403
    worker = english(account("village-9", "community-worker"))
    assert worker.get("/registers/").status_code == 403


def test_a_unit_elsewhere_is_not_there(client, outbreak):
    page = new_unit(client)
    from epiloop.core.jurisdictions import code

    stranger = english(account("registrar-7", "registrar", code("320412")))
    assert stranger.get(page).status_code == 404
    assert stranger.post(f"{page}close/", {"key": "x"}).status_code == 404
    assert stranger.post("/registers/units/new/", {**UNIT, "key": "y"}).status_code == 422
    assert UUID(page.strip("/").rpartition("/")[2])


def test_empty_registers_say_what_would_appear(outbreak):
    client = english(keeper("registrar-1", "registrar"))
    assert "Nothing smaller is registered here" in text_of(client.get("/registers/"))
    assert "No unit is registered here" in text_of(client.get("/registers/units/"))
    assert "No place is registered here" in text_of(client.get("/registers/places/"))
    assert "There is no post here" in text_of(client.get("/registers/duty/"))
    assert "Every post has somebody" in text_of(client.get("/registers/gaps/"))
