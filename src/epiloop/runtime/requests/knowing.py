"""What is known of one person, read from the ledger without changing anything. What is sealed stays sealed."""

from datetime import datetime
from uuid import UUID

from epiloop.runtime.histories import load
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By, laws_of
from epiloop.runtime.requests.people import Known, found, with_absorbed
from epiloop.store.ledger import PgLedger


def known(parts: Parts, by: By, person: UUID, at: datetime) -> Known:
    """A person as an act would find them at an instant.

    Raises NotFound for somebody out of reach, Refused for a registration merged into another.
    """
    streams = with_absorbed(parts, person)
    with parts.pool.connection() as connection:
        histories = load(PgLedger(connection), streams, lock=False)
    one = found(person, histories, laws_of(parts), at)
    by.check_person("person.read", one.jurisdiction)
    return one
