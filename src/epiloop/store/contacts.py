"""Who is linked to whom, for the reactions between one person's events and another's."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.store.named import queries

Q = queries("contacts")


class SecondaryLink(NamedTuple):
    """A standing ring 2 link of `contact` through `source`."""

    source: UUID
    contact: UUID
    link: str
    disease: str
    ring: int
    last_exposure: date | None
    determined_at: datetime
    relation: str
    setting: str
    jurisdiction: int


def secondaries(connection: Connection[Any], sources: Collection[UUID]) -> list[SecondaryLink]:
    """The secondary contacts of these people."""
    return [SecondaryLink(*row) for row in connection.execute(Q["secondaries"], {"sources": list(sources)})]


def outcomes(connection: Connection[Any], subjects: Collection[UUID]) -> list[tuple[UUID, str, str]]:
    """What the samples of these people said so far: person, sample, outcome."""
    return connection.execute(Q["outcomes"], {"subjects": list(subjects)}).fetchall()
