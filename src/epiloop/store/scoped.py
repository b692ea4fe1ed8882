"""Reading for pages: role app, one read-only transaction, and a scope without which nothing is seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, IsolationLevel
from psycopg_pool import ConnectionPool

from epiloop.core.jurisdictions import Scope
from epiloop.store.named import queries

Q = queries("reading/scoped")


@contextmanager
def reading(pool: ConnectionPool[Connection[Any]], scope: Scope) -> Iterator[Connection[Any]]:
    """A connection of `pool` (role app) that sees, of one moment of the database, what lies in `scope`."""
    with pool.connection() as connection:
        # said with BEGIN: a page reads a dozen times, and each statement more is a way there and back
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
        with connection.transaction():
            connection.execute(Q["narrow"], {"scope": scope.as_multirange()})
            yield connection


def narrow(connection: Connection[Any], scope: Scope) -> None:
    """Make the open transaction read-only and let it see what lies in `scope`. The first statement of a transaction."""
    connection.execute(Q["read_only"])
    connection.execute(Q["narrow"], {"scope": scope.as_multirange()})
