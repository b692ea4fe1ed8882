"""The itinerary in a browser: taken down by keyboard alone, axe, phone and desk, the map with WebGL and without."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tests.browsing import patient
from tests.checkins.keeping import announce
from tests.web.staff import account, signed_in
from tests.web.test_look import PHONE, violations, wider_than_the_screen
from tests.web.test_work_look import sign_in_quietly

from epiloop.operations.itineraries import events as e
from epiloop.project.checking import find_chromium
from epiloop.registers.places import events as pl
from epiloop.runtime import present
from epiloop.runtime.requests import By, itineraries
from epiloop.runtime.requests.registering import tell_place

pytestmark = pytest.mark.browser

HERE = 4502261002010000
DESK = {"viewport": {"width": 1280, "height": 900}}
SOFTWARE = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
"""Draws WebGL without a graphics card."""
PLACES = (
    ("农贸市场", "market", (109.6105, 25.7868)),
    ("人民医院", "hospital", (109.6214, 25.7811)),
    ("汽车站", "station", (109.6120, 25.7820)),
)


@pytest.fixture
def investigator(outbreak):
    announce(outbreak.parts, outbreak.at)
    for n, (name, kind, position) in enumerate(PLACES):
        told = pl.PlaceRegistered(kind, HERE, name, f"Place {n}", position=position)
        tell_place(outbreak.parts, By("operator", "register-keeping", f"place-{n}"), None, told)
    return account("investigator-7", "investigator")


@pytest.fixture
def address(outbreak):
    return f"/people/{outbreak.people['case']}/itinerary/"


def tell(outbreak):
    """Two days with a train, two places on the map, a contradiction and gaps."""
    at = datetime(2022, 6, 29, 0, tzinfo=UTC)
    hours = timedelta(hours=1)
    ids = {name: present.running().parts.new_id() for name in ("a", "b", "c", "d", "e")}
    by = By("operator", "case-investigation", "places")
    market, hospital = (itineraries.place_called(present.running(), by, name) for name, *_ in PLACES[:2])
    place, seat = e.StopKind.PLACE, {"carriage": "8", "seat": "12F", "origin": "柳州", "destination": "三江"}
    stops = [
        e.StopTold(ids["a"], e.StopKind.HOUSEHOLD, at - 8 * hours, at),
        e.StopTold(ids["b"], place, at + hours, at + 3 * hours, place=market),
        e.StopTold(ids["c"], e.StopKind.VEHICLE, at + 2.5 * hours, at + 5 * hours, vehicle=e.Vehicle.TRAIN,
                   number="D3981", on=at.date(), **seat),
        e.StopTold(ids["d"], place, at + 6 * hours, at + 7 * hours, place=hospital, precision=e.Precision.ABOUT),
        e.StopTold(ids["e"], place, at + 25 * hours, at + 26 * hours, place=market, basis=e.Basis.CARD),
    ]  # fmt: skip
    by = By("operator", "case-investigation", str(uuid4()))
    itineraries.tell_stops(present.running(), by, UUID(str(outbreak.people["case"])), stops)


@pytest.mark.parametrize(
    "way", [("en-GB", DESK, "dark"), ("zh-CN", PHONE, "light")], ids=["en-desk-dark", "zh-phone-light"]
)
def test_the_page_is_accessible_and_fits_the_screen(investigator, outbreak, site, chromium, address, tmp_path, way):
    tell(outbreak)
    language, size, scheme = way
    context = chromium.new_context(locale=language, color_scheme=scheme, bypass_csp=True, **size)
    page = context.new_page()
    sign_in_quietly(page, site, investigator)
    page.goto(site + address)
    page.locator(".map-none, [data-drawn]").first.wait_for()
    stop = page.locator(".stops a").first.get_attribute("href")
    for path in (address, stop, "/itineraries/import/"):
        assert page.goto(site + path).status == 200
        assert violations(page) == [], path
        assert wider_than_the_screen(page) <= 0, path
        page.screenshot(path=tmp_path / f"{path.strip('/').replace('/', '-')[-20:]}.png", full_page=True)
    page.goto(site + address)
    page.locator("input[name=stop]").first.check()
    page.locator("form[action$='publication/'] button").click()
    assert page.locator("section[lang=zh-Hans]").inner_text().count("农贸市场") == 1
    assert violations(page) == []
    context.close()


def test_a_day_is_taken_down_by_keyboard_alone(investigator, outbreak, site, chromium, address, tmp_path):
    context = chromium.new_context(locale="en-GB", **DESK)
    page = context.new_page()
    sign_in_quietly(page, site, investigator)
    page.goto(f"{site}{address}?day=2022-06-30")
    for begins, ends, kind, what in (
        ("", "0730", "At home", ""),
        (None, "9", "Registered place", "Place 0"),
        (None, "1015", "Train", "D3981"),
        (None, "24", "At home", ""),
    ):
        page.locator("#id_begins").focus()
        if begins is not None:
            page.keyboard.type(begins)
        for typed in (ends, kind, what):
            page.keyboard.press("Tab")
            page.keyboard.type(typed)
        with page.expect_navigation():  # the page before may say that its stop is recorded, too
            page.keyboard.press("Enter")
        page.get_by_text("The stop is recorded.").wait_for()
    day = page.locator(".day-of", has=page.locator("#day-2022-06-30"))
    lines = [text.split("\t")[:2] for text in day.locator("tbody tr").all_inner_texts()]
    assert [line[0][:13] for line in lines] == ["00:00 – 07:30", "07:30 – 09:00", "09:00 – 10:15", "10:15 – 24:00"]
    for word, line in zip(("At home", "Place 0", "Train D3981", "At home"), lines, strict=True):
        assert word in line[1]
    assert (page.locator("#id_day").input_value(), page.locator("#id_begins").input_value()) == ("2022-07-01", "00:00")
    assert day.locator(".day-bar rect").count() == 4
    page.screenshot(path=tmp_path / "day.png", full_page=True)
    context.close()


def test_the_map_is_drawn_under_the_pages_own_policy(investigator, outbreak, site, chromium, address, tmp_path):
    tell(outbreak)
    browser = chromium.browser_type.launch(executable_path=str(find_chromium()), args=SOFTWARE)
    try:
        page = patient(browser.new_context(locale="zh-CN", **DESK)).new_page()
        wrong = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        sign_in_quietly(page, site, investigator)
        page.goto(site + address)
        page.locator("[data-drawn=yes]").wait_for()
        marks = page.locator(".map-mark").all_inner_texts()
        assert [mark.replace("\n", " ") for mark in marks] == ["1, 3 农贸市场", "2 人民医院"]
        assert page.locator(".map-degree").count() > 3
        assert {*page.locator(".map-leg").all_inner_texts()} == {"1.3 公里"}
        assert page.locator(".map-north").inner_text() == "北 ↑"
        assert page.locator(".map-words .map-place").all_inner_texts() == ["汽车站"]
        assert page.locator(".stops .map-number").all_inner_texts() == ["1", "2", "3"]
        page.locator(".route-map").screenshot(path=tmp_path / "map.png")
        page.screenshot(path=tmp_path / "page.png", full_page=True)
        assert [text for text in wrong if "favicon" not in text] == []
    finally:
        browser.close()


def test_without_webgl_or_scripts_the_table_says_everything(investigator, outbreak, site, chromium, address):
    tell(outbreak)
    for scripts in (True, False):
        context = chromium.new_context(locale="en-GB", java_script_enabled=scripts, **DESK)
        page = context.new_page()
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        client = signed_in(investigator)
        context.add_cookies([{"name": "epiloop", "value": client.cookies["epiloop"].value, "url": site}])
        page.goto(site + address)
        if scripts:
            page.get_by_text("No map here").wait_for()
        assert page.locator(".stops tr:not(.gap) .first").count() >= 5
        assert "Train D3981" in page.locator("#days").inner_text()
        context.close()
