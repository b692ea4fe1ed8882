"""What one capability does on another's event: facts born in one stream are told in each stream they matter to.

A linked contact's result is told to that contact's secondary contacts; when the contact turns positive they all become
close contacts, in the same act. (Law 2: a fact born elsewhere is appended with its cause.)
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Draft
from epiloop.operations.investigation.actions import Secondary, secondary_to_close, tell_result
from epiloop.operations.investigation.events import CaseDetermined, LinkedContactResult
from epiloop.operations.investigation.state import Link
from epiloop.operations.screening.events import ResultReceived
from epiloop.store import contacts

TELLING = frozenset({"negative", "positive"})
SURE = frozenset({"confirmed", "asymptomatic"})


def react(connection: Connection[Any], drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts that these drafts bring about in other people's streams."""
    results = [d for d in drafts if isinstance(d.body, ResultReceived) and d.body.outcome.value in TELLING]
    positives = [d for d in drafts if _turns_positive(d)]
    people = {draft.stream for draft in (*results, *positives)}
    linked = _linked(connection, people) if people else {}
    if not linked:
        return []
    counts = contacts.results_before(connection, linked)
    told = [one for draft in results for one in _tell(draft, linked, counts)]
    return told + [one for draft in positives for one in _close(draft, linked)]


def _turns_positive(draft: Draft) -> bool:
    body = draft.body
    if isinstance(body, CaseDetermined):
        return body.classification.value in SURE
    return isinstance(body, ResultReceived) and body.outcome.value == "positive"


def _linked(connection: Connection[Any], people: set[UUID]) -> dict[UUID, list[Secondary]]:
    found: dict[UUID, list[Secondary]] = {}
    for row in contacts.secondaries(connection, people):
        link = Link(
            row.link,
            row.disease,
            row.ring,
            (row.source,),
            row.last_exposure,
            row.setting,
            row.relation,
            row.determined_at,
        )
        found.setdefault(row.source, []).append(Secondary(row.contact, link, row.jurisdiction))
    return found


def _tell(draft: Draft, linked: dict[UUID, list[Secondary]], counts: dict[UUID, int]) -> list[Draft]:
    assert isinstance(draft.body, ResultReceived)
    counts[draft.stream] = counts.get(draft.stream, 0) + 1
    result = LinkedContactResult(draft.stream, draft.body.outcome.value, counts[draft.stream])
    return tell_result(linked.get(draft.stream, ()), result, at=draft.occurred_at)


def _close(draft: Draft, linked: dict[UUID, list[Secondary]]) -> list[Draft]:
    # The cause's version is not known before it is written; 0 stands for "the event of the same act".
    cause = EventRef(draft.stream, 0)
    return secondary_to_close(linked.get(draft.stream, ()), index=draft.stream, cause=cause, at=draft.occurred_at)
