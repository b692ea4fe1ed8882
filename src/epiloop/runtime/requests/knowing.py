"""What is known of one person, read from the ledger without changing anything. What is sealed stays sealed."""

from datetime import datetime
from uuid import UUID

from epiloop.registers.people.state import fold
from epiloop.runtime.histories import load
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.people import Known, found
from epiloop.store.ledger import PgLedger


def known(parts: Parts, by: By, person: UUID, at: datetime) -> Known:
    """A person as an act would find them at an instant.

    Raises NotFound for somebody out of reach, Refused for a registration merged into another.
    """
    with parts.pool.connection() as connection:
        ledger = PgLedger(connection)
        histories = load(ledger, {person: "person"}, lock=False)
        absorbed = fold(person, histories[person].entries).absorbed
        histories |= load(ledger, dict.fromkeys(absorbed, "person"), lock=False)
        laws = parts.shelf.laws(connection)
    one = found(person, histories, laws, at)
    by.check_person("person.read", one.jurisdiction)
    return one
