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


class RingLink(NamedTuple):
    """A standing link of `contact` in a ring, through `source`, one of its sources."""

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
    source: UUID | None
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


class Held(NamedTuple):
    """A ring 1 link of `contact`, and whether it stands."""

    contact: UUID
    link: str
    disease: str
    standing: bool


def ring(connection: Connection[Any], sources: Collection[UUID], number: int) -> list[RingLink]:
    """By which links people are contacts of these in a ring; who is a sure case of the disease too is left out."""
    return [RingLink(*row) for row in connection.execute(Q["ring"], {"sources": list(sources), "ring": number})]


def held(connection: Connection[Any], contacts: Collection[UUID]) -> list[Held]:
    """By which links these people are, or were, close contacts."""
    return [Held(*row) for row in connection.execute(Q["held"], {"contacts": list(contacts)})]


def merged(connection: Connection[Any], people: Collection[UUID]) -> dict[UUID, UUID]:
    """Registrations that were merged into one of these, or are one of these: each with the one that goes on."""
    return dict(connection.execute(Q["merged"], {"people": list(people)}).fetchall())


def standing(connection: Connection[Any], contacts: Collection[UUID]) -> list[tuple[UUID, str]]:
    """These people and the names of the links by which they are contacts, of any ring."""
    return [(contact, link) for contact, link in connection.execute(Q["standing"], {"contacts": list(contacts)})]


def hold(connection: Connection[Any], people: Collection[UUID]) -> None:
    """Keep these people's streams as they are until the transaction ends."""
    connection.execute(Q["hold"], {"people": sorted(people)})
