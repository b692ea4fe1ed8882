"""Reading for pages: role app, one read-only transaction, and a scope without which nothing is seen."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from psycopg import Connection, DatabaseError
from psycopg_pool import ConnectionPool

from epiloop.core.jurisdictions import Scope
from epiloop.store.named import queries

Q = queries("reading/scoped")
Pool = ConnectionPool[Connection[Any]]


@contextmanager
def reading(pool: Pool, scope: Scope) -> Iterator[Connection[Any]]:
    """A connection of `pool` (role app) that sees, of one moment of the database, what lies in `scope`."""
    with Reader(pool, keep=False).reading(scope) as connection:
        yield connection


def narrow(connection: Connection[Any], scope: Scope) -> None:
    """Make the open transaction read-only and let it see what lies in `scope`. The first statement of a transaction."""
    connection.execute(Q["read_only"])
    connection.execute(Q["narrow"], {"scope": scope.as_multirange()})


class Reader:
    """All that one request reads: with `keep`, one transaction from its first question until `close`, so that parts of
    a page agree with each other and none waits for a beginning and an end of its own. For one thread.

    Statements go through a pipeline: what needs no answer (the beginning, the scope) travels with what does.
    """

    def __init__(self, pool: Pool, *, keep: bool) -> None:
        self._pool, self._keep = pool, keep
        self._held = ExitStack()
        self._connection: Connection[Any] | None = None
        self._within: list[Scope] = []
        self._narrowed: Scope | None = None

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[Connection[Any]]:
        """The connection, which sees what lies in `scope` until the block ends, also inside another block."""
        connection = self._connection or self._open()
        self._within.append(scope)
        try:
            self._narrow(connection)
            yield connection
        except DatabaseError:  # the transaction answers nothing any more
            with suppress(DatabaseError):
                self._give_back()
            raise
        finally:
            self._within.pop()
            self._leave()

    def close(self) -> None:
        """End the transaction and give the connection back; whoever asks later gets one for each question."""
        self._keep = False
        self._end()

    def _open(self) -> Connection[Any]:
        connection = self._held.enter_context(self._pool.connection())
        self._held.callback(_as_before, connection)
        connection.autocommit = True  # the driver would wait for BEGIN before it knows that it must not send another
        self._held.enter_context(connection.pipeline())
        connection.execute(Q["begin"])
        self._connection = connection
        return connection

    def _narrow(self, connection: Connection[Any]) -> None:
        if self._narrowed != self._within[-1]:
            self._narrowed = self._within[-1]
            connection.execute(Q["narrow"], {"scope": self._narrowed.as_multirange()})

    def _leave(self) -> None:
        if self._within and self._connection:
            self._narrow(self._connection)
        elif not (self._within or self._keep):
            self._end()

    def _end(self) -> None:
        if self._connection and not self._connection.closed:
            self._connection.execute(Q["end"])
        self._give_back()

    def _give_back(self) -> None:
        self._connection = self._narrowed = None
        self._held.close()


def _as_before(connection: Connection[Any]) -> None:
    """As others of the pool expect it."""
    if not connection.closed:
        connection.rollback()
        connection.autocommit = False
