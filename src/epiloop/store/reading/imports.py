"""Imports that were made in an area. What was rejected stays sealed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.store.named import queries
from epiloop.store.reading.asking import ID, INSTANT, PAGE, Area, Page, after, fetch, page, within

Q = queries("reading/imports")


class RunLine(NamedTuple):
    """One import. `mendable`: its rejected rows can still be had."""

    id: UUID
    started_at: datetime
    finished_at: datetime | None
    account: str
    jurisdiction: int
    what: str
    total: int
    result: Mapping[str, Any]
    mendable: bool
    rejects_expire_at: datetime | None


def runs(
    connection: Connection[Any], asked: Area, now: datetime, *, limit: int = PAGE, after_page: str | None = None
) -> Page[RunLine]:
    """Imports, the latest first."""
    keys = after(after_page, started=INSTANT, id=ID)
    rows = fetch(connection, RunLine, Q["list"], {**within(asked), **keys, "now": now, "limit": limit + 1})
    return page(rows, limit, lambda row: (row.started_at.isoformat(), row.id))
