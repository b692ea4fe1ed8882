"""The deadline clock: a plain loop over an indexed instant. What time brings is an act of its own, done exactly once.

It survives being killed anywhere (the act and the moved deadline commit together), never acts twice (the row is locked
and the act has a key), and after a night off takes up what waited, oldest first. No status depends on it: restrictions
end by themselves.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from epiloop.operations import duties
from epiloop.operations.duties.actions import next_rung
from epiloop.registers.people.state import Person, in_recorded_order, merged
from epiloop.registers.people.state import fold as person_of
from epiloop.rules.plan import Plan
from epiloop.runtime.acts import Asked, Decision, record
from epiloop.runtime.capabilities import facts_of
from epiloop.runtime.histories import History, load
from epiloop.runtime.parts import Parts
from epiloop.store import deadlines
from epiloop.store.ledger import PgLedger, seal_acts
from epiloop.store.writing import fold_tally

CLOCK = "clock"


def tick(parts: Parts) -> bool:
    """Do what time has brought for one subject. False if nothing waits."""
    with parts.pool.connection() as connection, connection.transaction():
        now = parts.now()
        due = deadlines.next_due(connection, now)
        if due is None:
            return False
        _look_at(parts, connection, *due, now)
        return True


def catch_up(parts: Parts, *, progress: Callable[[int, int], None] | None = None) -> int:
    """Do all that waits; how many subjects were looked at."""
    with parts.pool.connection() as connection:
        total = deadlines.waiting(connection, parts.now())
    done = 0
    while tick(parts):
        done += 1
        if progress:
            progress(done, max(done, total))
    return done


def keep_books(parts: Parts) -> None:
    """What is done each minute: chain a seal over the new acts, fold the counts."""
    with parts.pool.connection() as connection, connection.transaction():
        seal_acts(connection, at=parts.now())
    with parts.pool.connection() as connection, connection.transaction():
        fold_tally(connection)


def _look_at(parts: Parts, connection: Connection[Any], subject: UUID, was: datetime, now: datetime) -> None:
    ledger = PgLedger(connection)
    histories = load(ledger, {subject: "person"}, lock=True)
    person, plan, steps = standing(parts, connection, histories[subject])
    drafts = duties.escalate(plan.duties, steps, subject, person.jurisdiction, at=now)
    if not drafts:
        deadlines.move(connection, subject, was, next_rung(plan.duties, steps))
        return
    # The version too: what was told late can fall due at an instant that the clock has acted for before.
    head = histories[subject].head
    asked = Asked(CLOCK, "duty-control", f"clock:{subject}:{was.isoformat()}:{head.version if head else 0}")
    record(parts, connection, asked, histories, Decision(drafts), now)


def standing(parts: Parts, connection: Connection[Any], own: History) -> tuple[Person, Plan, duties.Steps]:
    """How a person stands: register, plan, and how far each duty has gone up; with what was merged into it."""
    absorbed = person_of(own.stream, own.entries).absorbed
    others = load(PgLedger(connection), dict.fromkeys(absorbed, "person"), lock=False)
    histories = [own.entries, *(others[stream].entries for stream in sorted(others))]
    entries = in_recorded_order(*histories)
    person = merged(own.stream, *histories)
    plan = parts.shelf.laws(connection).plan(facts_of(entries), person.jurisdiction)
    return person, plan, duties.fold(entries)
