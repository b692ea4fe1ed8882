"""DESIGN.md 3 (law 1): every table that pages read is a projection that can be rebuilt from zero to the same rows;
and `verify` finds whatever was changed behind the ledger's back, and names it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.proofs import busy
from tests.proofs.people import HERE, contact, person, rows, told
from tests.runtime.conftest import Clock

from epiloop.project.home import Installation
from epiloop.registers.people import events as p
from epiloop.runtime import verifying
from epiloop.runtime.clock import keep_books
from epiloop.runtime.parts import Parts
from epiloop.runtime.rebuilding import rebuild
from epiloop.runtime.requests import By
from epiloop.runtime.requests.registering import register_person
from epiloop.runtime.verifying import verify
from epiloop.store.tables import TABLES

NAMES = sorted(table.name for table in TABLES.values())


def dump(parts: Parts) -> dict[str, list[str]]:
    """All rows of all projections as text, in no order that could differ; the counts without zeros."""
    found = {name: sorted(row[0] for row in rows(parts, f"select t::text from {name} t")) for name in NAMES}
    found["tally"] = sorted(row[0] for row in rows(parts, "select t::text from tally t where n <> 0"))
    return found


def broken(parts: Parts) -> list[str]:
    with parts.pool.connection() as connection:
        return verify(connection).broken


@contextmanager
def tampering(installation: Installation) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """An administrator whom no trigger stops."""
    dsn = psycopg.conninfo.make_conninfo(installation.dsn("admin"), dbname="epiloop")
    with psycopg.connect(dsn) as connection:
        connection.execute("set session_replication_role = replica")
        yield connection


@pytest.mark.slow
def test_a_rebuild_gives_the_same_rows_to_the_letter(
    clean: Installation, lawful: Parts, clock: Clock, tmp_path: Path
) -> None:
    busy.make(lawful, clock, tmp_path)
    keep_books(lawful)
    before = dump(lawful)
    assert [name for name, some in before.items() if not some] == []
    assert broken(lawful) == []
    counts = rebuild(clean.dsn("engine"), processes=1)
    keep_books(lawful)
    assert sum(counts.values()) > 100
    assert dump(lawful) == before
    assert broken(lawful) == []
    with clean_indexes(clean) as names:
        assert "duty_open" in names


@contextmanager
def clean_indexes(installation: Installation) -> Iterator[set[object]]:
    with psycopg.connect(installation.dsn("engine")) as connection:
        yield {row[0] for row in connection.execute("select indexname from pg_indexes where schemaname = 'public'")}


CHANGES = {
    "an event's text": ("update event set open = '{\"sex\": \"male\"}' where kind = 'person-registered'", "chain"),
    "when an event was recorded": ("update event set recorded_at = recorded_at + interval '1 second'", "chain"),
    "where an event stands": ("update event set jurisdiction = jurisdiction + 1", "chain"),
    "an event of a kind nobody knows": ("update event set kind = 'x' where kind = 'contact-determined'", "chain"),
    "the last event of a stream": (
        "delete from event where (stream, version) in (select id, version from stream where kind = 'person')",
        "head",
    ),
    "the last event and its head": (
        (
            "with gone as (delete from event where kind = 'contact-determined' returning stream, version, prev)"
            " update stream set version = gone.version - 1, hash = gone.prev from gone where id = gone.stream"
        ),
        "act",
    ),
    "a whole stream": (
        (
            "with gone as (delete from stream where kind = 'person' returning id)"
            " delete from event where stream in (select id from gone)"
        ),
        "act",
    ),
    "who did an act": ("update act set actor = 'somebody-else' where key like '%mark'", "act"),
    "what an act resulted in": ("update act set result = '{}' where key like '%mark'", "act"),
    "an act": ("delete from act where key like '%mark'", "seal"),
    "a seal": ("update seal set root = hash where number = 1", "seal 1"),
    "a seal is missing": ("delete from seal where number = 1", "seal"),
    "which acts a seal covers": ("delete from seal_act where position = 1", "seal"),
    "a status": ("update status_span set ends = ends + interval '30 days'", "status_span"),
    "a status of somebody unknown": (
        (
            "insert into status_span select gen_random_uuid(), loop, status, strictness, jurisdiction, starts, ends,"
            " rulebook, measure, version, clause, reason from status_span limit 1"
        ),
        "status_span",
    ),
    "a status removed": ("delete from status_span", "status_span"),
    "a duty done": ("update duty set state = 'done', done_at = due", "duty"),
    "a loop": ("delete from loop", "loop"),
    "who was a contact of whom": ("update contact_link set source = gen_random_uuid()", "contact_link"),
    "where a person stays": ("update person set jurisdiction = jurisdiction + 1", "person"),
    "when the clock looks again": ("update deadline set next_at = next_at + interval '1 day'", "deadline"),
    "the rulebook that was adopted": ("update adoption set adopted_at = adopted_at - interval '1 day'", "adoption"),
    "the text of a rulebook": ("update rulebook_text set text = text || ' '", "rulebook"),
    "a count of the board": ("update tally set n = n + 1", "count"),
}
"""What was done behind the ledger's back -> how, and a word by which `verify` names it."""


@pytest.fixture
def sealed(lawful: Parts) -> Parts:
    """A case and its contact, with the books kept."""
    source, exposed = person(lawful), person(lawful)
    told(lawful, exposed, contact(source, lawful.now().date()))
    mark(lawful)
    keep_books(lawful)
    told(lawful, person(lawful), contact(source, lawful.now().date()))
    keep_books(lawful)
    return lawful


def test_shared_among_processes_verify_finds_the_same(
    clean: Installation, sealed: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "CHUNK", 10)
    forged = sql.SQL("update event set hash = sha256(hash) where stream in (select id from stream where kind = {})")
    with tampering(clean) as connection:
        connection.execute(forged.format("person"))
    with sealed.pool.connection() as connection:
        alone = verify(connection)
        connection.rollback()
        shared = verify(connection, dsn=clean.dsn("engine"), processes=2)
    assert alone.broken
    assert sorted(shared.broken) == sorted(alone.broken)
    assert (shared.streams, shared.events, shared.seals) == (alone.streams, alone.events, alone.seals)


def mark(parts: Parts) -> None:
    """An act with a key one can find."""
    register_person(parts, By("operator", "register-keeping", "mark"), p.PersonRegistered(stay=HERE))


def test_verify_finds_every_change_behind_the_ledgers_back_and_names_it(clean: Installation, sealed: Parts) -> None:
    assert broken(sealed) == []
    wrong: list[str] = []
    for what, (change, word) in CHANGES.items():
        with tampering(clean) as connection:
            changed = connection.execute(sql.SQL(change))  # type: ignore[arg-type]
            assert changed.rowcount > 0, what
            said = verifying.examine(connection).broken
            connection.rollback()
        if not any(word in line.lower() for line in said):
            wrong.append(f"{what}: {word!r} not in {said[:3]}")
    assert broken(sealed) == []
    assert wrong == []


def test_no_message_of_verify_holds_anything_personal(clean: Installation, sealed: Parts) -> None:
    with tampering(clean) as connection:
        connection.execute("update event set open = '{\"sex\": \"male\"}' where kind = 'person-registered'")
    assert all("male" not in line and "{" not in line for line in broken(sealed))
