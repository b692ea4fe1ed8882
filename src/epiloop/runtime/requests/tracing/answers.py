"""Carrying a search out: the key service says who was met; A adds what it knows of them, and keeps counts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from epiloop.operations.tracing import actions, checks
from epiloop.operations.tracing.events import TraceCarriedOut
from epiloop.operations.tracing.state import Request
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.tracing import ASK
from epiloop.runtime.requests.tracing.deciding import standing, tell
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.runtime.requests.tracing.households import with_household
from epiloop.runtime.requests.tracing.met import Met, handle_of
from epiloop.runtime.requests.tracing.windows import check_stands
from epiloop.store.reading.people import PersonLine, people_by_id
from epiloop.store.scoped import reading
from epiloop.vault.answers import MetPerson, TraceAnswer


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: those who were met in order of rank, how many in each ring, and what the register knows of them.

    `counted`: there is a first positive only, so nobody is named. `lines` by subject, inside the reader's jurisdiction.
    `gaps`: days of which the key service misses check-ins, so that the answer may not be whole.
    """

    request: Request
    jurisdiction: int
    at: datetime
    people: tuple[Met, ...]
    first: int
    second: int
    counted: bool
    lines: dict[UUID, PersonLine]
    gaps: tuple[date, ...] = ()


def search(running: Running, by: By, request: UUID) -> Found:
    """Carry the search out, now. Raises what stands against it; Unavailable if the key service does not answer."""
    parts = running.parts
    state, where = standing(parts, request)
    by.check(ASK, where)
    checks.check_carry_out(state, parts.now())
    check_stands(parts, state)
    answer = desk_of(parts).trace(request, by.actor)
    people = met_of(running.stamp, request, answer)
    first, second = answer.first, answer.second
    if not answer.prepared:
        people = with_household(running, by, state, where, people)
        first, second = (sum(one.ring == ring for one in people) for ring in (1, 2))
    told = TraceCarriedOut(by.actor, first, second, answer.prepared)
    if (state.first, state.second, state.counted) != (told.first, told.second, told.counted):
        tell(parts, by, request, ASK, lambda now, at, code: actions.carry_out(now, told, at=at, jurisdiction=code))
    lines = _lines(running, by, people)
    return Found(state, where, parts.now(), people, first, second, answer.prepared, lines, answer.gaps)


def met_of(stamp: bytes, request: UUID, answer: TraceAnswer) -> tuple[Met, ...]:
    """The people of an answer, ranked as the key service ranked them; in each ring those who are doubtful come last."""
    people = sorted(answer.people, key=lambda one: (one.ring, one.doubtful))
    return tuple(_met(stamp, request, rank, one) for rank, one in enumerate(people, start=1))


def chosen(found: Found, handles: Sequence[str]) -> list[Met]:
    """Those whose handles were sent."""
    wanted = set(handles)
    return [one for one in found.people if one.handle in wanted]


def gone(found: Found, handles: Sequence[str]) -> int:
    """How many of those whose handles were sent the answer does not have any more: it is of now, the page was not."""
    return len(set(handles) - {one.handle for one in found.people})


def plausible(found: Found) -> list[Met]:
    """All but those who are doubtful: these are chosen one by one (PRIVACY R25)."""
    return [one for one in found.people if not one.doubtful]


def _met(stamp: bytes, request: UUID, rank: int, one: MetPerson) -> Met:
    return Met(
        handle=handle_of(stamp, request, one.person),
        code=one.person,
        rank=rank,
        ring=one.ring,
        together=one.together,
        after=one.after,
        first_day=one.first_day,
        last_day=one.last_day,
        kinds=tuple(one.kinds),
        via=one.via,
        doubtful=one.doubtful,
    )


def _lines(running: Running, by: By, people: Sequence[Met]) -> dict[UUID, PersonLine]:
    subjects = [one.subject for one in people if one.subject is not None]
    with reading(running.readers, by.scope("person.read")) as connection:
        return {line.id: line for line in people_by_id(connection, subjects, running.parts.now())}


def plain(found: Found) -> list[dict[str, Any]]:
    """The people as programs take them: who is known by the register, and nothing to reach anybody by."""
    return [
        {
            "subject": str(one.subject) if one.subject else None,
            "rank": one.rank,
            "ring": one.ring,
            "together_minutes": one.together,
            "after_minutes": one.after,
            "first_day": one.first_day.isoformat(),
            "last_day": one.last_day.isoformat(),
            "kinds": list(one.kinds),
            "doubtful": one.doubtful,
            "known": one.subject is not None,
            "handle": one.handle,
        }
        for one in found.people
    ]
