"""The heads of the key service's log that are kept here; appended, never changed."""

from datetime import date, datetime
from typing import Any

from psycopg import Connection

from epiloop.store.named import queries
from epiloop.vault.port import Head

Q = queries("vault_heads")


def latest(connection: Connection[Any]) -> date | None:
    """The last day of which a head is kept."""
    row = connection.execute(Q["latest"]).fetchone()
    return row[0] if row else None


def keep(connection: Connection[Any], head: Head, at: datetime) -> None:
    """Keep a head; one of a day that has one already is left out."""
    values = {"day": head.day, "entries": head.entries, "hash": head.hash, "key": head.key}
    connection.execute(Q["keep"], values | {"signature": head.signature, "kept_at": at})


def kept(connection: Connection[Any]) -> list[Head]:
    """All heads by day."""
    return [Head(*row) for row in connection.execute(Q["kept"])]
