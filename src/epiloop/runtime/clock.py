"""The deadline clock: a plain loop over an indexed instant. What time brings is an act of its own, done exactly once.

It survives being killed anywhere (the act and the moved deadline commit together), never acts twice (the row is locked
and the act has a key), and after a night off takes up what waited, oldest first. A subject with whom something goes
wrong is set aside and tried again later, so that it stops nobody else. No status depends on the clock: restrictions end
by themselves.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection, OperationalError

from epiloop.core.errors import EpiloopError, Unavailable
from epiloop.operations import duties
from epiloop.operations.duties.actions import next_rung
from epiloop.registers.people.state import fold as person_of
from epiloop.registers.people.state import in_recorded_order, merged
from epiloop.rules.plan import Plan
from epiloop.runtime.acts import Asked, Decision, record
from epiloop.runtime.capabilities import facts_of
from epiloop.runtime.histories import History, load
from epiloop.runtime.parts import Parts
from epiloop.store import deadlines
from epiloop.store.ledger import PgLedger, seal_acts
from epiloop.store.writing import fold_tally

CLOCK = "clock"
TRIED_AGAIN = timedelta(minutes=1), timedelta(hours=1)
"""The shortest and the longest time until a subject with whom something went wrong is tried again."""

log = logging.getLogger("epiloop.clock")


def tick(parts: Parts) -> bool:
    """Do what time has brought for one subject, or set it aside if that fails. False if nothing waits."""
    with parts.pool.connection() as connection, connection.transaction():
        now = parts.now()
        due = deadlines.next_due(connection, now)
        if due is None:
            return False
        try:
            with connection.transaction():  # a savepoint: what fails leaves nothing, and the head stays locked
                _look_at(parts, connection, *due, now)
        except Exception as wrong:
            if _is_away(connection, wrong):
                raise
            _set_aside(connection, due[0], wrong, now)
        else:
            deadlines.taken_up(connection, due[0])
        return True


def _is_away(connection: Connection[Any], wrong: Exception) -> bool:
    """Whether it is no fault of the subject's: a database that is not there will be there for all of them again."""
    unreachable = isinstance(wrong, OperationalError) and (wrong.sqlstate is None or wrong.sqlstate[:2] in ("08", "57"))
    return connection.closed or isinstance(wrong, Unavailable) or (unreachable and not _cancelled(wrong))


def _cancelled(wrong: Exception) -> bool:
    """Whether the statement took too long, which another subject's may not."""
    return getattr(wrong, "sqlstate", None) == "57014"


def _set_aside(connection: Connection[Any], subject: UUID, wrong: Exception, now: datetime) -> None:
    """Note the problem without any value of the subject's, which an error's own words may hold."""
    problem = f"{type(wrong).__name__}: {wrong.what}" if isinstance(wrong, EpiloopError) else type(wrong).__name__
    tries, retry_at = deadlines.set_aside(connection, subject, problem, now, within=TRIED_AGAIN)
    log.error("Subject %s was set aside until %s (try %d): %s", subject, retry_at.isoformat(), tries, problem)


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
        deadlines.forget_set_aside(connection)


def _look_at(parts: Parts, connection: Connection[Any], subject: UUID, was: datetime, now: datetime) -> None:
    ledger = PgLedger(connection)
    histories = load(ledger, {subject: "person"}, lock=True)
    jurisdiction, plan, steps = standing(parts, connection, histories[subject])
    drafts = duties.escalate(plan.duties, steps, subject, jurisdiction, at=now)
    if not drafts:
        deadlines.move(connection, subject, was, next_rung(plan.duties, steps))
        return
    # The version too: what was told late can fall due at an instant that the clock has acted for before.
    head = histories[subject].head
    asked = Asked(CLOCK, "duty-control", f"clock:{subject}:{was.isoformat()}:{head.version if head else 0}")
    record(parts, connection, asked, histories, Decision(drafts), now)


def standing(parts: Parts, connection: Connection[Any], own: History) -> tuple[int, Plan, duties.Steps]:
    """How a subject stands: where, its plan, and how far each duty has gone up; with what was merged into a person."""
    if own.kind != "person":
        where = own.entries[0].jurisdiction
        plan = parts.shelf.laws(connection).plan(facts_of(own.entries), where)
        return where, plan, duties.fold(own.entries)
    absorbed = person_of(own.stream, own.entries).absorbed
    others = load(PgLedger(connection), dict.fromkeys(absorbed, "person"), lock=False)
    histories = [own.entries, *(others[stream].entries for stream in sorted(others))]
    entries = in_recorded_order(*histories)
    person = merged(own.stream, *histories)
    plan = parts.shelf.laws(connection).plan(facts_of(entries, own.stream), person.jurisdiction)
    return person.jurisdiction, plan, duties.fold(entries, own.stream)
