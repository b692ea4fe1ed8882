"""The door that check-ins go through, with the inbox's twin: names first, taken once, nothing kept, nothing told."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client, override_settings

from epiloop.core.errors import Unavailable
from epiloop.ledger.events import to_json
from epiloop.operations.checkins.inbox import MemoryInbox
from epiloop.operations.checkins.visits import Came, Left
from epiloop.papers.posters import Wording
from epiloop.registers.places import events as pl
from epiloop.runtime import present
from epiloop.runtime.requests import By, checkins, venue_codes
from epiloop.runtime.requests.registering import tell_place
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.reading.registers import PlacesAsked

CANARY = "10899990001"


@pytest.fixture
def inbox(outbreak):
    """The running parts with an inbox in memory; as they were afterwards."""
    made = replace(present.running(), inbox=MemoryInbox())
    present.install(lambda: made)
    with override_settings(ROOT_URLCONF="epiloop.web.checkins.urls"):
        yield made.inbox


@pytest.fixture
def code(inbox) -> str:
    running, by = present.running(), By("operator", "register-keeping", "new")
    told = pl.PlaceRegistered("market", 4502261000000000, "农贸市场", "Market", zones=("meat",))
    place = UUID(str(tell_place(running.parts, by, None, told).result["place"]))
    wanted = venue_codes.Printing("https://x.example", Wording(str, 14), PlacesAsked(EVERYWHERE, EVERYWHERE), [place])
    rows = list(venue_codes._places(running, by, wanted))
    venue_codes.issue_missing(running.parts, by.part("issue"), [place])
    [poster] = venue_codes._posters(running, by, wanted, rows, lambda *_n: None)
    return poster.address


def post(path: str, body: object):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(path, body if isinstance(body, str) else json.dumps(body), content_type="application/json")
    assert not answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]
    return answer


def batch(code: str, *more: dict, batch_id: int = 1) -> dict:
    at = to_json(present.now())
    came = {
        "what": "came",
        "visit": str(UUID(int=7)),
        "at": at,
        "code": code,
        "visitor": {"phone": CANARY},
        "way": "phone",
    }
    return {"id": str(UUID(int=batch_id)), "said": [came, *more]}


def test_the_name_of_the_place_is_shown_before_anything_is_confirmed(code, inbox):
    told = post("/C/place", code).json()
    assert (told["name_zh"], told["name_en"], told["kind"]) == ("农贸市场", "Market", "market")
    wrong = post("/C/place", code[:-3] + "AAA")
    assert wrong.status_code in (409, 422)
    assert wrong.json()["detail"]
    assert inbox.said == []


def test_a_batch_is_taken_once_however_often_it_is_sent(code, inbox):
    left = {"what": "left", "visit": str(UUID(int=7)), "at": to_json(present.now())}
    first, second = (post("/C/said", batch(code, left)).json() for _ in range(2))
    assert first == second
    assert first["taken"] == 2
    assert [type(one) for one in inbox.said] == [Came, Left]
    assert inbox.said[0].visitor.phone == CANARY


def test_the_screen_shows_what_the_guards_does(code, inbox):
    signs = post("/C/said", batch(code)).json()["signs"][str(UUID(int=7))]
    came = inbox.said[0]
    guard = checkins.guards_sign(present.running(), came.place, came.zone)
    assert len(signs) == 10
    assert (signs[0]["colour"], signs[0]["digits"]) == (guard.colour, guard.digits)


def test_what_cannot_be_is_refused_whole_and_the_visitor_is_in_no_answer(code, inbox):
    later = to_json(present.now() + timedelta(days=3))
    for wrong in (
        batch(code, {"what": "left", "visit": "x", "at": later}),
        batch(code[:-3] + "AAA"),
        {**batch(code), "status": "green"},
        {"id": "1", "said": []},
    ):
        answer = post("/C/said", wrong)
        assert answer.status_code in (409, 422)
        assert CANARY not in answer.content.decode()
    assert inbox.said == []
    assert post("/C/said", "{").status_code == 422
    assert Client().get("/C/said").status_code == 405


def test_staff_and_gates_enter_in_their_own_ways_only(code, inbox):
    body = batch(code)
    body["said"][0] |= {"way": "card", "visitor": {"card": "card-1"}}
    assert post("/C/said", body).status_code == 422
    checkins.receive(present.running(), json.dumps(body).encode(), ways=checkins.BY_STAFF)
    assert inbox.said[0].visitor.card == "card-1"


def test_without_an_inbox_nothing_is_taken_and_the_sender_is_told_that_it_keeps_it(code):
    made = replace(present.running(), inbox=type(present.running()).__dataclass_fields__["inbox"].default_factory())
    present.install(lambda: made)
    answer = post("/C/said", batch(code))
    assert answer.status_code == Unavailable.http_status
    assert answer.json()["detail"]


TABLES = """
    select tablename from pg_tables
    where schemaname = 'public' and has_table_privilege(format('%I.%I', schemaname, tablename), 'select')
"""


def test_a_check_in_leaves_no_trace_in_the_database_or_the_log(code, inbox, outbreak, capfd):
    def rows() -> dict[str, int]:
        with outbreak.parts.pool.connection() as connection:
            names = [row[0] for row in connection.execute(TABLES)]
            return {name: connection.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}

    before = rows()
    assert {"event", "act", "audit", "place"} <= set(before)
    assert post("/C/said", batch(code)).status_code == 200
    assert rows() == before
    out, err = capfd.readouterr()
    assert CANARY not in out + err


def test_the_product_has_no_such_address_yet(outbreak):
    assert Client().post("/C/said", "{}", content_type="application/json").status_code == 404
