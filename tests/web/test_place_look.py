"""The page of a place in a browser: axe, both languages, phone and desk; its posters come down and are read."""

import pytest
from tests.checkins import reading_paper as paper
from tests.web.keepers import keeper
from tests.web.test_keeping_look import ROLES, language_of, open_page, way  # noqa: F401 - fixtures
from tests.web.test_look import violations, wider_than_the_screen
from tests.web.test_work_look import sign_in_quietly

from epiloop.registers.places import events as pl
from epiloop.runtime.requests import By
from epiloop.runtime.requests.registering import tell_place

pytestmark = pytest.mark.browser
LONG = "三江侗族自治县老堡乡塘库村民族风情旅游接待服务中心"


def told(outbreak, key: str, place, body):
    return tell_place(outbreak.parts, By("operator", "register-keeping", key), place, body)


def test_a_place_is_accessible_fits_the_screen_and_prints(outbreak, site, open_page, way, tmp_path):  # noqa: F811
    from uuid import UUID

    hours = (("1", "08:00", "18:00"), ("2", "08:00", "18:00"))
    new = pl.PlaceRegistered("scenic-area", 4502261000000000, LONG, hours=hours, capacity=900)
    place = UUID(str(told(outbreak, "new", None, new).result["place"]))
    for n in range(3):
        told(outbreak, f"zone{n}", place, pl.ZoneSet(f"hall-{n}", "hall", f"第{n}接待大厅", f"Reception hall {n}", 300))
    account = keeper("keeper-1", *ROLES)
    language_of(account, way)
    page = open_page(way)
    sign_in_quietly(page, site, account)
    page.goto(f"{site}/registers/places/{place}/")
    with page.expect_download() as coming:
        page.locator("button[value=A4]").click()
    pdf = tmp_path / "posters.pdf"
    coming.value.save_as(pdf)
    assert len([text for texts in paper.codes(pdf.read_bytes()) for text in texts]) == 3
    for path in ("", "zone/", "hours/", "rotate/", "end-code/?number=1&word=hall-1"):
        page.goto(f"{site}/registers/places/{place}/{path}")
        assert violations(page) == [], path
        assert wider_than_the_screen(page) <= 0, path
    page.goto(f"{site}/registers/places/{place}/")
    page.screenshot(path=tmp_path / "place.png", full_page=True)
