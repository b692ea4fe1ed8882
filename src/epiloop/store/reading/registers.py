"""Units, posts with their shifts, and places with their zones and codes, by jurisdiction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.core.jurisdictions import Scope
from epiloop.store.named import queries
from epiloop.store.reading.asking import ID, PAGE, Area, Page, after, fetch, fetch_one, page, within
from epiloop.store.tables import PlaceRow, PostRow, ShiftRow, UnitRow, VenueCodeRow, ZoneRow

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


@dataclass(frozen=True, slots=True)
class PlacesAsked:
    """Which places are asked for. Sensitive ones are left out but where `keeper` reaches (PRIVACY R13)."""

    area: Area
    keeper: Scope
    kind: str | None = None
    unit: UUID | None = None
    text: str | None = None


def places(
    connection: Connection[Any], asked: PlacesAsked, at: datetime, *, limit: int = PAGE, after_page: str | None = None
) -> Page[PlaceRow]:
    """Places of an area by jurisdiction and kind; those closed by the instant are left out."""
    wanted = {"kind": asked.kind, "unit": asked.unit, "part": _part(asked.text), "keeper": asked.keeper.as_multirange()}
    words = {**within(asked.area), **_keys(after_page), **wanted, "at": at, "limit": limit + 1}
    return page(
        fetch(connection, PlaceRow, Q["places"], words), limit, lambda row: (row.jurisdiction, row.kind, row.id)
    )


def places_by_id(connection: Connection[Any], ids: Collection[UUID], keeper: Scope) -> dict[UUID, PlaceRow]:
    """Those of the ids that are places within the scope; sensitive ones only where `keeper` reaches."""
    asked = {"ids": list(ids), "keeper": keeper.as_multirange()}
    return {row.id: row for row in fetch(connection, PlaceRow, Q["places_by_id"], asked)}


class Named(NamedTuple):
    """A place's names and position."""

    name_zh: str
    name_en: str
    longitude: float
    latitude: float


Box = tuple[float, float, float, float]
"""West, south, east and north, in degrees."""


def places_around(connection: Connection[Any], box: Box, keeper: Scope, *, limit: int) -> list[Named]:
    """Open places in a box, those where most people go first; sensitive ones only where `keeper` reaches."""
    asked = {**_in(box), "keeper": keeper.as_multirange(), "limit": limit}
    return [Named(*row) for row in connection.execute(Q["places_around"], asked)]


def townships_around(connection: Connection[Any], box: Box, *, limit: int) -> list[tuple[int, float, float]]:
    """Townships some of whose places lie in a box, with the middle of these places."""
    rows = connection.execute(Q["townships_around"], {**_in(box), "limit": limit})
    return [(int(row[0]), float(row[1]), float(row[2])) for row in rows]


def _in(box: Box) -> dict[str, float]:
    return dict(zip(("west", "south", "east", "north"), box, strict=True))


def zones(connection: Connection[Any], places: Collection[UUID]) -> dict[UUID, list[ZoneRow]]:
    """The zones of some places, by their words."""
    found: dict[UUID, list[ZoneRow]] = {}
    for row in fetch(connection, ZoneRow, Q["zones"], {"places": list(places)}):
        found.setdefault(row.place, []).append(row)
    return found


def venue_codes(connection: Connection[Any], places: Collection[UUID]) -> dict[UUID, list[VenueCodeRow]]:
    """All codes there ever were at some places, by zone, the newest first."""
    found: dict[UUID, list[VenueCodeRow]] = {}
    for row in fetch(connection, VenueCodeRow, Q["venue_codes"], {"places": list(places)}):
        found.setdefault(row.place, []).append(row)
    return found


def venue_code(connection: Connection[Any], place: UUID, zone: str, number: int) -> VenueCodeRow | None:
    """One code: whether it was ever issued, and when it ends."""
    return fetch_one(connection, VenueCodeRow, Q["venue_code"], {"place": place, "zone": zone, "number": number})


def venue_codes_called(connection: Connection[Any], short: str) -> list[VenueCodeRow]:
    """The codes with a short code, within the scope: nearly always one."""
    return fetch(connection, VenueCodeRow, Q["venue_codes_called"], {"short": short})


def _keys(after_page: str | None) -> dict[str, object]:
    return after(after_page, jurisdiction=int, kind=str, id=ID)


def _part(text: str | None) -> str | None:
    plain = (text or "").strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%" if plain else None
