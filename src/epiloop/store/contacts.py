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


class CloseLink(NamedTuple):
    """A standing ring 1 link of `contact` through `source`, one of its sources."""

    contact: UUID
    link: str
    source: UUID
    disease: str
    last_exposure: date | None
    determined_at: datetime
    relation: str
    setting: str
    jurisdiction: int


class CloserLink(NamedTuple):
    """A ring 1 link that one of ring 2 became; it may have been taken back."""

    contact: UUID
    link: str
    last_exposure: date | None
    determined_at: datetime
    withdrawn_at: datetime | None


def secondaries(connection: Connection[Any], sources: Collection[UUID]) -> list[SecondaryLink]:
    """The secondary contacts of these people."""
    return [SecondaryLink(*row) for row in connection.execute(Q["secondaries"], {"sources": list(sources)})]


def closers(connection: Connection[Any], contacts: Collection[UUID]) -> list[CloserLink]:
    """What became of the secondary contacts among these people."""
    if not contacts:
        return []
    return [CloserLink(*row) for row in connection.execute(Q["closers"], {"contacts": list(contacts)})]


def close(connection: Connection[Any], sources: Collection[UUID]) -> list[CloseLink]:
    """By which links the close contacts of these people are that; who is a sure case of the disease too is left out."""
    return [CloseLink(*row) for row in connection.execute(Q["close"], {"sources": list(sources)})]


def standing(connection: Connection[Any], contacts: Collection[UUID]) -> list[tuple[UUID, str]]:
    """These people and the names of the links by which they are contacts, of any ring."""
    return [(contact, link) for contact, link in connection.execute(Q["standing"], {"contacts": list(contacts)})]


def hold(connection: Connection[Any], people: Collection[UUID]) -> None:
    """Keep these people's streams as they are until the transaction ends."""
    connection.execute(Q["hold"], {"people": sorted(people)})
