"""The head of a page and the jurisdiction looked at, from divisions in the database."""

from datetime import date

import psycopg
import pytest
from tests.web.staff import account, signed_in

DIVISIONS = [
    (4500000000000000, 0, None, "广西壮族自治区", "Guangxi", "guangxi", "gx"),
    (4502000000000000, 1, 4500000000000000, "柳州市", "Liuzhou", "liuzhou", "lz"),
    (4502260000000000, 2, 4502000000000000, "三江侗族自治县", "Sanjiang", "sanjiang", "sj"),
    (4502261010000000, 3, 4502260000000000, "林溪镇", "", "linxi", "lx"),
    (4502250000000000, 2, 4502000000000000, "融水苗族自治县", "Rongshui", "rongshui", "rs"),
]


@pytest.fixture
def county(cast, installation):
    insert = (
        "insert into division (id, code, level, parent, name_zh, name_en, pinyin, initials, placeholder, valid_from)"
        " values (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, false, %s)"
    )
    with psycopg.connect(installation.dsn("engine")) as engine:
        for row in DIVISIONS:
            engine.execute(insert, (*row, date(2020, 1, 1)))
    return cast


def test_the_head_names_the_path_in_the_readers_language(county):
    english = signed_in(county.officer, HTTP_ACCEPT_LANGUAGE="en").get("/account/").content.decode()
    chinese = signed_in(county.officer, HTTP_ACCEPT_LANGUAGE="zh-hans").get("/account/").content.decode()
    assert "Liuzhou › " in english
    assert "<strong>Sanjiang</strong>" in english
    assert "<strong>三江侗族自治县</strong>" in chinese
    assert "当班" in chinese


def test_a_jurisdiction_inside_the_own_one_is_found_by_pinyin_and_chosen(county):
    client = signed_in(county.officer, HTTP_ACCEPT_LANGUAGE="zh-hans")
    page = client.post("/jurisdiction/", {"asked": "linxi"}).content.decode()
    assert 'value="450226101"' in page
    client.post("/jurisdiction/", {"code": "450226101"})
    assert "<strong>林溪镇</strong>" in client.get("/account/").content.decode()


def test_a_jurisdiction_beside_or_above_the_own_one_is_neither_offered_nor_accepted(county):
    client = signed_in(county.officer)
    page = client.post("/jurisdiction/", {"asked": "rongshui"}).content.decode()
    assert 'value="450225"' not in page
    assert client.post("/jurisdiction/", {"code": "450225"}).status_code == 403
    assert client.post("/jurisdiction/", {"code": "4502"}).status_code == 403
    assert client.post("/jurisdiction/", {"code": "not a code"}).status_code == 422


def test_a_chosen_jurisdiction_is_left_when_the_right_to_it_is_withdrawn(county):
    client = signed_in(county.officer)
    client.post("/jurisdiction/", {"code": "450226101"})
    county.officer.grants.all().update(jurisdiction=4502250000000000)
    page = client.get("/account/").content.decode()
    assert "林溪镇" not in page


def test_an_account_without_any_grant_has_no_jurisdiction_and_no_places(county):
    page = signed_in(account("nobody-2"), HTTP_ACCEPT_LANGUAGE="en").get("/account/").content.decode()
    assert 'aria-label="Places"' not in page
    assert "No role yet" in page
