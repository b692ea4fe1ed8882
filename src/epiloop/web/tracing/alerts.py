"""What every page says to those who approve and review: requests that wait for them, emergencies nobody reviewed."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from epiloop.runtime.requests.tracing import APPROVE
from epiloop.store.reading import tracing as stored
from epiloop.web.acting import Acting
from epiloop.web.tracing.shown import Line, line_of
from epiloop.web.who import logins

T = TypeVar("T")


def with_alerts(who: Acting, meanwhile: Callable[[], T]) -> tuple[Sequence[Line], T]:
    """What waits for the reader, and what `meanwhile` gives: both are asked for in one go."""
    if not who.can(APPROVE):
        return (), meanwhile()
    with who.reading(who.scope(APPROVE)) as connection:
        waiting = stored.asked_waiting(connection, who.actor)
        other = meanwhile()
        rows = waiting()
    people = logins(row.asked_by for row in rows) if rows else {}
    return [line_of(row, who.at, people) for row in rows], other
