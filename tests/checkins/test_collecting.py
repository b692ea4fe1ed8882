"""From the inbox to the key service: handed over once, forgotten only then, waited for while it is away."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.checkins import keeping
from tests.checkins.test_inbox import batch, counts, days, inbox, said

from epiloop.core.errors import Broken, Unavailable
from epiloop.runtime import collecting
from epiloop.runtime.collecting import Backlog, backlog, collect, keep_counts, keep_days
from epiloop.runtime.inbox import SealedInbox
from epiloop.store import inbox as stored
from epiloop.vault import hours

__all__ = ["days", "inbox"]


class Keeper:
    """A key service that remembers what it was given, and may be away."""

    def __init__(self, text: bytes = b"") -> None:
        self.text, self.calls, self.away = text, [], False

    def collect(self, rows: bytes, keys: bytes) -> Mapping[str, int]:
        self.calls.append((rows, keys))
        if self.away:
            raise Unavailable("away")
        return {"kept": len(rows) // 92}

    def announcement(self) -> bytes:
        return self.text


def announcement(clock, signer: bytes = keeping.SIGNER) -> bytes:
    keys = keeping.held(clock().date())
    return hours.announce({day: keys[day].public for day in keys}, signer)


def test_rows_are_handed_over_with_each_key_once_and_then_forgotten(parts, clock, inbox, monkeypatch):
    for number in range(5):
        inbox.accept(batch(said(clock(), visit=number), number=number))
    keeper = Keeper()
    monkeypatch.setattr(collecting.stored.some, "__kwdefaults__", {"blocks": 2, "size": 4_000_000})
    assert collect(parts, keeper).rows == 5
    assert [len(rows) // 92 for rows, _ in keeper.calls] == [2, 2, 1]
    assert {len(keys) for _, keys in keeper.calls} == {86}
    assert backlog(parts).rows == 0
    assert collect(parts, keeper).rows == 0
    assert len(keeper.calls) == 3


def test_a_call_has_an_end_in_bytes(parts, clock, inbox):
    for number in range(4):
        inbox.accept(batch(*(said(clock(), visit=10 * number + n) for n in range(3)), number=number))
    with parts.pool.connection() as connection:
        assert len(stored.some(connection, size=1)) == 1
        mine = stored.some(connection, size=3 * 92 + 1)
        with parts.pool.connection() as other:
            theirs = stored.some(other)
        assert (len(mine), len(theirs)) == (2, 2)
        assert not set(mine) & set(theirs)


def test_while_the_key_service_is_away_everything_waits(parts, clock, inbox):
    inbox.accept(batch(said(clock())))
    keeper = Keeper()
    keeper.away = True
    for _ in range(2):
        with pytest.raises(Unavailable):
            collect(parts, keeper)
    assert backlog(parts) == Backlog(1, 1, clock().replace(second=0), 21, clock())
    keeper.away = False
    assert collect(parts, keeper).rows == 1
    assert len({rows for rows, _ in keeper.calls}) == 1


def test_days_are_fetched_when_they_are_old_and_from_the_same_keeper_only(parts, clock):
    keeper = Keeper(announcement(clock))
    assert backlog(parts).days == 0
    assert keep_days(parts, keeper, now=clock())
    assert not keep_days(parts, keeper, now=clock() + timedelta(minutes=9))
    assert backlog(parts).days == 21
    SealedInbox(parts).accept(batch(said(clock())))
    clock.at += timedelta(minutes=11)
    other = Ed25519PrivateKey.generate().private_bytes_raw()
    for text in (announcement(clock, other), keeper.text[:-1], b""):
        with pytest.raises(Broken):
            keep_days(parts, Keeper(text), now=clock())
    assert keep_days(parts, keeper, now=clock())


def test_when_collecting_has_ended_nothing_is_taken(parts, clock, inbox):
    keep_days(parts, Keeper(hours.announce({}, keeping.SIGNER)), now=clock() + timedelta(hours=1))
    with pytest.raises(Unavailable):
        SealedInbox(replace(parts, sealers=type(parts.sealers)())).accept(batch(said(clock())))


def test_counts_are_added_up_and_batches_forgotten_after_some_hours(parts, clock, inbox):
    one = batch(said(clock()))
    inbox.accept(one)
    keep_counts(parts, now=clock() + timedelta(hours=5))
    inbox.accept(one)
    inbox.accept(batch(said(clock(), visit=8), number=2))
    keep_counts(parts, now=clock() + timedelta(hours=7))
    assert counts(parts) == [(UUID(int=1), "hall", "phone", 2)]
    with parts.pool.connection() as connection:
        assert connection.execute("select count(*) from checkin_batch").fetchone() == (0,)
        assert connection.execute("select count(*) from checkin_delta").fetchone() == (0,)
