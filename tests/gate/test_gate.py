"""The gate as phones meet it: names first, taken once, sealed before it is answered, nothing told and nothing kept."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.checkins import keeping
from tests.gate.asking import CANARY, Door, Phone
from tests.project.running import wait_for

from epiloop.gate.signs import Signs
from epiloop.operations.checkins import visits
from epiloop.operations.checkins.events import Ending, VenueCodeEnded
from epiloop.operations.checkins.inbox import Batch
from epiloop.operations.checkins.visits import Spot, Visitor, What
from epiloop.runtime.requests import By, doors, venue_codes
from epiloop.vault.reach import Reach, ReachKind, reach_of
from epiloop.vault.visits import Kind, Said

VISIT = UUID(int=7)


@pytest.fixture
def inside(live, days):
    def opened() -> list[Said]:
        with live.parts.pool.connection() as connection:
            return keeping.opened(connection, days)

    return opened


def test_the_name_of_the_place_is_shown_before_anything_is_confirmed(phone: Phone, door: Door, inside):
    answer = phone.ask("POST", "/C/place", door.address.encode())
    told = answer.json
    assert (told["name_zh"], told["name_en"], told["kind"]) == ("农贸市场", "Market", "market")
    assert datetime.fromisoformat(told["until"]) > datetime.now(UTC) + timedelta(minutes=30)
    assert answer.headers["cache-control"] == "no-store"
    assert inside() == []


def test_foreign_altered_and_ended_codes_are_refused(phone: Phone, door: Door, live, inside):
    """PRIVACY R24."""
    code = door.address.rpartition("#")[2]
    middle = code[: len(code) // 2] + ("A" if code[len(code) // 2] != "A" else "B") + code[len(code) // 2 + 1 :]
    for wrong in (code[:-3] + "AAA", middle, "", "https://x.example/C/#", "A" * 300):
        assert phone.ask("POST", "/C/place", wrong.encode()).status in (409, 422)
        answer = phone.send(phone.came(VISIT, code=wrong))
        assert answer.status in (409, 422)
        assert answer.json["visits"] == [str(VISIT)]
    told = VenueCodeEnded(door.zone, 1, datetime.now(UTC), Ending.COPIED)
    venue_codes.end(live.parts, By("operator", "register-keeping", "end"), door.place, told)
    before = phone.came(at=datetime.now(UTC) - timedelta(minutes=1))
    wait_for(lambda: phone.send(phone.came()).status == 409, "the end of the code to be known")
    assert "newer poster" in phone.send(phone.came()).json["detail"]
    count = len(inside())
    late = phone.send(before)
    assert late.status == 200, "who scanned it before the end is not refused for having no signal"
    assert late.json["signs"] == {}, "but passes no guard with a code that went around"
    assert len(inside()) == count + 1


def test_a_batch_is_taken_once_however_often_it_is_sent(phone: Phone, inside):
    came = phone.came(VISIT)
    both = came, phone.left(came)
    first, second = (phone.send(*both, batch=UUID(int=1)).json for _ in range(2))
    assert first["batch"] == second["batch"] == str(UUID(int=1))
    assert first["taken"] == second["taken"] == 2
    said = inside()
    assert [one.kind for one in said] == [Kind.IN, Kind.OUT]
    assert {reach_of(one.person) for one in said} == {Reach(ReachKind.PHONE, CANARY)}


def test_the_screen_shows_what_the_guards_does(phone: Phone, door: Door, live):
    signs = phone.send(phone.came(VISIT)).json["signs"][str(VISIT)]
    guards = {(guard.colour, guard.digits) for guard in doors.guards_signs(live, door.place, door.zone)}
    assert len(signs) == 10
    assert (signs[0]["colour"], signs[0]["digits"]) in guards
    phone.language = "zh-CN"
    [sign, *_] = phone.send(phone.came(VISIT)).json["signs"][str(VISIT)]
    assert not sign["word"].isascii()


def test_nobody_passes_a_guard_with_what_they_say_of_yesterday_or_of_a_code_that_ended():
    hall, at = Spot(UUID(int=1), "hall", "market", 4502261000000000), datetime.now(UTC)
    told = [
        visits.Said(UUID(int=n), What.CAME, hall, at - timedelta(hours=hours), Visitor(phone=CANARY))
        for n, hours in enumerate((0, 23, 25))
    ]
    for holding, passing in (({hall}, {UUID(int=0), UUID(int=1)}), (set(), set())):
        said = json.loads(Signs(b"a secret").answer(Batch(VISIT, tuple(told)), holding, at, "en", str))
        assert {UUID(one) for one in said["signs"]} == passing


def test_what_cannot_be_is_refused_whole_and_the_visitor_is_in_no_answer(phone: Phone, inside):
    good, way = phone.came(), {**phone.came(VISIT), "way": "card"}
    later = phone.came(VISIT, at=datetime.now(UTC) + timedelta(days=30))
    for wrong in ([good, {**phone.came(), "visit": "x"}], [good, way], [good, later], [{**good, "status": "green"}]):
        answer = phone.send(*wrong)
        assert answer.status in (409, 422)
        assert CANARY not in answer.body.decode()
    assert phone.send(good, later).json["visits"] == [str(VISIT)]
    for body in (b"{", b"[]", b"", b"x" * (3 * 1024 * 1024), json.dumps({"id": "1", "said": []}).encode()):
        assert phone.ask("POST", "/C/said", body).status == 422
    assert inside() == []


def test_only_what_there_is_answers_and_under_strict_rules(phone: Phone):
    assert phone.ask("GET", "/healthz").body == b"ok\n"
    assert phone.ask("GET", "/C").headers["location"] == "/C/"
    assert phone.ask("PUT", "/C/said").status == 405
    assert phone.ask("POST", "/C/other").status == 405
    for path in ("/C/said", "/C/../app.py", "/C/%2e%2e/app.py", "/accounts/"):
        answer = phone.ask("GET", path)
        assert answer.status == 404
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "geolocation=()" in answer.headers["permissions-policy"]
