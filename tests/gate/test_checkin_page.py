"""The check-in page at phone size and a real gate: what was said arrives once, and the phone keeps nothing of it."""

import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import segno
from tests.browsing import violations, with_axe
from tests.checkins import keeping
from tests.gate.asking import CANARY, Door
from tests.gate.conftest import door_of

from epiloop.operations.checkins.fresh import place_key, sign_at
from epiloop.project.checkin_page import PAGES
from epiloop.registers.places import events as pl
from epiloop.runtime.requests import By
from epiloop.runtime.requests.registering import tell_place
from epiloop.vault.reach import Reach, ReachKind, reach_of
from epiloop.vault.visits import Kind

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (PAGES / "sw.js").exists(), reason="the check-in page is not built: ./epiloop build"),
]
LONG = "三江侗族自治县老堡乡塘库村民族风情旅游接待服务中心"
SMALL = """[...document.querySelectorAll("button, label.button, summary, input[type=tel], .check")]
    .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"""
KEPT = """(store) => new Promise((told) => {
    const asked = indexedDB.open("epiloop-checkin");
    asked.onsuccess = () => {
        const all = asked.result.transaction(store).objectStore(store).getAll();
        all.onsuccess = () => told(all.result);
    };
})"""


@pytest.fixture
def inside(live, days):
    """What lies in the inbox, opened as the key service opens it."""

    def opened():
        with live.parts.pool.connection() as connection:
            return keeping.opened(connection, days)

    return opened


@pytest.fixture
def open_phone(chromium, gate_port, door: Door):
    """A phone of some language at the gate's page; the gate is on this machine, so that browsers trust it."""
    opened = []

    def make(language: str = "zh-CN"):
        size = {"width": 375, "height": 667}
        context = chromium.new_context(locale=language, viewport=size, is_mobile=True, has_touch=True)
        opened.append(with_axe(context))
        page = context.new_page()
        page.goto(f"http://localhost:{gate_port}/C/")
        page.locator("h1[tabindex]").wait_for()
        return page

    yield make
    for context in opened:
        context.close()


def looked_at(page, out: Path, name: str) -> None:
    """In both schemes: axe finds nothing, nothing is wider than the screen or smaller than a thumb."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], f"{name} {scheme}"
        page.screenshot(path=out / f"{name}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    assert page.evaluate(SMALL) == [], name


def picture(address: str) -> dict[str, object]:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="png", scale=5, border=12)
    return {"name": "door.png", "mimeType": "image/png", "buffer": out.getvalue()}


def scan(page, address: str) -> None:
    """As if the phone's own scanner had opened the page's address with this code."""
    page.evaluate("(code) => { location.hash = code }", code_of(address))


def code_of(address: str) -> str:
    return address.rpartition("#")[2]


def check_in(page) -> None:
    page.locator("#phone").fill(CANARY)
    page.locator("form .main:enabled").click()
    page.locator(".sign").wait_for()


def tapped_twice(button) -> None:
    """Before anything could come of the first tap."""
    button.evaluate("one => { one.click(); one.click(); }")


def test_scanned_from_a_picture_named_confirmed_extended_and_left(open_phone, door, inside, live, tmp_path):
    page = open_phone("zh-CN")
    looked_at(page, tmp_path, "home")
    page.set_input_files("#picture", picture(door.address))
    page.locator("form .main:enabled").wait_for()
    assert page.locator(".place").inner_text() == "农贸市场"
    looked_at(page, tmp_path, "confirm")
    page.locator("form .main").click()
    page.locator("#phone-wrong:not(:empty)").wait_for()  # a number is asked for in words
    assert inside() == [], "nothing is sent before the names were confirmed"
    check_in(page)
    page.locator(".sign:not(.none)").wait_for()
    shown = page.locator(".sign .word strong").inner_text()
    key, now = place_key(live.stamp, door.place), datetime.now(UTC)
    assert any(shown.endswith(sign_at(key, door.zone, now - timedelta(seconds=ago)).digits) for ago in (0, 30, 60))
    looked_at(page, tmp_path, "visit")
    tapped_twice(page.get_by_role("button", name="＋1 小时"))
    page.locator(".note.done").wait_for()
    assert page.locator(".sign:not(.none)").count() == 1
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Check out").wait_for()
    looked_at(page, tmp_path, "visit-en")
    tapped_twice(page.get_by_role("button", name="Check out"))
    page.get_by_text("The visit is sent").wait_for()
    looked_at(page, tmp_path, "left-en")
    said = inside()
    assert Counter(one.kind for one in said) == {Kind.IN: 1, Kind.EXTEND: 1, Kind.OUT: 1}
    assert len({one.visit for one in said}) == 1
    assert {reach_of(one.person) for one in said} == {Reach(ReachKind.PHONE, CANARY)}
    assert [page.evaluate(KEPT, store) for store in ("visits", "queue")] == [[], []]
    assert page.context.cookies() == []


def test_what_was_said_offline_or_to_a_gate_that_went_away_arrives_once(open_phone, door, inside, tmp_path):
    page = open_phone("en-GB")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.keys().then((names) => names.length > 0)")
    page.locator("summary").click()
    page.context.set_offline(True)
    page.get_by_text("No connection.").wait_for()
    assert page.locator("details[open]").count() == 1, "what is read stays open when the page is drawn again"
    scan(page, door.address)
    page.locator("form .main:enabled").wait_for()
    assert page.locator(".place").inner_text() == "Market", "the code itself says the name"
    check_in(page)
    page.reload()
    page.get_by_text("Not sent yet: 1.").wait_for()
    looked_at(page, tmp_path, "offline")
    page.get_by_role("button", name="Check out").click()
    page.get_by_text("Not sent yet: 2.").wait_for()
    # A browser that is said to be offline may let one message out while it loads a page; the answer is lost then.
    assert [one.kind for one in inside()] in ([], [Kind.IN])

    lost = []

    def lose(route) -> None:
        """The gate took it, and its answer is lost: for the phone it never arrived."""
        route.fetch()
        lost.append(route.request.post_data)
        route.abort()

    page.route("**/C/said", lose, times=1)
    page.context.set_offline(False)
    page.get_by_text("The visit is sent").wait_for()
    assert len(lost) == 1
    assert [one.kind for one in inside()] == [Kind.IN, Kind.OUT]
    assert page.evaluate(KEPT, "queue") == []


def test_checking_in_elsewhere_checks_out_here(open_phone, live, days, door, inside):
    page = open_phone("en-GB")
    scan(page, door.address)
    check_in(page)
    page.locator(".sign:not(.none)").wait_for()
    scan(page, door_of(live, "fish").address)
    page.locator("form .main:enabled").wait_for()
    check_in(page)
    page.locator(".sign:not(.none)").wait_for()
    page.wait_for_function(f"({KEPT})('queue').then((waits) => waits.length === 0)")
    said = inside()
    assert [one.kind for one in said] == [Kind.IN, Kind.OUT, Kind.IN]
    assert said[0].visit == said[1].visit != said[2].visit
    assert [UUID(one["visit"]).bytes for one in page.evaluate(KEPT, "visits")] == [said[2].visit]


def test_whoever_checked_out_in_another_window_says_nothing_more_of_that_visit(open_phone, door, inside):
    page = open_phone("en-GB")
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ location.hash = '{code_of(door.address)}' }})")
    page.reload()  # the code comes while the page is still opening
    page.locator("form .main:enabled").wait_for()
    check_in(page)
    page.locator(".sign:not(.none)").wait_for()
    other = page.context.new_page()
    other.goto(page.url)
    for window in (other, page):
        window.get_by_role("button", name="Check out").click()
        window.get_by_text("The visit is sent").wait_for()
    assert [page.evaluate(KEPT, store) for store in ("visits", "queue")] == [[], []]
    assert [one.kind for one in inside()] == [Kind.IN, Kind.OUT]


def test_an_altered_code_is_refused_before_and_after_and_said_so(open_phone, door, inside, tmp_path):
    """PRIVACY R24."""
    page = open_phone("en-GB")
    altered = door.address[:-9] + ("A" if door.address[-9] != "A" else "B") + door.address[-8:]
    scan(page, altered)
    page.get_by_text("Do not check in with this code").wait_for()
    assert page.locator("form").count() == 0
    looked_at(page, tmp_path, "refused-en")
    page.context.set_offline(True)
    scan(page, altered + "#" + altered.rpartition("#")[2])
    check_in(page)
    page.context.set_offline(False)
    page.get_by_role("heading", name="Not taken").wait_for()
    looked_at(page, tmp_path, "not-taken-en")
    assert inside() == []
    page.set_input_files("#picture", picture("https://other.example/pay?account=7"))
    page.get_by_text("This is not a code of a place").wait_for()


def test_a_phone_left_at_home_says_nothing(open_phone, door, live, tmp_path):
    named = pl.PlaceChanged(name_zh=LONG, name_en="Visitor Centre of Laobao, Sanjiang Dong Autonomous County")
    around = (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(hours=hours) for hours in (-3, 3))
    opens, closes = (at.strftime("%H:%M") for at in around)  # past midnight, too
    hours = tuple((str(day), opens, closes) for day in range(1, 8))
    for key, told in (("long", named), ("hours", pl.HoursSet(hours))):
        tell_place(live.parts, By("operator", "register-keeping", key), door.place, told)
    page = open_phone("zh-CN")
    page.clock.install(time=datetime.now(UTC) + timedelta(minutes=20))
    page.reload()
    page.locator("h1[tabindex]").wait_for()
    scan(page, door.address)
    page.locator("#remember").check()
    check_in(page)
    page.locator(".sign:not(.none)").wait_for()
    assert page.locator(".place").inner_text() == LONG, "the whole name, from the register"
    assert page.get_by_text("快了 20 分钟").is_visible(), "a wrong clock is told, and the sign is right all the same"
    looked_at(page, tmp_path, "long")
    page.get_by_role("button", name="到关门").click()
    page.locator(".note.done").wait_for()
    page.clock.fast_forward("24:01:00")
    page.wait_for_function(f"({KEPT})('visits').then((kept) => kept.length === 0)")
    page.reload()
    page.locator("summary").click()
    page.get_by_text(CANARY).wait_for()  # remembered as its owner wanted
    looked_at(page, tmp_path, "keeps")
    page.locator("details button").click()
    page.get_by_role("alert").get_by_role("paragraph").wait_for()
    assert CANARY not in page.evaluate("JSON.stringify({...localStorage})")
