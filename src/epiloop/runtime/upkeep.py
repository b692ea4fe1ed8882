"""What the databases need each night, done once a night as an act that stands in the audit.

Which work that is `project` says: the vault's is not ours to name. After a night off it is done in the morning.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import Any

from psycopg import Connection

from epiloop.core.ids import derived
from epiloop.core.rights import EVERYWHERE
from epiloop.ledger.events import Act
from epiloop.runtime.acts import Asked, Decision, perform
from epiloop.runtime.parts import Parts
from epiloop.store import writing
from epiloop.store.ledger import PgLedger
from epiloop.store.uploads import claimed

KEEPER, PURPOSE = "upkeep", "register-keeping"
HOUR = clock_time(3)
"""Local time from which it is night enough to lock a table for a second or two."""
TURN = derived("upkeep", "night")
"""What a process claims that is at it."""

Work = Callable[[], None]


def night(parts: Parts, connection: Connection[Any]) -> str:
    """The day on which the night to be kept began to count: the last time the hour struck."""
    local = parts.now().astimezone(parts.shelf.laws(connection).zone(EVERYWHERE))
    struck = datetime.combine(local.date(), HOUR, local.tzinfo)
    return (local if local >= struck else local - timedelta(days=1)).date().isoformat()


def each_night(parts: Parts, work: Work) -> bool:
    """Do the work unless it was done this night, or another process is at it; whether it was done now.

    The act is written when the work is done: what was broken off is done again.
    """
    with parts.pool.connection() as connection:
        key = f"upkeep:{night(parts, connection)}"
        with claimed(connection, TURN) as mine:
            if not mine or PgLedger(connection).result_of(key) is not None:
                return False
            connection.commit()  # no transaction stays open meanwhile
            started = time.monotonic()
            work()
            _write_down(parts, key, time.monotonic() - started)
    return True


def _write_down(parts: Parts, key: str, seconds: float) -> None:
    """The act, and its line in the audit: it concerns every jurisdiction and no single person."""
    asked = Asked(KEEPER, PURPOSE, key)
    done = perform(parts, asked, {}, lambda _histories, _now: Decision((), {"seconds": round(seconds)}))
    if not done.repeated:
        act = Act(parts.new_id(), KEEPER, PURPOSE, key, parts.now())
        with parts.pool.connection() as connection:
            writing.audit_reading(connection, act, jurisdiction=EVERYWHERE, subjects=0)
