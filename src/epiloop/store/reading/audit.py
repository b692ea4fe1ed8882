"""The audit list: who did what, for which purpose, how much of it where; never its content."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.store.named import queries
from epiloop.store.reading.asking import ID, INSTANT, PAGE, Area, Page, after, fetch, page, within
from epiloop.store.reading.lists import EVER, NEVER

Q = queries("reading/audit")


class AuditLine(NamedTuple):
    """One act in one jurisdiction it touched: how many subjects and events there."""

    act: UUID
    at: datetime
    actor: str
    purpose: str
    jurisdiction: int
    subjects: int
    events: int


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which acts; None: any. Of the period [since, until)."""

    actor: str | None = None
    purpose: str | None = None
    since: datetime = EVER
    until: datetime = NEVER


def audit(
    connection: Connection[Any],
    asked: Area,
    chosen: AuditFilter = AuditFilter(),
    *,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[AuditLine]:
    """Acts, the latest first."""
    keys = after(after_page, at=INSTANT, act=ID, jurisdiction=int)
    rows = fetch(connection, AuditLine, Q["list"], {**within(asked), **asdict(chosen), **keys, "limit": limit + 1})
    return page(rows, limit, lambda row: (row.at.isoformat(), row.act, row.jurisdiction))
