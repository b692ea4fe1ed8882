"""Every table and column stands in the inventory of personal fields, and what does not is not migrated in (R17)."""

import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from django.db.migrations import RunPython

import epiloop.store.migrations
from epiloop.core.errors import Broken, InvalidInput
from epiloop.core.inventory import inventory, undeclared
from epiloop.project.home import Installation
from epiloop.store import personal
from keyservice import schema
from keyservice.statements import SQL, statement

MIGRATIONS = sorted(path.stem for path in Path(epiloop.store.migrations.__path__[0]).glob("0*.py"))


@pytest.fixture
def owner(installation: Installation) -> Iterator[psycopg.Connection]:
    """The application's database, as its owner; nothing stays."""
    with psycopg.connect(installation.dsn("owner")) as connection, connection.transaction(force_rollback=True):
        yield connection


@pytest.fixture
def keeper(installation: Installation) -> str:
    """How migrations of the key service's database connect."""
    return psycopg.conninfo.make_conninfo(installation.keyservice.dsn("admin"), dbname="epiloop_vault")


def test_every_column_of_the_applications_database_is_declared_and_there(owner):
    found = set(owner.execute(personal.Q["columns"]).fetchall())
    assert (undeclared(personal.declared(), found), personal.declared().columns() - found) == ([], set())


def test_every_column_of_the_key_services_database_is_declared_and_there(keeper):
    with psycopg.connect(keeper) as connection:
        found = set(connection.execute(statement("columns")).fetchall())
    assert (undeclared(schema.declared(), found), schema.declared().columns() - found) == ([], set())


def test_a_column_that_is_not_declared_is_named(owner):
    owner.execute("alter table person add column nickname text")
    with pytest.raises(Broken, match=r"person\.nickname"):
        personal.check(owner.cursor())


def test_every_migration_of_the_application_ends_with_the_check():
    assert MIGRATIONS
    for name in MIGRATIONS:
        last = import_module(f"epiloop.store.migrations.{name}").Migration.operations[-1]
        assert isinstance(last, RunPython)
        assert last.code is personal.check_migrated


def test_the_key_service_migrates_nothing_in_that_is_not_declared(keeper):
    with psycopg.connect(keeper, autocommit=True) as admin:
        admin.execute("CREATE TABLE diary (entry text)")
        try:
            with pytest.raises(Broken, match=r"diary\.entry"):
                schema.migrate(keeper)
        finally:
            admin.execute("DROP TABLE diary")
    assert schema.migrate(keeper) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("whose", "everybody"),
        ("what", ""),
        ("purposes", []),
        ("purposes", ["police"]),
        ("basis", "because"),
        ("retention", "for ever"),
        ("columns", []),
        ("columns", ["subject", "subject"]),
    ],
)
def test_an_entry_says_whose_for_what_on_which_basis_and_for_how_long(name, value):
    plain = tomllib.loads((SQL / "personal.toml").read_text("utf-8"))
    plain["personal"]["salt"][name] = value
    with pytest.raises(InvalidInput):
        inventory(plain)


def test_a_table_is_of_people_or_of_nobody():
    plain = tomllib.loads((SQL / "personal.toml").read_text("utf-8"))
    plain["nobody"]["salt"] = ["subject"]
    with pytest.raises(InvalidInput):
        inventory(plain)
