"""Links that a complete list no longer names: withdrawn, if the list says that it is complete."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from epiloop.core.instants import day_of
from epiloop.ledger.events import Draft
from epiloop.operations.investigation import mapping as lists
from epiloop.operations.investigation.actions import When, withdraw_contact
from epiloop.operations.investigation.events import ContactDetermined, ContactWithdrawn
from epiloop.operations.investigation.mapping import Imported
from epiloop.operations.investigation.state import fold
from epiloop.runtime.acts import Asked, Decision, Histories, perform
from epiloop.runtime.histories import History
from epiloop.runtime.parts import Parts
from epiloop.store import intake

REASON = "The complete list %s of %s no longer names this link."
"""Kept sealed with the withdrawal; names the list and the day."""


@dataclass(frozen=True, slots=True)
class Vanished:
    """A standing link that a system's list named before and does not name now."""

    contact: UUID
    link: str
    disease: str
    jurisdiction: int
    key: str
    """The source key under which the list told it last."""


def vanished(parts: Parts, system: str, imported: Imported) -> list[Vanished]:
    """The standing links that were imported from the system and stand in no row."""
    named = {d.body.link for row in imported.rows for d in row.drafts if isinstance(d.body, ContactDetermined)}
    with parts.pool.connection() as connection:
        found = [Vanished(*row) for row in intake.links_of_system(connection, system)]
    return [one for one in found if one.link not in named]


def withdraw(parts: Parts, asked: Asked, system: str, gone: Sequence[Vanished]) -> int:
    """Withdraw them as one act, with the reason; how many links. What was withdrawn meanwhile is left alone."""

    def decide(histories: Histories, now: datetime) -> Decision:
        with parts.pool.connection() as connection:
            laws = parts.shelf.laws(connection)
        drafts = []
        for one in gone:
            today = day_of(now, laws.zone(one.jurisdiction))
            drafts += _withdrawn(one, histories[one.contact], system, When(now, today, one.jurisdiction))
        return Decision(drafts, {"withdrawn": sum(draft.source_key is not None for draft in drafts)})

    done = perform(parts, asked, dict.fromkeys((one.contact for one in gone), "person"), decide)
    return int(str(done.result["withdrawn"]))


def _withdrawn(one: Vanished, history: History, system: str, when: When) -> list[Draft]:
    state = fold(one.contact, history.entries)
    if one.link not in state.links or state.links[one.link].step != "determined":
        return []
    request = ContactWithdrawn(one.link, one.disease, REASON % (system, when.today.isoformat()))
    first, *closers = withdraw_contact(state, request, when)
    # Under the name of the row, so that the list may name the link again.
    told = [entry.source_key for entry in history.entries if entry.source_key]
    key = lists.fresh_key(f"{one.key.rpartition(':')[0]}:withdrawn", told)
    return [Draft(first.stream, first.body, first.occurred_at, first.jurisdiction, key), *closers]
