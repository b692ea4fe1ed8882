"""Who would be released by discarding a case, or by correcting a result, before anybody does it."""

from uuid import UUID

from epiloop.ledger.events import Body, Draft
from epiloop.operations.investigation.actions import CLOSER
from epiloop.operations.investigation.events import CaseDiscarded, ContactWithdrawn
from epiloop.operations.screening.events import ResultCorrected
from epiloop.runtime.histories import load
from epiloop.runtime.near import Named
from epiloop.runtime.parts import Parts
from epiloop.runtime.reactions import react
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.people import found, with_absorbed
from epiloop.store import contacts
from epiloop.store.ledger import PgLedger


def resting_on(parts: Parts, by: By, person: UUID, case: UUID, disease: str) -> int:
    """How many close contacts rest on this case of a person alone: they are contacts no more once it is discarded.

    Worked out as the act itself does it; nothing is written. Raises NotFound, NotAllowed, Refused as the act would.
    """
    return _released(parts, by, person, CaseDiscarded(case, disease), "case.write")


def resting_on_result(parts: Parts, by: By, person: UUID, told: ResultCorrected) -> int:
    """How many close contacts rest on the result that this corrects alone; worked out and raised likewise."""
    return _released(parts, by, person, told, "duty.write")


def _released(parts: Parts, by: By, person: UUID, told: Body, right: str) -> int:
    streams = with_absorbed(parts, person)
    with parts.pool.connection() as connection, connection.transaction():
        histories = load(PgLedger(connection), streams, lock=False)
        now = parts.now()
        known = found(person, histories, parts.shelf.laws(connection), now)
        by.check_person(right, known.jurisdiction)
        drafts = react(connection, [Draft(person, told, now, known.jurisdiction)], histories)
        gone = {(draft.stream, draft.body.link) for draft in drafts if isinstance(draft.body, ContactWithdrawn)}
        released = {contact for contact, link in gone if not link.endswith(CLOSER)}
        held = {contact for contact, row in contacts.standing(connection, released) if not _of(contact, row) & gone}
    return len(released - held)


def _of(contact: UUID, row: str) -> set[Named]:
    """The links that a row may be of: rows of further sources carry a number behind the name."""
    return {(contact, row), (contact, row.rpartition("#")[0])}
