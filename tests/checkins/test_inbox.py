"""The inbox on a real PostgreSQL: sealed whole and once, counted once, and refused when nobody could ever read it."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool
from tests.checkins import keeping

from epiloop.core.errors import Conflict, Refused, Unavailable
from epiloop.core.jurisdictions import code
from epiloop.operations.checkins.inbox import Batch
from epiloop.operations.checkins.plausible import Clock
from epiloop.operations.checkins.visits import Said, Spot, Visitor, Way, What
from epiloop.registers.places import events as pl
from epiloop.runtime.doors import DoorBook, door, person
from epiloop.runtime.inbox import SealedInbox, digest_of, seal_visits
from epiloop.runtime.laws import Laws
from epiloop.runtime.requests import By
from epiloop.runtime.requests.registering import tell_place
from epiloop.runtime.sealers import Sealers
from epiloop.store import inbox as stored
from epiloop.vault.reach import Reach, ReachKind, reach_of, subject_code
from epiloop.vault.spots import area, spot_of_place
from epiloop.vault.visits import Doubt, Kind, form_of, kind_number, pack
from epiloop.vault.visits import Said as Form
from epiloop.vault.visits import read as opened_form

TOWN = int(code("450226100"))
PLACE = UUID(int=1)
HALL = Spot(PLACE, "hall", "restaurant/room", TOWN)
HOUR = timedelta(hours=1)


@pytest.fixture
def days(parts, clock):
    return keeping.announce(parts, clock())


@pytest.fixture
def inbox(parts, days) -> SealedInbox:
    return SealedInbox(parts)


def said(at: datetime, what: What = What.CAME, ends: datetime | None = None, visit: int = 7, **more) -> Said:
    given = {"visitor": Visitor(phone="108 9999 0001"), "way": Way.PHONE, "spot": HALL, **more}
    return Said(UUID(int=visit), what, given["spot"], at, given["visitor"], given["way"], ends)


def batch(*some: Said, number: int = 1) -> Batch:
    return Batch(UUID(int=number), some)


def inside(parts, days) -> list[Form]:
    with parts.pool.connection() as connection:
        return keeping.opened(connection, days)


def counts(parts) -> list[tuple[object, ...]]:
    with parts.pool.connection() as connection:
        return connection.execute("select place, zone, way, n from checkin_counted order by 2, 3").fetchall()


def test_what_is_said_is_sealed_so_that_only_the_keeper_reads_it(parts, clock, inbox, days):
    at = clock()
    inbox.accept(batch(said(at), said(at, What.LEFT, at + HOUR / 2)))
    zone, entered = spot_of_place(TOWN, PLACE, "hall"), int(at.timestamp())
    person = Reach(ReachKind.PHONE, "10899990001")
    came, left = inside(parts, days)
    assert (came.kind, came.entered, came.until, came.zone) == (Kind.IN, entered, entered + 7200, zone)
    assert (left.kind, left.entered, left.until, left.zone) == (Kind.OUT, entered, entered + 1800, zone)
    assert reach_of(came.person) == reach_of(left.person) == person
    assert came.place == kind_number("restaurant/room")
    assert area(came.zone) == TOWN
    assert came.visit == UUID(int=7).bytes


def test_a_batch_is_taken_and_counted_once_however_often_it_comes(parts, clock, inbox, days):
    some = [batch(said(clock()), number=1), batch(said(clock(), visit=8, way=Way.CARD), number=2)]
    assert inbox.accept_all([*some, some[0]]) == [None, None, None]
    assert SealedInbox(parts).accept_all(some) == [None, None]
    assert len(inside(parts, days)) == 2
    with parts.pool.connection() as connection:
        stored.fold(connection)
        stored.fold(connection)
    inbox.accept(batch(said(clock(), visit=9), said(clock(), What.LEFT, clock() + HOUR, 9), number=3))
    assert counts(parts) == [(PLACE, "hall", "card", 1), (PLACE, "hall", "phone", 2)]


def test_another_batch_under_a_known_id_is_refused_and_nothing_of_it_is_taken(parts, clock, inbox, days):
    first, other = batch(said(clock())), batch(said(clock(), visit=8, visitor=Visitor(phone="108 9999 0002")))
    taken, wrong = inbox.accept_all([first, other])
    assert (taken, type(wrong)) == (None, Conflict)
    with pytest.raises(Conflict, match="under this id"):
        SealedInbox(parts).accept(other)
    SealedInbox(parts).accept(first)
    assert len(inside(parts, days)) == 1
    assert counts(parts)[0][3] == 1


def test_from_what_is_kept_of_a_batch_nobody_finds_out_by_trying_who_it_was_or_where(parts, clock, inbox):
    other = said(clock(), visitor=Visitor(card="7"), spot=HALL._replace(place=UUID(int=2), zone=""))
    inbox.accept(batch(said(clock())))
    with parts.pool.connection() as connection:
        kept = stored.digests(connection, [UUID(int=1)])
        (sealed,) = connection.execute("select sealed from inbox").fetchone()
    assert bytes(sealed)[8:24] == UUID(int=7).bytes, "the id of the visit is in the dump, too"
    assert kept == {UUID(int=1): digest_of(batch(other))}


def test_a_visit_goes_under_the_key_of_the_day_it_is_about(parts, clock, inbox, days):
    at = clock()
    inbox.accept(batch(said(at), said(at - 3 * 24 * HOUR, visit=8), said(at - 13 * 24 * HOUR, visit=9)))
    with parts.pool.connection() as connection:
        [block] = stored.some(connection)
    assert len(block.keys) == 3 * 86
    assert len(block.sealed) == 3 * 92
    today = max(day for day in days if day <= at.date())
    del days[today - timedelta(days=3)]
    with pytest.raises(KeyError):
        keeping.opened_block(block, days)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 30), timezones=st.just(UTC)),
    st.sampled_from(list(What)),
    st.timedeltas(timedelta(), 24 * HOUR),
    st.sampled_from(
        [{"phone": "+86 108 9999 0001"}, {"phone": "+44 20 7946 0000"}, {"document": "E7"}, {"card": "林" * 20}]
    ),
)
def test_a_gate_seals_only_what_is_a_check_in_as_the_keeper_of_days_reads_it(at, what, stay, visitor) -> None:
    told = said(at, what, None if what is What.CAME else at + stay, visitor=Visitor(**visitor))
    book = DoorBook()
    book._doors[HALL] = door(HALL, None, Laws(), 0)
    form = book.form(told, Clock.at(at, book.limits))
    read = opened_form(form.visit, form.packed)
    assert (form, pack(read)) == (form_of(read), form.packed)
    assert read.entered == form.entered == int(at.timestamp())
    assert what is What.CAME or read.until == int((at + stay).timestamp())
    assert (read.person, read.zone) == (person(told.visitor), spot_of_place(TOWN, PLACE, "hall"))


def test_two_gates_that_get_the_same_batches_at_once_take_each_of_them_once(parts, clock, days):
    """Each is a process with keys of its own; none of them waits, or fails, for the other."""
    gates = [SealedInbox(replace(parts, sealers=Sealers())) for _ in range(2)]
    some = [[batch(said(clock(), visit=n), number=n) for n in (2 * r + 1, 2 * r + 2)] for r in range(40)]
    with ThreadPoolExecutor(2) as threads:
        for answers in threads.map(lambda gate: [gate.accept_all(two) for two in some], gates):
            assert answers == [[None, None]] * 40
    assert sorted(one.visit for one in inside(parts, days)) == [UUID(int=n).bytes for n in range(1, 81)]
    assert counts(parts)[0][3] == 80


def test_a_connection_of_the_inbox_is_given_back_as_it_was(parts, clock, inbox, days):
    with ConnectionPool(parts.pool.conninfo, min_size=1, max_size=1, open=True) as pool:
        only = SealedInbox(replace(parts, pool=pool))
        only.accept(batch(said(clock())))
        with pool.connection() as connection:
            assert not connection.autocommit


def test_what_is_too_long_ago_is_refused_by_name_and_the_rest_of_others_is_taken(parts, clock, inbox, days):
    old, ahead = said(clock() - 15 * 24 * HOUR, visit=8), said(clock() + 9 * 24 * HOUR, visit=9)
    refused, taken = inbox.accept_all([batch(said(clock()), old, ahead), batch(said(clock(), visit=3), number=2)])
    assert isinstance(refused, Refused)
    assert refused.values["visits"] == [str(UUID(int=8)), str(UUID(int=9))]
    assert taken is None
    assert [one.visit for one in inside(parts, days)] == [UUID(int=3).bytes]


def test_before_any_day_is_announced_nothing_is_taken(parts, clock):
    with pytest.raises(Unavailable, match="sent later"):
        SealedInbox(parts).accept(batch(said(clock())))
    with parts.pool.connection() as connection, pytest.raises(Unavailable):
        seal_visits(parts, connection, [Form(bytes(16), Kind.OUT, 1, 2, bytes(16), bytes(16))])


def test_keys_are_new_each_hour_and_after_a_fork(parts, clock, inbox, days, monkeypatch):
    def keys() -> bytes:
        inbox.accept(batch(said(clock()), number=len(inside(parts, days)) + 1))
        with parts.pool.connection() as connection:
            return stored.some(connection)[-1].keys

    first = keys()
    assert keys() == first
    clock.at += HOUR
    second = keys()
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert len({first, second, keys()}) == 3
    assert len(inside(parts, days)) == 4


def test_closed_hours_and_a_wrong_clock_are_doubts_in_what_is_sealed(parts, clock, inbox, days):
    told = pl.PlaceRegistered("market", TOWN, "市场", zones=("meat",), capacity=5)
    by = By("operator", "register-keeping", "new")
    place = UUID(str(tell_place(parts, by, None, told).result["place"]))
    tell_place(parts, By("operator", "register-keeping", "hours"), place, pl.HoursSet((("5", "08:00", "18:00"),)))
    spot = Spot(place, "meat", "market", TOWN)
    noon = clock() + 3 * HOUR  # Friday
    clock.at = noon
    inbox.accept(
        batch(
            said(noon, spot=spot),
            said(noon - 6 * HOUR, visit=8, spot=spot),
            said(noon - 4 * 24 * HOUR, visit=9, spot=spot),
        )
    )
    assert [one.doubts for one in inside(parts, days)] == [0, Doubt.SHUT, Doubt.SHUT | Doubt.CLOCK]
    assert [one.until - one.entered for one in inside(parts, days)] == [3600, 3600, 3600]


def test_a_flood_by_phone_is_a_doubt_and_staff_are_believed(parts, clock, inbox, days):
    inbox.accept(batch(*(said(clock(), visit=n) for n in range(61))))
    inbox.accept(batch(said(clock(), visit=99, way=Way.STAFF), number=2))
    assert [one.doubts for one in inside(parts, days)] == [0] * 60 + [Doubt.FLOOD, 0]


def crowd(clock, first: int, many: int, number: int) -> Batch:
    return batch(*(said(clock(), visit=n) for n in range(first, first + many)), number=number)


def test_a_batch_sent_again_is_no_crowd(parts, clock, inbox, days):
    """However often, alone or together with new ones, twice in one go, refused, or while the database is away."""
    first, more = crowd(clock, 1, 30, 1), crowd(clock, 31, 10, 2)
    old = batch(*(said(clock() - 15 * 24 * HOUR, visit=n) for n in range(200, 230)), number=3)
    assert inbox.accept_all([first, first]) == [None, None]
    for _ in range(5):
        inbox.accept(first)
        assert isinstance(inbox.accept_all([old])[0], Refused)
    assert inbox.accept_all([first, more, more]) == [None, None, None]
    away = crowd(clock, 41, 20, 4)
    with pytest.raises(Unavailable), without(stored, "take"), without(stored, "fresh"):
        inbox.accept(away)
    inbox.accept(away)
    assert {one.doubts for one in inside(parts, days)} == {0}
    inbox.accept(crowd(clock, 61, 1, 5))
    assert [one.doubts for one in inside(parts, days)] == [0] * 60 + [Doubt.FLOOD], "a sixty-first is one too many"


@contextmanager
def without(module, name: str) -> Iterator[None]:
    """A database that does not answer this statement."""

    def away(*_: object) -> None:
        raise psycopg.OperationalError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, away)
        yield


def test_an_act_takes_its_visits_with_it_or_leaves_none(parts, clock, days):
    person = UUID("018f0000-0000-7000-8000-000000000001")
    entered = int(clock().timestamp())
    form = Form(bytes(16), Kind.OUT, entered, entered + 60, bytes(16), subject_code(person), source=2)
    with parts.pool.connection() as connection:
        seal_visits(parts, connection, [form])
        connection.rollback()
        assert keeping.opened(connection, days) == []
        seal_visits(parts, connection, [form])
        seal_visits(parts, connection, [])
    assert inside(parts, days) == [form]


def test_pages_see_counts_of_their_jurisdictions_and_nothing_of_the_inbox(parts, clock, inbox, clean):
    inbox.accept(batch(said(clock())))
    with psycopg.connect(clean.dsn("app")) as app:
        since, until = clock() - HOUR, clock() + HOUR
        assert stored.counts(app, PLACE, "hall", since, until) == {}
        app.execute("select set_config('epiloop.scope', '{[4502260000000000,4502270000000000)}', false)")
        assert list(stored.counts(app, PLACE, "hall", since, until).values()) == [1]
        for table in ("inbox", "checkin_batch", "day_keys"):
            app.commit()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(f"select * from {table}")


def test_another_keepers_announcement_is_not_taken(parts, clock, days):
    with parts.pool.connection() as connection:
        before = stored.announcement(connection)
        assert before is not None
        assert not stored.keep_announcement(connection, b"other", bytes(32), clock())
        assert stored.announcement(connection) == before


def test_without_a_database_the_sender_keeps_what_it_has(parts, clock, days):
    with ConnectionPool("host=/nowhere", min_size=0, max_size=1, timeout=0.2, open=True) as nowhere:
        away = SealedInbox(replace(parts, pool=nowhere))
        with pytest.raises(Unavailable, match="sent later"):
            away.accept(batch(said(clock())))
