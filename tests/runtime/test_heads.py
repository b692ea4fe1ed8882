"""PRIVACY R19: the daily heads of the key service's log are signed, kept here, and tell when its past was changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import psycopg
import pytest
from tests.runtime.conftest import Clock

from epiloop.gateways.keys import KeyClient
from epiloop.project.home import Installation
from epiloop.project.keyservice import master
from epiloop.runtime.heads import keep_heads, wrong_heads
from epiloop.runtime.parts import Parts
from epiloop.vault.heads import differing, is_signed, signed
from epiloop.vault.memory import MemoryVault
from keyservice.identity import LocalVault

DAYS = [datetime(2022, 7, day, 23, 59, 59, tzinfo=UTC) for day in (1, 2, 4)]


@pytest.fixture
def dated(parts: Parts, clean: Installation) -> Iterator[Parts]:
    """Parts whose vault has looks on three days, one more on the fifth, and stands on the sixth."""
    clock = Clock()
    vault = LocalVault.on(clean.dsn("vault"), master.unlocked(clean.keyservice))
    vault._clock = clock
    for at in (*DAYS, datetime(2022, 7, 5, 12, tzinfo=UTC)):
        clock.at = at
        vault.reveal([UUID(int=at.day)], asker="officer 7", purpose="duty-control")
    clock.at = datetime(2022, 7, 5, 23, 59, tzinfo=UTC)
    yield replace(parts, vault=vault)
    vault.close()


def test_each_day_that_is_over_has_one_signed_head_and_the_twin_agrees_on_the_days(dated: Parts):
    heads = dated.vault.heads()
    assert [(head.day.day, head.entries) for head in heads] == [(1, 1), (2, 2), (4, 3)]
    assert all(map(is_signed, heads))
    assert dated.vault.heads(after=heads[0].day) == heads[1:]
    clock = Clock()
    twin = MemoryVault(bytes(32), randomness=bytes, clock=clock)
    for at in DAYS:
        clock.at = at
        twin.reveal([UUID(int=1)], asker="officer 7", purpose="duty-control")
    clock.at += timedelta(seconds=1)
    assert [(head.day, head.entries) for head in twin.heads()] == [(head.day, head.entries) for head in heads]
    assert all(map(is_signed, twin.heads()))


@pytest.mark.parametrize("change", [{"entries": 2}, {"hash": bytes(32)}, {"day": DAYS[1].date()}, {"key": bytes(32)}])
def test_a_changed_head_is_not_signed(dated: Parts, change: dict[str, object]):
    assert not is_signed(replace(dated.vault.heads()[0], **change))


def test_heads_are_kept_once_and_then_agree(dated: Parts, clock: Clock):
    assert keep_heads(dated, at=clock.at) == 3
    assert keep_heads(dated, at=clock.at) == 0
    assert wrong_heads(dated) == []


def test_a_log_changed_and_chained_anew_differs_from_what_was_kept(dated: Parts, clean: Installation, clock: Clock):
    keep_heads(dated, at=clock.at)
    dsn = psycopg.conninfo.make_conninfo(clean.keyservice.dsn("admin"), dbname="epiloop_vault")
    with psycopg.connect(dsn, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        rows = superuser.execute("SELECT at, kind, asker, purpose, subjects FROM access ORDER BY id").fetchall()
        superuser.execute("TRUNCATE access")
        for at, kind, asker, purpose, subjects in rows:
            named = "nobody" if at.day == 2 else asker
            values = (at, kind, named, "", purpose, None, subjects)
            superuser.execute("SELECT access_append(%s, %s, %s, %s, %s, %s, %s)", values)
    assert dated.vault.heads(checked=True)
    wrong = wrong_heads(dated)
    assert [line.rsplit("until ", 1)[1][:10] for line in wrong] == ["2022-07-02", "2022-07-04"]


def test_an_entry_changed_in_place_is_named(dated: Parts, clean: Installation):
    dsn = psycopg.conninfo.make_conninfo(clean.keyservice.dsn("admin"), dbname="epiloop_vault")
    with psycopg.connect(dsn, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE access SET asker = 'nobody' WHERE id = 3")
    assert [line.rstrip() for line in wrong_heads(dated)] == [
        "The log of looks is not what was written, from entry 3 on."
    ]


def test_another_signer_is_noticed(dated: Parts):
    first, second, _ = dated.vault.heads()
    other = signed(second.day, second.entries, second.hash, bytes(range(32)))
    assert list(differing([first, other], [first, other])) == ["key service: heads were signed by more than one key"]


def test_what_cannot_be_asked_is_not_in_order(dated: Parts, tmp_path: Path):
    away = replace(dated, vault=KeyClient.to(f"http+unix://{quote(str(tmp_path / 'none.sock'), safe='')}"))
    assert len(wrong_heads(away)) == 1
    assert "does not answer" in wrong_heads(away)[0]


def test_kept_heads_cannot_be_changed(dated: Parts, clock: Clock):
    keep_heads(dated, at=clock.at)
    with dated.pool.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("update vault_head set entries = 0")
