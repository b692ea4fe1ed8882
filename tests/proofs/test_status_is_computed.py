"""PRIVACY.md R1, R2, R5, R7: a status is computed, never set; it says why and until when; reading changes none; and
it ends by itself, without any process.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg import errors
from tests.proofs import busy, line_list
from tests.proofs.people import CITY, COUNTY, HERE, by, contact, person, rows, told
from tests.reading.rows import seen
from tests.runtime.conftest import Clock

from epiloop.core.jurisdictions import scope
from epiloop.ledger.events import Body
from epiloop.project.home import Installation
from epiloop.registers.people.state import fold as person_of
from epiloop.registers.people.state import in_recorded_order, merged
from epiloop.runtime import intake
from epiloop.runtime.capabilities import facts_of
from epiloop.runtime.clock import keep_books
from epiloop.runtime.histories import load
from epiloop.runtime.laws import Shelf
from epiloop.runtime.parts import Parts
from epiloop.runtime.rebuilding import rebuild
from epiloop.runtime.requests.identities import reveal, search
from epiloop.runtime.requests.people import TELLING
from epiloop.store.ledger import PgLedger
from epiloop.store.reading import board, cases, clears, day_list, lists, people
from epiloop.store.reading.board import day_around

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2022, 7, 12, 9, tzinfo=ZONE)
STATUS_TABLES = ("status_span", "stage", "person", "loop")
SPAN = "select subject, loop, status, starts, ends, version, clause, reason from status_span order by 1, 2, 4"


@pytest.fixture
def busy_county(lawful: Parts, clock: Clock, tmp_path: Path) -> Parts:
    """A population with imports, merges and a changed law in it."""
    busy.make(lawful, clock, tmp_path, cases=40)
    return lawful


# R1


@pytest.mark.parametrize("table", STATUS_TABLES)
@pytest.mark.parametrize("verb", ["INSERT", "UPDATE", "DELETE", "TRUNCATE"])
def test_the_role_of_pages_may_write_nothing_from_which_a_status_is_read(
    installation: Installation, table: str, verb: str
) -> None:
    with psycopg.connect(installation.dsn("app")) as app:
        assert app.execute("select has_table_privilege(%s, %s)", [table, verb]).fetchone() == (False,)
        if verb in ("INSERT", "UPDATE"):
            query = """select bool_or(has_column_privilege(%s, attname, %s)) from pg_attribute
                       where attrelid = %s::regclass and attnum > 0"""
            assert app.execute(query, [table, verb, table]).fetchone() == (False,)


def test_no_function_that_pages_may_call_writes(installation: Installation) -> None:
    query = """select proname from pg_proc join pg_namespace n on n.oid = pronamespace
               where nspname = 'public' and prosecdef and provolatile = 'v'
                 and has_function_privilege('epiloop_app', pg_proc.oid, 'execute')"""
    with psycopg.connect(installation.dsn("owner")) as owner:
        assert owner.execute(query).fetchall() == []


def test_no_event_and_no_request_says_a_status() -> None:
    bodies = [each for each in Body.__subclasses__() if each.__module__.startswith("epiloop.")]
    assert len(bodies) > 40
    assert [each.__name__ for each in bodies if {"status", "strictness", "colour"} & set(each.__annotations__)] == []
    assert [each.kind for each in TELLING if "status" in each.kind] == []


def test_computing_everybody_anew_from_the_ledger_gives_the_statuses_that_are_shown(busy_county: Parts) -> None:
    stored = {
        (row[0], row[1], row[2], row[3], row[4])
        for row in rows(busy_county, "select subject, loop, status, starts, ends from status_span")
    }
    assert len(stored) > 30
    assert without_seams(recomputed(busy_county)) == without_seams(stored)


def without_seams(spans: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """The same stretches, one for two of a status of which one begins where the other ends: rows have them as one."""
    found: list[tuple[Any, ...]] = []
    for *of, starts, ends in sorted(spans):
        goes_on = found and found[-1][:3] == tuple(of) and found[-1][4] == starts
        found.append((*of, found.pop()[3] if goes_on else starts, ends))
    return set(found)


def recomputed(parts: Parts) -> set[tuple[object, ...]]:
    """From the events alone, without the code that writes rows."""
    found: set[tuple[object, ...]] = set()
    with parts.pool.connection() as connection:
        laws = Shelf().laws(connection)
        ids = [row[0] for row in connection.execute("select id from stream where kind = 'person'")]
        histories = load(PgLedger(connection), dict.fromkeys(ids, "person"), lock=False)
    for whom, own in histories.items():
        alone = person_of(whom, own.entries)
        if alone.merged_into:
            continue
        entries = [own.entries, *(histories[other].entries for other in sorted(alone.absorbed))]
        who = merged(whom, *entries)
        plan = laws.plan(facts_of(in_recorded_order(*entries), whom), who.jurisdiction)
        found |= {(whom, s.loop, s.status, s.span.start, s.span.end) for s in plan.statuses}
    return found


# R2


def test_every_status_says_its_clause_its_reason_its_beginning_and_its_end(busy_county: Parts) -> None:
    query = """select count(*), count(*) filter (where rulebook = '' or measure = '' or version = '' or clause = ''
               or reason = '' or status = '' or not starts < ends or ends = 'infinity') from status_span"""
    ((every, lacking),) = rows(busy_county, query)
    assert every > 30
    assert lacking == 0
    nullable = """select column_name from information_schema.columns where table_name = 'status_span'
                  and is_nullable = 'YES'"""
    assert rows(busy_county, nullable) == []
    orphans = """select count(*) from status_span s where not exists
                 (select from loop where loop.subject = s.subject and loop.key = s.loop)"""
    assert rows(busy_county, orphans) == [(0,)]


# R5


def fingerprint(parts: Parts) -> dict[str, tuple[object, ...]]:
    """Which transaction wrote each row of what a status is read from: any write shows, even one of the same values."""
    tables = (*STATUS_TABLES, "event", "act", "duty", "deadline", "computed")
    query = "select count(*), md5(string_agg(xmin::text || ctid::text, ',' order by ctid))"
    return {table: rows(parts, f"{query} from {table}")[0] for table in tables}


def test_reading_changes_no_status(clean: Installation, busy_county: Parts) -> None:
    before = fingerprint(busy_county)
    somebody: UUID = rows(busy_county, "select subject from status_span order by 1 limit 1")[0][0]
    read_everything(clean, somebody)
    keep_books(busy_county)
    reveal(busy_county, busy_county.pool, by(), [somebody], at=NOW)
    search(busy_county, busy_county.pool, by(), "Testcase Number00001", at=NOW)
    with busy_county.pool.connection() as connection:
        busy_county.shelf.laws(connection)
    assert fingerprint(busy_county) == before


def read_everything(installation: Installation, somebody: UUID) -> None:
    """What the board, the lists and the pages of a person ask."""
    day, area = day_around(NOW, ZONE), scope(CITY)
    asked: list[Callable[[psycopg.Connection[object]], object]] = [
        lambda app: board.board(app, area, day),
        lambda app: clears.four_clears(app, COUNTY, day),
        lambda app: people.person_page(app, somebody, NOW),
        lambda app: people.people(app, area, NOW),
        *(lambda app, state=state: lists.duties(app, area, day, state) for state in lists.Lateness),
        *(lambda app, state=state: lists.loops(app, area, day, state) for state in lists.LoopState),
        lambda app: day_list.day_list(app, area.ranges[0], day),
        lambda app: people.people_by_id(app, [somebody], NOW),
        lambda app: cases.cases(app, area, NOW),
    ]
    with seen(installation, COUNTY) as app:
        for ask in asked:
            ask(app)


# R7


def free(parts: Parts, when: datetime) -> bool:
    query = "select count(*) from status_span where strictness > 0 and starts <= %s and %s < ends"
    return rows(parts, query, when, when) == [(0,)]


def test_every_restriction_ends_without_anything_running(clean: Installation, lawful: Parts, clock: Clock) -> None:
    clock.at = NOW
    case = person(lawful)
    for number in range(5):
        disease = "mers" if number % 2 else "covid-19"
        told(lawful, person(lawful), contact(case, date(2022, 7, 11), ring=1 + number // 3, disease=disease))
    assert not free(lawful, NOW + timedelta(days=1))
    before = rows(lawful, SPAN)
    # No clock, no job, no act: only the asking-instant goes on.
    assert free(lawful, NOW + timedelta(days=400))
    last = max(row[4] for row in before)
    assert last <= NOW.astimezone(UTC) + timedelta(days=40), "an outer limit, also if no sample was ever taken"
    assert free(lawful, last)
    assert rows(lawful, SPAN) == before
    clock.at = NOW + timedelta(days=400)
    rebuild(clean.dsn("engine"), processes=1)
    assert rows(lawful, SPAN) == before, "rebuilding a year later creates and revives nothing"
    assert free(lawful, clock.at)


def test_an_import_of_old_rows_neither_creates_nor_revives_a_restriction(lawful: Parts, clock: Clock) -> None:
    clock.at = NOW + timedelta(days=365)
    lists_of_last_year = line_list.cases(20), line_list.contacts(20, 20)
    intake.carry_out(lawful, line_list.order(*lists_of_last_year, HERE, "old"))
    assert rows(lawful, "select count(*) > 0 from loop where measure = 'close-contact'") == [(True,)]
    query = "select count(*) from status_span where strictness > 0 and measure <> 'case' and ends > %s"
    assert rows(lawful, query, clock.at) == [(0,)], "who was a contact last year is free today"
    intake.carry_out(lawful, line_list.order(*lists_of_last_year, HERE, "again"))
    assert rows(lawful, "select count(*) from contact_link") == [(20,)]


def test_a_restriction_cannot_be_stored_without_an_end(installation: Installation) -> None:
    with psycopg.connect(installation.dsn("engine")) as engine, pytest.raises(errors.NotNullViolation):
        engine.execute(
            """insert into status_span values (gen_random_uuid(), 'l', 'home-isolation', 60, 0, now(), null, 'cn', 'm',
               'v', 'c', 'r')"""
        )
