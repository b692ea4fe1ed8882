"""A sample of the people whom a changed rulebook may concern: ids and where they stay, nothing else."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.store.named import queries
from epiloop.store.reading.asking import Area, fetch, within

Q = queries("reading/effect")


class Sampled(NamedTuple):
    """One person of the sample, and how many people it was drawn from."""

    subject: UUID
    jurisdiction: int
    of: int


def sample(connection: Connection[Any], asked: Area, at: datetime, *, limit: int) -> list[Sampled]:
    """Up to `limit` people of an area who have an open loop at the instant; the same ones each time it is asked."""
    return fetch(connection, Sampled, Q["sample"], {**within(asked), "at": at, "limit": limit})
