"""Doors of places: visitors entered by staff, the guard's screen, and doors that are not watched well."""

import re
from dataclasses import replace
from datetime import UTC, timedelta
from uuid import UUID

import pytest
from tests.web.keepers import english, keeper, text_of
from tests.web.staff import signed_in

from epiloop.operations.checkins.coverage import HOUR, WEEK
from epiloop.operations.checkins.inbox import MemoryInbox
from epiloop.operations.checkins.short import short_code, spoken
from epiloop.operations.checkins.visits import Visitor, Way, What
from epiloop.registers.places import events as pl
from epiloop.runtime import present
from epiloop.runtime.requests import By
from epiloop.runtime.requests.doors import guards_signs
from epiloop.runtime.requests.registering import tell_place
from epiloop.runtime.requests.venue_codes import issue_missing

TOWN = 4502261000000000
LONG = "三江侗族自治县老堡乡塘库村民族风情旅游接待服务中心"
CANARY = "10899990001"


@pytest.fixture
def inbox(outbreak):
    """The running parts with an inbox in memory."""
    made = replace(present.running(), inbox=MemoryInbox())
    present.install(lambda: made)
    return made.inbox


@pytest.fixture
def place(outbreak, inbox) -> UUID:
    told = pl.PlaceRegistered("market", TOWN, LONG, "Market", zones=("meat", "gate"))
    done = tell_place(outbreak.parts, By("operator", "register-keeping", "new"), None, told)
    return UUID(str(done.result["place"]))


def recorded(outbreak, place, zone: str, begins, n: int) -> None:
    with outbreak.parts.pool.connection() as connection:
        row = (place, zone, begins, "phone", TOWN, n)
        connection.execute("insert into checkin_count values (%s, %s, %s, %s, %s, %s)", row)


def typed(at) -> str:
    from django.utils import timezone

    return at.astimezone(timezone.get_default_timezone()).strftime("%Y-%m-%dT%H:%M")


def a_visit(**more) -> dict[str, str]:
    came = typed(present.now() - timedelta(hours=1))
    return {"key": "k1", "zone": "meat", "by": "phone", "number": CANARY, "came": came, **more}


def test_staff_enter_who_has_no_phone_once_however_often_the_form_is_sent(cast, inbox, place):
    client = signed_in(cast.worker)
    doors = client.get("/checkins/enter/").content.decode()
    assert LONG in doors
    assert f'href="/checkins/guard/{place}/"' in doors
    assert "/checkins/coverage/" not in doors, "who may not see the hours is not sent to them"
    until = typed(present.now() + timedelta(hours=1))
    sent = a_visit(by="document", number="R-1234567", until=until)
    for _ in range(2):
        assert client.post(f"/checkins/enter/{place}/", sent).status_code == 302
    assert [(one.what, one.way, one.spot.zone) for one in inbox.said] == [
        (What.CAME, Way.STAFF, "meat"),
        (What.STAYING, Way.STAFF, "meat"),
    ]
    assert inbox.said[0].visitor == Visitor(document="R-1234567")
    assert client.post(f"/checkins/enter/{place}/", a_visit(key="k2", by="card", number="card-7")).status_code == 302
    assert inbox.said[-1].way is Way.CARD


def test_who_stands_at_the_door_has_come_just_now_and_the_next_is_known_the_same_way(cast, inbox, place):
    client = signed_in(cast.worker)
    before = present.now()
    answer = client.post(f"/checkins/enter/{place}/", a_visit(by="card", number="card-7", came=""))
    assert before <= inbox.said[0].came <= present.now()
    page = client.get(answer.headers["Location"]).content.decode()
    assert '<option value="card" selected>' in page
    assert '<option value="meat" selected>' in page
    assert "<details>" in page, "times are asked of nobody who comes now"


def test_the_short_code_of_a_poster_opens_its_door(cast, inbox, place, outbreak):
    assert issue_missing(outbreak.parts, By("operator", "register-keeping", "codes"), [place]) == 2
    typed_in = spoken(short_code(place, "gate", 1)).lower().replace("-", " ")
    answer = signed_in(cast.worker).get("/checkins/enter/", {"q": typed_in})
    assert answer.headers["Location"] == f"/checkins/enter/{place}/?zone=gate"


@pytest.mark.parametrize(
    "wrong",
    [
        {"came": "2031-01-01T10:00"},
        {"left": "2001-01-01T10:00"},
        {"number": ""},
        {"zone": "no-such"},
        {"left": "both", "until": "both"},
    ],
)
def test_what_cannot_be_is_not_entered_and_what_was_typed_stays(cast, inbox, place, wrong):
    now = typed(present.now())
    wrong = {name: now if value == "both" else value for name, value in wrong.items()}
    answer = signed_in(cast.worker).post(f"/checkins/enter/{place}/", a_visit(**wrong))
    assert answer.status_code == 422
    assert wrong.get("number", CANARY) in answer.content.decode()
    assert inbox.said == []


def test_a_place_with_one_door_does_not_ask_for_it(cast, inbox, outbreak):
    told = pl.PlaceRegistered("factory", TOWN, "车间", zones=("workshop",))
    done = tell_place(outbreak.parts, By("operator", "register-keeping", "one"), None, told)
    client = signed_in(cast.worker, HTTP_ACCEPT_LANGUAGE="zh-hans")
    page = client.get(f"/checkins/enter/{done.result['place']}/").content.decode()
    assert re.search(r'<input type="hidden" name="zone" value="workshop"', page)
    guard = client.get(f"/checkins/guard/{done.result['place']}/").content.decode()
    assert "<h1>车间" in guard, "a zone without a name is called what it is, in the reader's language"


def test_nobody_enters_without_the_right_or_elsewhere(cast, inbox, place, outbreak):
    assert signed_in(cast.outsider).get(f"/checkins/guard/{place}/").status_code == 403
    far = pl.PlaceRegistered("market", 3301020000000000, "别处")
    other = tell_place(outbreak.parts, By("operator", "register-keeping", "far"), None, far).result["place"]
    client = signed_in(cast.worker)
    assert client.post(f"/checkins/enter/{other}/", a_visit()).status_code == 404
    assert inbox.said == []


def test_the_guard_sees_what_phones_show_in_both_languages(cast, place):
    page = signed_in(cast.worker).get(f"/checkins/guard/{place}/sign/?zone=gate").content.decode()
    now, before = guards_signs(present.running(), place, "gate")
    assert now.digits in page
    assert before.digits in page
    assert now.word in page, "the English word stands beside the Chinese one"
    assert re.search(r"delay:(\d+)ms", page)


def test_a_door_that_nobody_watched_is_listed_with_whose_it_is_until_somebody_counts(outbreak, place):
    begins = present.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0) - HOUR
    for week in range(1, 5):
        recorded(outbreak, place, "meat", begins - week * WEEK, 80)
        recorded(outbreak, place, "gate", begins - week * WEEK, 80)
    recorded(outbreak, place, "gate", begins, 75)
    client = english(keeper("keeper-1", "registrar"))
    said = text_of(client.get("/checkins/coverage/"))
    assert "nobody recorded" in said
    assert "no unit answers for it" in said
    assert said.count("Market") == 1, "the gate is watched"
    assert {"as expected", "nobody recorded"} <= set(
        re.findall(r"as expected|nobody recorded", text_of(client.get(f"/checkins/coverage/{place}/")))
    )
    count = {"key": "c", "zone": "meat", "since": typed(begins), "until": typed(begins + HOUR), "people": "3"}
    assert client.post(f"/checkins/coverage/{place}/count/", count).status_code == 302
    assert "No door is thin or unwatched" in text_of(client.get("/checkins/coverage/"))
    late = {**count, "key": "d", "until": typed(present.now() + timedelta(hours=2))}
    assert client.post(f"/checkins/coverage/{place}/count/", late).status_code == 422


@pytest.mark.browser
def test_the_pages_of_doors_are_accessible_and_the_sign_changes_by_itself(outbreak, site, chromium, place, tmp_path):
    from tests.web.test_keeping_look import language_of
    from tests.web.test_look import WAYS, violations, wider_than_the_screen
    from tests.web.test_work_look import sign_in_quietly

    begins = present.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0) - HOUR
    for week in range(1, 5):
        recorded(outbreak, place, "meat", begins - week * WEEK, 80)
    account = keeper("keeper-1", "registrar")
    for number, way in enumerate(WAYS[1::2]):
        language, size, scheme = way
        language_of(account, way)
        context = chromium.new_context(locale=language, color_scheme=scheme, bypass_csp=True, **size)
        page = context.new_page()
        sign_in_quietly(page, site, account)
        for path in (
            "enter/",
            f"enter/{place}/",
            f"guard/{place}/",
            "coverage/",
            f"coverage/{place}/",
            f"coverage/{place}/count/",
        ):
            page.goto(f"{site}/checkins/{path}")
            assert violations(page) == [], path
            assert wider_than_the_screen(page) <= 0, path
            page.screenshot(path=tmp_path / f"{number}-{path.strip('/').replace('/', '-')}.png", full_page=True)
        context.close()
    page = chromium.new_context(**WAYS[0][1]).new_page()
    page.clock.install()
    sign_in_quietly(page, site, account)
    page.goto(f"{site}/checkins/guard/{place}/")
    page.evaluate("document.querySelector('.door-sign').dataset.old = '1'")
    page.clock.fast_forward(31_000)
    page.wait_for_selector(".door-sign:not([data-old])")
