"""The row of a request for a contact search."""

from collections.abc import Iterator
from typing import Any

from epiloop.operations.tracing.state import fold
from epiloop.runtime.histories import History
from epiloop.store.tables import TraceRow


def trace_rows(history: History) -> Iterator[tuple[Any, ...]]:
    """How the request stands; nothing for one that nobody made."""
    told = fold(history.stream, history.entries)
    if told.person is None or told.asked_at is None or told.due is None:
        return
    yield TraceRow(
        id=told.request,
        kind=told.kind,
        step=told.step,
        person=told.person,
        jurisdiction=history.entries[0].jurisdiction,
        disease=told.disease,
        clause=told.clause,
        ring=told.ring,
        since=told.since,
        until=told.until,
        asked_by=told.by,
        asked_unit=told.unit,
        asked_at=told.asked_at,
        due=told.due,
        decided_by=told.decided_by,
        decided_unit=told.decided_unit,
        decided_at=told.decided_at,
        expires=told.expires,
        first_ring=told.first,
        second_ring=told.second,
        counted=told.counted,
        done_at=told.done_at,
        confirmed=told.confirmed,
        registered=told.registered,
        justified=told.justified,
    )
