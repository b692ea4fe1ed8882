"""Adopted rulebooks: their adoptions, and their texts by digest."""

from typing import Any

from psycopg import Connection

from epiloop.core.errors import N_, Broken
from epiloop.store.named import queries
from epiloop.store.tables import AdoptionRow

Q = queries("laws")


def adoptions(connection: Connection[Any]) -> list[AdoptionRow]:
    """All adoptions in the order they were recorded."""
    return [AdoptionRow(*row) for row in connection.execute(Q["adoptions"], binary=True)]


def text(connection: Connection[Any], digest: bytes) -> str:
    """The canonical text of a rulebook. Raises Broken if an adopted text is not there."""
    known = known_text(connection, digest)
    if known is None:
        raise Broken(N_("The text of an adopted rulebook is missing: %(digest)s."), digest=digest.hex())
    return known


def known_text(connection: Connection[Any], digest: bytes) -> str | None:
    """The canonical text with this digest, adopted or only kept to be looked at; None if there is none."""
    row = connection.execute(Q["text"], {"digest": digest}).fetchone()
    return str(row[0]) if row else None


def keep_text(connection: Connection[Any], digest: bytes, name: str, canonical_text: str) -> None:
    """Keep a text for ever under its digest; keeping it twice changes nothing."""
    connection.execute(Q["keep_text"], {"digest": digest, "name": name, "text": canonical_text})
