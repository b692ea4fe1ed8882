"""Who lives with a case is a close contact by every clause, and checks in nowhere for it: so the register is asked too.

Somebody at home is presumed to be there all day (docs/explanation/exposure.md): time together is the window of the
search, unless the key service knows more. Whether they were at home the investigator asks before confirming. Of a case
who was in isolation away from home all the time nobody is presumed to have been at home with them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from epiloop.core.instants import day_of
from epiloop.operations.tracing.state import Request
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By, laws_of
from epiloop.runtime.requests.tracing.met import Met, handle_of
from epiloop.runtime.requests.tracing.windows import entries_of, was_away
from epiloop.store.reading.people import household_of, person
from epiloop.store.scoped import reading
from epiloop.vault.reach import subject_code

KIND = "household"
_MINUTE = 60


def with_household(running: Running, by: By, request: Request, where: int, met: Sequence[Met]) -> tuple[Met, ...]:
    """Those who were met, and before them who lives with the case by the register, as far as the asker may see it."""
    members = _members(running, by, request.person, running.parts.now()) if request.person else ()
    if not members or request.since is None or request.until is None or request.person is None:
        return tuple(met)
    if was_away(entries_of(running.parts, request.person), request.since, request.until):
        return tuple(met)
    known = {one.subject: one for one in met if one.subject}
    home = [_at_home(running, request, where, one, known.get(one)) for one in members]
    rest = [one for one in met if one.subject not in set(members)]
    return tuple(replace(one, rank=rank) for rank, one in enumerate([*home, *rest], start=1))


def _members(running: Running, by: By, subject: UUID, at: datetime) -> tuple[UUID, ...]:
    with reading(running.readers, by.scope("person.read")) as connection:
        row = person(connection, subject)
        if row is not None and row.merged_into is not None:
            row = person(connection, row.merged_into)
        return tuple(one.id for one in household_of(connection, row, at)) if row else ()


def _at_home(running: Running, request: Request, where: int, member: UUID, known: Met | None) -> Met:
    """The member as somebody who was met at home, in ring 1 whatever else is known."""
    assert request.since is not None
    assert request.until is not None
    together = int((request.until - request.since).total_seconds()) // _MINUTE
    if known is not None:
        kinds = tuple(dict.fromkeys((KIND, *known.kinds)))
        together = max(together, known.together)
        return replace(known, ring=1, via=None, together=together, kinds=kinds, doubtful=False)
    zone, code = laws_of(running.parts).zone(where), subject_code(member)
    first, last = day_of(request.since, zone), day_of(request.until, zone)
    return Met(handle_of(running.stamp, request.request, code), code, 0, 1, together, 0, first, last, (KIND,))
