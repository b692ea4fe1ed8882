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
from epiloop.vault.heads import KEPT, differing, is_signed, signed
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
    told = list(differing([first, other], dated.vault.hashes([1, 2]), DAYS[0]))
    assert told == ["key service: heads were signed by more than one key"]


def look(vault: LocalVault, clock: Clock, at: datetime) -> None:
    clock.at = at
    vault.reveal([UUID(int=at.day)], asker="officer 7", purpose="duty-control")


@pytest.mark.parametrize("in_between", [0, 1, 3])
def test_a_clock_that_jumps_ahead_and_back_is_no_false_alarm(dated: Parts, clock: Clock, in_between: int):
    """Heads told while the clock was ahead are of the entries until then; whatever days later entries have."""
    vault, own = dated.vault, dated.vault._clock
    noon = datetime(2022, 7, 6, 12, tzinfo=UTC)
    look(vault, own, noon)
    own.at = noon + timedelta(days=1)
    for n in range(in_between):
        look(vault, own, noon + timedelta(days=1, minutes=n))
    keep_heads(dated, at=clock.at)
    for n in range(2):
        look(vault, own, noon + timedelta(hours=n))
    assert wrong_heads(dated) == []
    for day in (1, 2, 3):
        look(vault, own, noon + timedelta(days=day, hours=3))
        keep_heads(dated, at=clock.at)
        assert wrong_heads(dated) == []
    with dated.pool.connection() as connection:
        kept = connection.execute("select max(entries) from vault_head").fetchone()
    assert kept == (4 + 1 + in_between + 2 + 2,), "all but the look of the last day"


def years_later(dated: Parts, looks: int = 2) -> tuple[LocalVault, Clock]:
    """The vault three years and nine days after its first looks, those of the last days apart."""
    vault, own = dated.vault, dated.vault._clock
    for n in range(looks):
        look(vault, own, DAYS[1] + KEPT + timedelta(days=8, hours=n))
    return vault, own


def test_looks_go_after_three_years_and_the_chain_of_the_rest_agrees_with_kept_heads(dated: Parts, clock: Clock):
    keep_heads(dated, at=clock.at)
    vault, own = years_later(dated)
    keep_heads(dated, at=clock.at)
    before = {one.number for one in vault.accesses()}
    vault.upkeep()
    assert before - {one.number for one in vault.accesses()} == {1, 2}, "of the first two days"
    assert vault.broken_accesses() == []
    assert sorted(vault.hashes(range(1, 8))) == [2, 3, 4, 5, 6], "the last that went has its hash still"
    later = replace(dated, now=lambda: own.at)
    assert wrong_heads(later) == []
    vault.upkeep()
    assert len(vault.accesses()) == 4, "the same again changes nothing"
    look(vault, own, own.at + timedelta(days=30))
    vault.upkeep()
    assert [one.number for one in vault.accesses()] == [7, 6, 5]
    assert wrong_heads(replace(dated, now=lambda: own.at)) == []


def test_a_log_cut_before_its_time_is_noticed(dated: Parts, clean: Installation, clock: Clock):
    keep_heads(dated, at=clock.at)
    vault, _ = years_later(dated)
    vault.upkeep()
    assert len(wrong_heads(dated)) == 1, (
        "a keeper for whom the first day is not three years ago; the second has its hash"
    )
    with psycopg.connect(clean.dsn("vault"), autocommit=True) as own:
        with pytest.raises(psycopg.errors.RaiseException):
            own.execute("UPDATE access_cut SET id = 1")
        with pytest.raises(psycopg.errors.RaiseException):
            own.execute("DELETE FROM access_cut")
        own.execute("GRANT DELETE ON access TO epiloop_vault")
        with pytest.raises(psycopg.errors.RaiseException):
            own.execute("DELETE FROM access WHERE id = 4")
        own.execute("REVOKE DELETE ON access FROM epiloop_vault")


def test_what_was_cut_away_cannot_be_exchanged(dated: Parts, clean: Installation, clock: Clock):
    keep_heads(dated, at=clock.at)
    vault, own = years_later(dated)
    vault.upkeep()
    dsn = psycopg.conninfo.make_conninfo(clean.keyservice.dsn("admin"), dbname="epiloop_vault")
    with psycopg.connect(dsn, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE access_cut SET hash = sha256('other')")
    assert vault.broken_accesses() == [3]
    assert wrong_heads(replace(dated, now=lambda: own.at)) == [
        "The log of looks is not what was written, from entry 3 on."
    ]


def test_a_vault_whose_clock_is_years_ahead_cuts_nothing_young_and_never_the_last(dated: Parts, clean: Installation):
    vault, own = dated.vault, dated.vault._clock
    look(vault, own, datetime.now(UTC))
    own.at = datetime.now(UTC) + 9 * KEPT
    vault.upkeep()
    assert [one.number for one in vault.accesses()] == [5]
    look(vault, own, own.at)
    assert [one.number for one in vault.accesses()] == [6, 5]
    assert vault.broken_accesses() == []


def test_what_cannot_be_asked_is_not_in_order(dated: Parts, tmp_path: Path):
    away = replace(dated, vault=KeyClient.to(f"http+unix://{quote(str(tmp_path / 'none.sock'), safe='')}"))
    assert len(wrong_heads(away)) == 1
    assert "does not answer" in wrong_heads(away)[0]


def test_kept_heads_cannot_be_changed(dated: Parts, clock: Clock):
    keep_heads(dated, at=clock.at)
    with dated.pool.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("update vault_head set entries = 0")
