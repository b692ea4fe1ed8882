"""What exchanging messages needs of the database: peers, requests with messages that wait, and when to try again."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.core.jurisdictions import code
from epiloop.store.named import queries
from epiloop.store.reading.asking import fetch, fetch_one
from epiloop.store.tables import PeerRow

Q = queries("assistance")


class Waiting(NamedTuple):
    """A request with messages that did not leave, and where they go: an address, or inside (`peer` None)."""

    id: UUID
    peer: UUID | None
    address: str
    waiting: list[str]


def number(text: str) -> int:
    """A jurisdiction as it is written in the table."""
    return int(code(text))


def peers(connection: Connection[Any]) -> list[PeerRow]:
    """All peers there ever were, by name."""
    return fetch(connection, PeerRow, Q["peers"], {})


def peer(connection: Connection[Any], wanted: UUID) -> PeerRow | None:
    """One peer."""
    return fetch_one(connection, PeerRow, Q["peer"], {"id": wanted})


def waiting(connection: Connection[Any], now: datetime, limit: int) -> list[Waiting]:
    """Requests whose messages can leave without a person and whose time to try has come, the oldest first."""
    return fetch(connection, Waiting, Q["waiting"], {"now": now, "limit": limit})


def put_off(connection: Connection[Any], request: UUID, now: datetime, problem: str) -> None:
    """It failed: the next try comes after a minute, then two, four ... an hour at most."""
    connection.execute(Q["put_off"], {"request": request, "now": now, "problem": problem})


def taken_up(connection: Connection[Any], request: UUID) -> None:
    """It went well."""
    connection.execute(Q["taken_up"], {"request": request})


def problems(connection: Connection[Any]) -> dict[UUID, tuple[int, datetime, str]]:
    """What could not be sent: how often it was tried, when it is tried again, and why not."""
    return {row[0]: (row[1], row[2], row[3]) for row in connection.execute(Q["problems"])}
