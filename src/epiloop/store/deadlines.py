"""The clock's columns: an indexed instant per subject and a lock on its head, which is all a deadline needs."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.store.named import queries

Q = queries("clock")


def next_due(connection: Connection[Any], now: datetime) -> tuple[UUID, datetime] | None:
    """A subject whose hour has come and that nobody else handles; its head is locked until the transaction ends."""
    row = connection.execute(Q["next_due"], {"now": now}).fetchone()
    return (row[0], row[1]) if row else None


def waiting(connection: Connection[Any], now: datetime) -> int:
    """How many subjects' hours have come."""
    row = connection.execute(Q["waiting"], {"now": now}).fetchone()
    return row[0] if row else 0


class SetAside(NamedTuple):
    """A subject the clock could not deal with: since when, when it is tried again, how often it was, the problem."""

    subject: UUID
    since: datetime
    last_at: datetime
    retry_at: datetime
    tries: int
    problem: str


def set_aside(
    connection: Connection[Any], subject: UUID, problem: str, now: datetime, *, within: tuple[timedelta, timedelta]
) -> tuple[int, datetime]:
    """Let the others go first: how often that was so, and when the subject is tried again.

    `within` are the shortest and the longest distance between two tries; it doubles each time.
    """
    asked = {"subject": subject, "problem": problem, "now": now, "shortest": within[0], "longest": within[1]}
    row = connection.execute(Q["set_aside"], asked).fetchone()
    assert row is not None, "the subject's head is locked"
    return row[0], row[1]


def taken_up(connection: Connection[Any], subject: UUID) -> None:
    """Nothing is wrong with the subject any more."""
    connection.execute(Q["taken_up"], {"subject": subject})


def all_set_aside(connection: Connection[Any]) -> list[SetAside]:
    """The subjects that wait because something went wrong, longest first."""
    return [SetAside(*row) for row in connection.execute(Q["all_set_aside"])]


def forget_set_aside(connection: Connection[Any]) -> None:
    """Drop what is kept of subjects that have no deadline any more."""
    connection.execute(Q["forget_set_aside"])


def move(connection: Connection[Any], subject: UUID, was: datetime, next_at: datetime | None) -> bool:
    """Compare-and-set: look at the subject again at `next_at` (None: not again), if it still stands at `was`."""
    asked = {"subject": subject, "was": was, "next_at": next_at}
    return connection.execute(Q["set_next" if next_at else "forget"], asked).rowcount == 1


def stale(connection: Connection[Any], digest: bytes) -> int:
    """How many subjects' rows stand for other rulebooks than these."""
    row = connection.execute(Q["stale"], {"digest": digest}).fetchone()
    return row[0] if row else 0
