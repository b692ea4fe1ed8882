"""Bringing the vault's database to this version's schema.

Migrations are the numbered files of sql/migrations, run once each, in order, in one transaction; `migration` says
which ran and by what digest. A file that ran is never changed: a new one follows it.
"""

import tomllib
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import psycopg

from epiloop.core.errors import N_, Broken
from epiloop.core.inventory import Inventory, check_declared, inventory
from keyservice.statements import SQL, statement

_LEDGER = """
    CREATE TABLE IF NOT EXISTS migration (
        number integer PRIMARY KEY, name text NOT NULL, digest bytea NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now())
"""


class Migration(NamedTuple):
    """One numbered file."""

    number: int
    name: str
    text: str

    @property
    def digest(self) -> bytes:
        """SHA-256 of its text."""
        return sha256(self.text.encode()).digest()


def migrations() -> Iterator[Migration]:
    """All migrations of this version in order."""
    for file in sorted((SQL / "migrations").iterdir(), key=lambda file: file.name):
        number, _, name = file.name.removesuffix(".sql").partition("_")
        yield Migration(int(number), name, file.read_text("utf-8"))


def migrate(dsn: str) -> int:
    """Run what has not run yet, all or nothing; how many that were. Connects as the owner of the vault's database.

    Raises Broken if a migration that ran is not the one of this version, or if a column is there then of which the
    inventory of personal fields says nothing (PRIVACY R17).
    """
    with psycopg.connect(dsn) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('epiloop.migration'))")
        connection.execute(_LEDGER)
        ran: dict[int, bytes] = dict(connection.execute("SELECT number, digest FROM migration").fetchall())
        waiting = [migration for migration in migrations() if not _has_run(migration, ran)]
        for migration in waiting:
            connection.execute(migration.text)
            row = (migration.number, migration.name, migration.digest)
            connection.execute("INSERT INTO migration (number, name, digest) VALUES (%s, %s, %s)", row)
        check_declared(declared(), connection.execute(statement("columns")).fetchall())
    return len(waiting)


def declared() -> Inventory:
    """The inventory of personal fields of this version."""
    return inventory(tomllib.loads((SQL / "personal.toml").read_text("utf-8")))


def _has_run(migration: Migration, ran: dict[int, bytes]) -> bool:
    digest = ran.get(migration.number)
    if digest is not None and digest != migration.digest:
        raise Broken(
            N_("Migration %(number)d of the vault ran with another text."),
            where=f"keyservice/sql/migrations/{migration.number:04}_{migration.name}.sql",
            remedy=N_("Restore the file and write a new migration instead."),
            number=migration.number,
        )
    return digest is not None
