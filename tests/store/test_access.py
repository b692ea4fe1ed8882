"""What each database role may do. The fixed cast: owner, engine, app."""

import psycopg
import pytest
from psycopg import errors

from epiloop.project.home import Installation

LEDGER = ["act", "event", "seal", "seal_act", "rulebook_text"]


@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize("role", ["engine", "app"])
@pytest.mark.parametrize("change", ["delete from {}", "truncate {}", "update {} set {} = {}"])
def test_the_ledger_cannot_be_changed_by_an_application_role(
    installation: Installation, table: str, role: str, change: str
) -> None:
    column = {"event": "stream", "seal": "number", "seal_act": "act", "rulebook_text": "digest"}.get(table, "id")
    with psycopg.connect(installation.dsn(role)) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(change.format(table, column, column))


@pytest.mark.parametrize("change", ["delete from {}", "truncate {} cascade"])
@pytest.mark.parametrize("table", LEDGER)
def test_even_the_owner_of_the_ledger_is_stopped_by_its_trigger(
    installation: Installation, table: str, change: str
) -> None:
    with psycopg.connect(installation.dsn("owner")) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(change.format(table))


def test_pages_cannot_read_raw_events(installation: Installation) -> None:
    with psycopg.connect(installation.dsn("app")) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("select * from event")


def test_no_table_has_a_column_in_which_a_status_could_be_set(installation: Installation) -> None:
    query = """select table_name from information_schema.columns
               where table_schema = 'public' and column_name in ('status', 'colour', 'code_colour')
                 and table_name not in ('status_span', 'stage')"""
    with psycopg.connect(installation.dsn("owner")) as connection:
        assert connection.execute(query).fetchall() == []


def test_pages_may_write_no_projection(installation: Installation) -> None:
    query = """select table_name, privilege_type from information_schema.role_table_grants
               where grantee = 'epiloop_app' and privilege_type <> 'SELECT' and table_name in
               (select tablename from pg_tables where tableowner = 'epiloop_engine')"""
    with psycopg.connect(installation.dsn("owner")) as connection:
        assert connection.execute(query).fetchall() == []


def test_an_unset_scope_sees_nothing_and_a_scope_sees_only_its_ranges(clean: Installation) -> None:
    row = "insert into unit values (gen_random_uuid(), 'hospital', '某医院', 'A hospital', %s)"
    with psycopg.connect(clean.dsn("engine")) as engine:
        engine.execute(row, [4502260010000000])
        engine.execute(row, [3204120010000000])
    with psycopg.connect(clean.dsn("app")) as app:
        assert app.execute("select count(*) from unit").fetchone() == (0,)
        app.execute("select set_config('epiloop.scope', '{[4502260000000000,4502270000000000)}', false)")
        assert app.execute("select jurisdiction from unit").fetchall() == [(4502260010000000,)]
