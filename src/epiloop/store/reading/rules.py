"""Which rulebooks are adopted, and how many open loops stand under each measure and version."""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from epiloop.store.named import queries
from epiloop.store.reading.asking import Area, fetch, within

Q = queries("reading/rules")


class Adopted(NamedTuple):
    """One adoption: which rulebook, by digest, for which jurisdiction, for instants from when on, known since when.

    `actor` is who adopted it as acts name them; `reason` is empty where none was given.
    """

    rulebook: str
    digest: bytes
    jurisdiction: int
    adopted_at: datetime
    recorded_at: datetime
    actor: str
    reason: str


class VersionLoops(NamedTuple):
    """How many loops are open under one version of a measure."""

    line: str
    rulebook: str
    measure: str
    version: str
    loops: int


def adoptions(connection: Connection[Any]) -> list[Adopted]:
    """All adoptions, the latest first."""
    return fetch(connection, Adopted, Q["adoptions"], {})


def in_force(connection: Connection[Any], at: datetime) -> list[Adopted]:
    """Of each rulebook the adoption that holds at the instant."""
    return fetch(connection, Adopted, Q["in_force"], {"at": at})


def loops_by_version(
    connection: Connection[Any], asked: Area, at: datetime, *, measure: str | None = None
) -> list[VersionLoops]:
    """Open loops at the instant for each version of each measure, the most first."""
    return fetch(connection, VersionLoops, Q["loops_by_version"], {**within(asked), "at": at, "measure": measure})
