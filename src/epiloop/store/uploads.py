"""Files between upload and import: sealed rows with an end, and what somebody asked to be done with them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Json

from epiloop.store.named import queries

Q = queries("uploads")


class Stored(NamedTuple):
    """One upload. `wanted` is the work asked for and not done yet: "", "try" or "import"."""

    id: UUID
    account: str
    jurisdiction: int
    made_at: datetime
    expires_at: datetime
    mapping: str
    wanted: str
    language: str
    state: Mapping[str, Any]
    sealed: bytes | None


def keep(connection: Connection[Any], upload: Stored) -> None:
    """Keep a new upload."""
    row = upload._asdict() | {"at": upload.made_at}
    connection.execute(Q["keep"], {name: row[name] for name in row if name not in ("wanted", "language", "state")})


def one(connection: Connection[Any], wanted: UUID, now: datetime, *, files: bool = False) -> Stored | None:
    """An upload that has not expired, with its sealed files only if asked for."""
    row = connection.execute(Q["with_files" if files else "one"], {"id": wanted, "now": now}).fetchone()
    return Stored(*row) if row else None


def of_account(connection: Connection[Any], account: str, now: datetime) -> list[Stored]:
    """The uploads of an account that wait for it, the latest first."""
    return [Stored(*row) for row in connection.execute(Q["of_account"], {"account": account, "now": now})]


def change_mapping(connection: Connection[Any], upload: UUID, mapping: str) -> bool:
    """Another mapping; False while the upload is being worked on."""
    return connection.execute(Q["map"], {"id": upload, "mapping": mapping}).rowcount == 1


def want(connection: Connection[Any], upload: UUID, wanted: str, language: str) -> bool:
    """Ask for work on an upload; False if some is asked for already."""
    return connection.execute(Q["want"], {"id": upload, "wanted": wanted, "language": language}).rowcount == 1


def note(connection: Connection[Any], upload: UUID, state: Mapping[str, Any], *, done: bool) -> None:
    """How far the work is, or what came of it."""
    connection.execute(Q["settle" if done else "note"], {"id": upload, "state": Json(state)})


def drop(connection: Connection[Any], upload: UUID) -> None:
    """Forget an upload."""
    connection.execute(Q["drop"], {"id": upload})


def expired(connection: Connection[Any], now: datetime) -> list[UUID]:
    """Uploads whose time is over."""
    return [row[0] for row in connection.execute(Q["expired"], {"now": now})]


def wanted(connection: Connection[Any]) -> list[UUID]:
    """Uploads that somebody asked to be worked on, the oldest first."""
    return [row[0] for row in connection.execute(Q["wanted"])]


@contextmanager
def claimed(connection: Connection[Any], upload: UUID) -> Iterator[bool]:
    """Whether this connection is the one that works on the upload now; it lets go at the end, or when it dies."""
    asked = {"id": str(upload)}
    row = connection.execute(Q["claim"], asked).fetchone()
    connection.commit()
    mine = bool(row and row[0])
    try:
        yield mine
    finally:
        if mine:
            connection.execute(Q["release"], asked)
            connection.commit()
