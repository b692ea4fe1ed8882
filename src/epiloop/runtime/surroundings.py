"""What reactions ask beyond the streams of an act: who is linked to whom, who was merged with whom, what others were
told. A port, so that the same steps run on PostgreSQL and in memory.
"""

from collections.abc import Collection
from typing import Any, Protocol
from uuid import UUID

from psycopg import Connection

from epiloop.runtime.histories import History, load
from epiloop.store import contacts
from epiloop.store.contacts import CloserLink, Held, RingLink, SecondaryLink
from epiloop.store.ledger import PgLedger


class Surroundings(Protocol):
    """As it stood before the act. Contacts are named by the registration that goes on, their sources as told."""

    def secondaries(self, sources: Collection[UUID]) -> list[SecondaryLink]:
        """The secondary contacts of these people."""
        ...

    def closers(self, people: Collection[UUID]) -> list[CloserLink]:
        """What became of the secondary contacts among these people."""
        ...

    def ring(self, sources: Collection[UUID], number: int) -> list[RingLink]:
        """By which links people are contacts of these in a ring; who is a sure case of the disease too is left out."""
        ...

    def held(self, people: Collection[UUID]) -> list[Held]:
        """By which links these people are, or were, close contacts."""
        ...

    def merged(self, people: Collection[UUID]) -> dict[UUID, UUID]:
        """Registrations that were merged into one of these, or are one of these: each with the one that goes on."""
        ...

    def histories(self, people: Collection[UUID]) -> dict[UUID, History]:
        """What these people's streams say; nobody changes them until the act is done."""
        ...

    def locked(self, person: UUID) -> History:
        """What a stream says that the act will write to."""
        ...


class Stored:
    """`Surroundings` on one open connection, in the act's transaction."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection

    def secondaries(self, sources: Collection[UUID]) -> list[SecondaryLink]:
        return contacts.secondaries(self.connection, sources)

    def closers(self, people: Collection[UUID]) -> list[CloserLink]:
        return contacts.closers(self.connection, people)

    def ring(self, sources: Collection[UUID], number: int) -> list[RingLink]:
        return contacts.ring(self.connection, sources, number)

    def held(self, people: Collection[UUID]) -> list[Held]:
        return contacts.held(self.connection, people)

    def merged(self, people: Collection[UUID]) -> dict[UUID, UUID]:
        return contacts.merged(self.connection, people)

    def histories(self, people: Collection[UUID]) -> dict[UUID, History]:
        contacts.hold(self.connection, people)
        return load(PgLedger(self.connection), dict.fromkeys(people, "person"), lock=False)

    def locked(self, person: UUID) -> History:
        return load(PgLedger(self.connection), {person: "person"}, lock=True)[person]
