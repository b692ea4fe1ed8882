"""How many visits were recorded at doors, hour by hour, and what was counted there. Counts only; nobody is in them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.core.jurisdictions import Scope
from epiloop.operations.checkins.coverage import FEWEST
from epiloop.store.named import queries
from epiloop.store.reading.asking import Area, fetch, within
from epiloop.store.tables import DoorCountRow, PlaceRow

Q = queries("reading/coverage")

Door = tuple[UUID, str]
"""A zone of a place."""

MOST = 500
"""Places of an area that are looked at."""


class _Recorded(NamedTuple):
    place: UUID
    zone: str
    hour: datetime
    n: int


class _Began(NamedTuple):
    place: UUID
    zone: str
    hour: datetime


def recorded(
    connection: Connection[Any], places: Collection[UUID], hours: Sequence[datetime]
) -> dict[Door, dict[datetime, int]]:
    """The visits to each door in those of the hours (by their beginnings, UTC) in which there were any."""
    found: dict[Door, dict[datetime, int]] = {}
    for row in fetch(connection, _Recorded, Q["recorded"], {"places": list(places), "hours": list(hours)}):
        found.setdefault((row.place, row.zone), {})[row.hour] = row.n
    return found


def began(connection: Connection[Any], places: Collection[UUID]) -> Mapping[Door, datetime]:
    """Since when each door records at all."""
    rows = fetch(connection, _Began, Q["began"], {"places": list(places)})
    return {(row.place, row.zone): row.hour for row in rows}


def counted(
    connection: Connection[Any], places: Collection[UUID], since: datetime, until: datetime
) -> dict[Door, list[DoorCountRow]]:
    """What somebody counted at each door in times that touch [since, until)."""
    found: dict[Door, list[DoorCountRow]] = {}
    asked = {"places": list(places), "since": since, "until": until}
    for row in fetch(connection, DoorCountRow, Q["counted"], asked):
        found.setdefault((row.place, row.zone), []).append(row)
    return found


def lively(
    connection: Connection[Any], asked: Area, keeper: Scope, hours: Sequence[datetime], before: Sequence[datetime]
) -> list[PlaceRow]:
    """The open places of an area of which something can be said for some hours: enough came in those `before`, or
    somebody counted. Sensitive ones only where `keeper` reaches. At most `MOST`.
    """
    span = {"since": hours[0], "until": hours[-1], "at": hours[-1]}
    words = {**within(asked), **span, "keeper": keeper.as_multirange(), "before": list(before)}
    return fetch(connection, PlaceRow, Q["lively"], {**words, "fewest": FEWEST, "limit": MOST})
