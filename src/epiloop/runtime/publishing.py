"""What everybody may read of this headquarters, a line a day: how many people are restricted, what was opened, how many
sealed messages are kept of the day and which days were destroyed on it, and what the key service's log ended with.
Counts and signatures only; nobody is in it (PRIVACY, zone C).

A line is written once, when its day (UTC) is over, and never changed: what turns out different shows in later lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any

from psycopg import Connection

from epiloop.core.instants import ONE_DAY
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.store import published as stored
from epiloop.vault.answers import DayCount

APART = ("day", "kept", "destroyed")
"""Of what the key service counts, what is not about openings."""


def publish(running: Running) -> int:
    """Publish the days that are over and not published yet; how many. Raises Unavailable without the key service."""
    parts = running.parts
    with parts.pool.connection() as connection:
        wanted = _wanted(stored.latest(connection), parts.now().astimezone(UTC).date())
    if not wanted:
        return 0
    counted = running.counts(wanted[0] - ONE_DAY)
    for day in wanted:
        _publish(parts, day, counted)
    return len(wanted)


def _wanted(last: date | None, today: date) -> Sequence[date]:
    """From the day after the last one until yesterday; at first, yesterday alone."""
    first = today - ONE_DAY if last is None else last + ONE_DAY
    return [first + number * ONE_DAY for number in range((today - first).days)]


def _publish(parts: Parts, day: date, counted: Sequence[DayCount]) -> None:
    with parts.pool.connection() as connection:
        stored.keep(connection, day, _line(connection, day, counted), parts.now())


def _line(connection: Connection[Any], day: date, counted: Sequence[DayCount]) -> Mapping[str, Any]:
    since, until = _midnight(day), _midnight(day + ONE_DAY)
    told = next((one for one in counted if one.day == day), DayCount(day))
    opened = asdict(told)
    for name in APART:
        del opened[name]
    return {
        "day": day.isoformat(),
        "restricted": stored.restricted(connection, until),
        "newly_restricted": stored.newly_restricted(connection, since, until),
        "opened": opened,
        "kept": told.kept,
        "destroyed": [one.isoformat() for one in told.destroyed],
        "log": stored.head(connection, day),
        "ledger": stored.ledger_end(connection, until),
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
