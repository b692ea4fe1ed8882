"""A key service that hangs, or whose database does: pages come, say what is closed, and lose nothing that was typed."""

import html
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from tests.project.running import wait_for
from tests.web.outbreak import START
from tests.web.staff import account, signed_in
from tests.web.stopping import hung, hurry
from tests.web.test_assistance_pages import asked, both, far_investigator, incoming
from tests.web.test_own_page import letter, opened

from epiloop.runtime import present
from epiloop.runtime.clock import keep_books, tick
from epiloop.runtime.requests.assistance import posting

__all__ = ["both"]

WAIT, PATIENT = 2.0, 60.0
"""Seconds that pages of these tests wait for an answer while none comes, and while it may be slow to come."""

CLOSED = "The key service does not answer. Names, notes, itineraries"
CLOSED_ZH = "密钥服务没有响应：姓名、备注、行程和密接查找暂时不能打开"


@pytest.fixture
def who(cast, outbreak):
    outbreak.at = START + timedelta(hours=3)
    return signed_in(account("investigator-7", "investigator"), HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def contact(outbreak):
    return f"/people/{outbreak.people['contact']}/"


@pytest.fixture
def hurried(outbreak, installation):
    hurry(installation, PATIENT)
    return installation


@contextmanager
def away(installation, server):
    """The server hangs inside the block, until what is given is called, which waits for it to be heard again."""
    hurry(installation, WAIT)

    def back():
        go_on()
        wait_for(lambda: not present.running().keys_away(), "the key service to be heard again")
        hurry(installation, PATIENT)

    with hung(installation, server) as go_on:
        yield back


def text(answer):
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("server", ["keyservice", "vault"])
def test_one_waits_and_all_others_are_told_at_once_until_it_goes_on(hurried, who, contact, site, server):
    sent = {"Cookie": f"epiloop={who.cookies['epiloop'].value}", "Accept-Language": "en"}
    pages = ["/board/", "/people/", contact, "/duties/", "/cases/", "/traces/", "/people/search/"]
    with away(hurried, server) as back:
        began = time.monotonic()
        answer = who.post("/people/search/", {"text": "欧阳 晓晨"})
        assert answer.status_code == 422
        assert "does not answer in time" in text(answer)
        assert 'value="欧阳 晓晨"' in text(answer)
        assert time.monotonic() - began >= WAIT
        began = time.monotonic()
        for _ in range(25):  # fifty seconds, if each of them waited
            assert "does not answer; nothing was read or changed" in text(who.post("/people/search/", {"text": "李"}))
        with ThreadPoolExecutor(4) as readers:
            shown = list(readers.map(lambda page: urlopen(Request(site + page, headers=sent)).read().decode(), pages))
        assert time.monotonic() - began < 25 * WAIT
        assert all(CLOSED in page for page in shown)
        who.post("/language/", {"language": "zh-hans"})
        assert CLOSED_ZH in text(who.get("/board/"))
        assert present.running().keys_away()
        back()
    assert CLOSED_ZH not in text(who.get("/board/"))
    assert who.post("/people/search/", {"text": "欧阳 晓晨"}).status_code == 200


def test_what_was_typed_comes_back_and_is_recorded_once(hurried, who, contact, outbreak):
    case, noted = outbreak.people["case"], {"key": str(uuid4()), "seen": "yes", "note": "seen at the door"}
    stop = {"key": str(uuid4()), "day": "2022-06-30", "begins": "8:30", "ends": "9", "kind": "home"}
    earlier = {"key": str(uuid4()), "day": "2022-06-30", "begins": "7", "ends": "8", "kind": "home"}
    assert who.post(f"/people/{case}/itinerary/", earlier).status_code == 302
    with away(hurried, "keyservice") as back:
        form = who.post(f"{contact}record/visit/", noted)
        assert form.status_code == 422
        assert "seen at the door" in text(form)
        kept = who.post(f"/people/{case}/itinerary/", stop)
        assert kept.status_code == 503
        assert "What you sent is kept on this page." in text(kept)
        sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text(kept)))
        assert {name: sent[name] for name in stop} == stop
        back()
    for _ in range(2):
        assert who.post(f"{contact}record/visit/", noted).status_code == 302
        assert who.post(f"/people/{case}/itinerary/", sent).status_code == 302
    with outbreak.parts.pool.connection() as connection:
        kinds = connection.execute("select kind from event where kind in ('visited', 'stop-told')").fetchall()
    assert sorted(kinds) == [("stop-told",), ("stop-told",), ("visited",)]


def test_what_needs_no_names_is_done_meanwhile(hurried, who, contact, outbreak):
    with away(hurried, "keyservice"):
        plain = who.post(f"{contact}record/visit/", {"key": str(uuid4()), "seen": "no"})
        assert plain.status_code == 302
        outbreak.at = START + timedelta(days=2)
        began = time.monotonic()
        assert tick(present.parts())
        while tick(present.parts()):
            pass
        keep_books(present.parts())
        assert time.monotonic() - began < 60
        assert not present.running().keys_away()


def test_a_request_of_another_county_is_received_and_answered_without_what_is_sealed_of_it(hurried, who, both):
    asked(who, both, "whereabouts")
    assert posting.send_waiting(present.running()) == 1
    far = far_investigator()
    one = incoming(far)
    with away(hurried, "keyservice"):
        shown = far.get(one)
        assert shown.status_code == 200
        assert "cannot be opened just now" in text(shown)
        assert "Disease control 0772-2620001" in re.sub(r"<[^>]+>", "", text(shown))
        assert far.post(f"{one}receive/", {"key": "r"}).status_code == 302
        assert "Show who it is" not in text(far.get(one))
        noted = far.post(
            f"{one}answer/",
            {"key": "a", "number": "1", "result": "elsewhere", "where": "320412", "note": "moved in May"},
        )
        assert noted.status_code == 422
        assert "moved in May" in text(noted)
        assert (
            far.post(f"{one}answer/", {"key": "b", "number": "1", "result": "elsewhere", "where": "320412"}).status_code
            == 302
        )
    assert "answered" in text(far.get(one))


def test_everybody_sees_what_holds_for_them_even_so(hurried, who, outbreak):
    reader, _ = opened(letter(who, outbreak.people["contact"]))
    with away(hurried, "keyservice"):
        page = reader.get("/own/page/")
    assert page.status_code == 200
    assert "Home" in text(page) or "isolation" in text(page)
    assert "This cannot be read just now." in text(page)
