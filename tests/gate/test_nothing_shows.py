"""PRIVACY R16, R28 and R5: after check-ins by phone, by staff and by a gateway, nothing of the application shows who
was where - no dump, no file of the server, no log, no temporary file - and nobody's status is another.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.checkins import keeping
from tests.gate.asking import CANARY, Answered, Door, Phone
from tests.looking import bytes_of
from tests.project.running import wait_for
from tests.proofs.test_identity_stays_sealed import dump, files
from tests.web.staff import account

from epiloop.core.jurisdictions import code
from epiloop.operations.checkins.inbox import Batch
from epiloop.operations.checkins.visits import Said, Spot, Visitor, Way, What
from epiloop.project.home import Installation
from epiloop.runtime.accounts.tokens import issue_token, withdraw_token
from epiloop.runtime.collecting import keep_counts
from epiloop.runtime.present import Running
from epiloop.store.models import ApiToken
from epiloop.vault.reach import ReachKind, code_of
from epiloop.vault.spots import spot_of_place
from epiloop.vault.visits import Doubt

TOWN = int(code("450226100"))
DOCUMENT, CARD = "45022619991231987X", "QZX77-88991-CARD"
SIGNS = (CANARY, DOCUMENT, CARD, "QZX7788991CARD")
CODES = (code_of(ReachKind.PHONE, CANARY), code_of(ReachKind.DOCUMENT, DOCUMENT), code_of(ReachKind.CARD, CARD))


@pytest.fixture
def gateway(gate_port: int, door: Door, quick_django: None) -> Phone:
    keeper = account(f"door-{uuid4().hex[:8]}", "doorkeeper", code("4502"))
    token = issue_token(keeper, "gateway", ["checkin.write"], life=timedelta(days=1), at=datetime.now(UTC))
    return Phone(gate_port, door, token)


def by_gateway(gateway: Phone, **visitor: str) -> dict[str, Any]:
    return gateway.came(visitor=visitor, way="gate")


def send(gateway: Phone, *said: dict[str, Any]) -> Answered:
    return gateway.send(*said, path="/C/batch")


def test_a_gateway_enters_where_it_may_and_not_with_a_token_that_was_withdrawn(
    gateway: Phone, phone: Phone, live, days
):
    assert send(gateway, by_gateway(gateway, document=DOCUMENT)).json["taken"] == 1
    assert send(gateway, phone.came()).status == 422, "what phones enter is not a gateway's to say"
    assert send(phone, by_gateway(gateway, card=CARD)).status == 403
    elsewhere = account(f"door-{uuid4().hex[:8]}", "doorkeeper", code("3204"))
    token = issue_token(elsewhere, "gateway", ["checkin.write"], life=timedelta(days=1), at=datetime.now(UTC))
    assert send(Phone(gateway.port, gateway.door, token), by_gateway(gateway, card=CARD)).status == 403
    row = ApiToken.objects.filter(name="gateway").exclude(account=elsewhere).get()
    withdraw_token(row, by=row.account, at=datetime.now(UTC))
    wait_for(lambda: send(gateway, by_gateway(gateway, card=CARD)).status == 403, "the token to be of no use")
    with live.parts.pool.connection() as connection:
        assert keeping.opened(connection, days)[0].person == CODES[1]


def test_a_flood_from_one_picture_is_left_out_of_what_is_told_by_itself(phone: Phone, gateway: Phone, live, days):
    """PRIVACY R25, at the gate."""
    for _ in range(2):
        assert phone.send(*(phone.came() for _ in range(40))).status == 200
    assert send(gateway, by_gateway(gateway, card=CARD)).status == 200
    with live.parts.pool.connection() as connection:
        doubts = [one.doubts for one in keeping.opened(connection, days)]
    assert doubts == [Doubt.NONE] * 60 + [Doubt.FLOOD] * 20 + [Doubt.NONE]


def rows_of(live: Running) -> dict[str, int]:
    """How many rows each table has that the engine may read."""
    query = """select tablename from pg_tables where schemaname = 'public'
               and has_table_privilege(format('%I.%I', schemaname, tablename), 'select')"""
    with live.parts.pool.connection() as connection:
        names = [row[0] for row in connection.execute(query)]
        return {name: connection.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}  # type: ignore[index]


@pytest.fixture
def visited(phone: Phone, gateway: Phone, door: Door, live: Running) -> None:
    """Somebody checked in in every way, twice, and was refused in some."""
    before = rows_of(live)
    for _ in range(2):
        came = phone.came()
        assert phone.send(came, phone.left(came)).status == 200
        assert phone.send({**came, "came": "yesterday"}).status == 422
        assert phone.send({**came, "code": came["code"][:-4] + "AAAA"}).status in (409, 422)
        assert phone.ask("GET", f"/C/{CANARY}").status == 404
        assert send(gateway, by_gateway(gateway, document=DOCUMENT), by_gateway(gateway, card=CARD)).status == 200
        spot = Spot(door.place, door.zone, "market", TOWN)
        said = Said(uuid4(), What.CAME, spot, datetime.now(UTC), Visitor(phone=CANARY), Way.STAFF)
        live.inbox.accept(Batch(uuid4(), (said,)))
    after = rows_of(live)
    own = {"inbox", "checkin_batch", "checkin_delta"}
    assert {name for name in after if after[name] != before[name]} == own, "R5: nothing else is written"
    assert {"event", "act", "status_span", "audit"} <= set(after)
    keep_counts(live.parts, now=datetime.now(UTC))


def forms(text: str) -> set[bytes]:
    plain = {text.encode(), text.encode("utf-16-le")}
    return plain | {each.hex().encode() for each in plain} | {each.hex().upper().encode() for each in plain}


def shown(content: bytes, place: UUID) -> list[str]:
    """What of the visitors can be read; and the zone as it is sealed, which would pair it with whoever is beside it."""
    found = [sign for sign in SIGNS if any(form in content for form in forms(sign))]
    zone = spot_of_place(TOWN, place, "meat")
    return found + [one.hex() for one in (*CODES, zone) if one in content or one.hex().encode() in content]


@pytest.mark.usefixtures("visited")
def test_neither_dump_nor_files_nor_logs_show_who_was_where(clean: Installation, door: Door):
    with psycopg.connect(clean.dsn("admin"), autocommit=True) as admin:
        admin.execute("checkpoint")
    everything = dump(clean, "epiloop")
    assert b"COPY public.inbox" in everything
    assert str(door.place).encode() in everything, "the dump is of the database that counted them"
    assert shown(everything, door.place) == []
    assert (clean.log_dir / "gate.log").exists()
    found = {str(path): shown(bytes_of(path), door.place) for path in files(clean)}
    assert {path: signs for path, signs in found.items() if signs} == {}
    assert len(found) > 100


def test_the_search_itself_finds_what_it_looks_for(door: Door):
    for content in (CANARY.encode(), CARD.encode().hex().encode(), CODES[0], CODES[1].hex().encode()):
        assert shown(b"\x00 before" + content + b"after", door.place)
    assert shown(spot_of_place(TOWN, door.place, "meat"), door.place)
