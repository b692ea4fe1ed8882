"""PRIVACY R19: where the ledger ended each day stands in the key service's log, and tells if its past was rewritten."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from tests.runtime.conftest import Clock

from epiloop.core.errors import Refused, Unavailable
from epiloop.gateways.keys import KeyClient
from epiloop.ledger.chain import Seal, digest_of, seal
from epiloop.project.home import Installation
from epiloop.runtime.acts import Asked, Decision, perform
from epiloop.runtime.clock import keep_books
from epiloop.runtime.heads import MOST_DAYS, have_witnessed, keep_heads, wrong_ends
from epiloop.runtime.parts import Parts
from epiloop.runtime.verifying import verify
from epiloop.store import replay
from epiloop.store.ledger import seal_digests, seals

NIGHT = datetime(2022, 7, 5, 0, 6, tzinfo=UTC)
DAYS = [
    datetime(2022, 7, 1, 23, 50, tzinfo=UTC),
    datetime(2022, 7, 2, 10, tzinfo=UTC),
    datetime(2022, 7, 4, 9, tzinfo=UTC),
]


def act(parts: Parts, clock: Clock, at: datetime) -> None:
    """Somebody did something then, and the minute's seal is on it."""
    clock.at = at
    perform(parts, Asked("officer 7", "duty-control", at.isoformat()), {}, lambda _histories, _now: Decision())
    keep_books(parts)


@pytest.fixture
def told(parts: Parts, clock: Clock) -> Parts:
    """A ledger with acts on three days, all of them witnessed."""
    for at in DAYS:
        act(parts, clock, at)
    assert have_witnessed(parts, at=NIGHT - timedelta(minutes=3)) == 2, "the day before may still be sealed"
    assert have_witnessed(parts, at=NIGHT) == 1
    assert have_witnessed(parts, at=NIGHT) == 0
    assert wrong_ends(parts) == ([], date(2022, 7, 4))
    return parts


def rewritten(connection: psycopg.Connection[Any]) -> None:
    """Every digest and every seal anew, as they follow from what the tables say now."""
    for one, _digest, hashes in list(replay.acts(connection)):
        connection.execute("update act set digest = %s where id = %s", (digest_of(one, hashes), one.id))
    before: Seal | None = None
    for old in seals(connection):
        made = seal(before, seal_digests(connection, old.number), at=old.sealed_at)
        values = made.root, made.prev, made.hash, made.number
        connection.execute("update seal set root = %s, prev = %s, hash = %s where number = %s", values)
        before = made


@pytest.mark.parametrize(
    ("change", "days"),
    [
        ("update act set actor = 'officer 8' where recorded_at < '2022-07-02'", [1, 2, 4]),
        ("update act set purpose = 'transfer' where recorded_at > '2022-07-03'", [4]),
        ("delete from seal where number = 3", [4]),
    ],
)
def test_a_past_that_was_written_anew_with_all_its_hashes_is_noticed(told: Parts, clean: Installation, change, days):
    admin = psycopg.conninfo.make_conninfo(clean.dsn("admin"), dbname=clean.connection("engine")["dbname"])
    with psycopg.connect(admin) as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute(change)
        if "delete" in change:
            superuser.execute("delete from act where id in (select act from seal_act where seal = 3)")
            superuser.execute("delete from seal_act where seal = 3")
        rewritten(superuser)
    with told.pool.connection() as connection:
        assert verify(connection).broken == [], "by itself the ledger looks whole"
    wrong, until = wrong_ends(told)
    assert [(line.split(" ")[0], f"2022-07-{day:02}" in line) for line, day in zip(wrong, days, strict=True)] == [
        ("ledger:", True) for _ in days
    ]
    assert until == date(2022, 7, 4)


def test_what_is_witnessed_stands_under_the_signed_heads_of_the_key_services_log(told: Parts, clock: Clock):
    entries = told.vault.accesses(limit=9)
    assert [(one.kind, one.asker, one.subjects) for one in entries] == [("witness", "ledger", ())] * 3
    assert keep_heads(told, at=clock.at) == 0, "today's head is signed when today is over"
    with pytest.raises(Refused):
        told.vault.witness(replace(told.vault.witnessed()[0], hash=bytes(32)))
    assert wrong_ends(told) == ([], date(2022, 7, 4))
    assert [one.kind for one in told.vault.accesses(limit=1)] == ["conflict"]


def test_with_the_key_service_away_it_is_caught_up_on_for_so_many_days(parts: Parts, clock: Clock, tmp_path: Path):
    away = replace(parts, vault=KeyClient.to(f"http+unix://{quote(str(tmp_path / 'none.sock'), safe='')}"))
    for number in range(MOST_DAYS + 3):
        act(parts, clock, DAYS[0] + timedelta(days=number))
    clock.at += timedelta(days=1)
    with pytest.raises(Unavailable):
        have_witnessed(away, at=clock.at)
    assert "does not answer" in wrong_ends(away)[0][0]
    assert have_witnessed(parts, at=clock.at) == MOST_DAYS
    assert [one.day for one in parts.vault.witnessed()][-1] == clock.at.date() - timedelta(days=1)
