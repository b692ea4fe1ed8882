"""Units, posts with their shifts, and places, by jurisdiction."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from epiloop.store.named import queries
from epiloop.store.reading.asking import ID, PAGE, Area, Page, after, fetch, page, within
from epiloop.store.tables import PlaceRow, PostRow, ShiftRow, UnitRow

Q = queries("reading/registers")


def units(
    connection: Connection[Any],
    asked: Area,
    *,
    kind: str | None = None,
    text: str | None = None,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[UnitRow]:
    """Units of an area by jurisdiction and kind; `text` is part of their name."""
    words = {**within(asked), **_keys(after_page), "kind": kind, "part": _part(text), "limit": limit + 1}
    return page(fetch(connection, UnitRow, Q["units"], words), limit, lambda row: (row.jurisdiction, row.kind, row.id))


def units_by_id(connection: Connection[Any], ids: Collection[UUID]) -> dict[UUID, UnitRow]:
    """Those of the ids that are units within the scope."""
    return {row.id: row for row in fetch(connection, UnitRow, Q["units_by_id"], {"ids": list(ids)})}


def posts(
    connection: Connection[Any],
    asked: Area,
    *,
    kind: str | None = None,
    unit: UUID | None = None,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[PostRow]:
    """Posts of an area by jurisdiction and kind. Who is on shift: `owners.on_shift`; when nobody is: `owners.gaps`."""
    words = {**within(asked), **_keys(after_page), "kind": kind, "unit": unit, "limit": limit + 1}
    return page(fetch(connection, PostRow, Q["posts"], words), limit, lambda row: (row.jurisdiction, row.kind, row.id))


def shifts(connection: Connection[Any], posts: Collection[UUID], since: datetime, until: datetime) -> list[ShiftRow]:
    """The shifts of some posts that touch [since, until), by post and beginning."""
    return fetch(connection, ShiftRow, Q["shifts"], {"posts": list(posts), "since": since, "until": until})


def places(
    connection: Connection[Any],
    asked: Area,
    at: datetime,
    *,
    kind: str | None = None,
    unit: UUID | None = None,
    text: str | None = None,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[PlaceRow]:
    """Places of an area by jurisdiction and kind; those closed by the instant are left out."""
    words = {"at": at, "kind": kind, "unit": unit, "part": _part(text), "limit": limit + 1}
    rows = fetch(connection, PlaceRow, Q["places"], {**within(asked), **_keys(after_page), **words})
    return page(rows, limit, lambda row: (row.jurisdiction, row.kind, row.id))


def places_by_id(connection: Connection[Any], ids: Collection[UUID]) -> dict[UUID, PlaceRow]:
    """Those of the ids that are places within the scope."""
    return {row.id: row for row in fetch(connection, PlaceRow, Q["places_by_id"], {"ids": list(ids)})}


def _keys(after_page: str | None) -> dict[str, object]:
    return after(after_page, jurisdiction=int, kind=str, id=ID)


def _part(text: str | None) -> str | None:
    plain = (text or "").strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%" if plain else None
