"""Transactions on the key service's own PostgreSQL. What PostgreSQL says goes no further: it can quote rows."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from epiloop.core.errors import N_, Broken, Unavailable

Connection = psycopg.Connection[tuple[Any, ...]]
Pool = ConnectionPool[Connection]


@contextmanager
def transaction(pool: Pool) -> Iterator[Connection]:
    """A transaction that commits at the end. Raises Unavailable, Broken."""
    try:
        with pool.connection() as connection:
            yield connection
    except (psycopg.OperationalError, PoolTimeout):
        raise away() from None
    except psycopg.Error as wrong:
        raise refused(wrong) from None


def away() -> Unavailable:
    """The database does not answer."""
    return Unavailable(
        N_("The vault does not answer; nothing was read or changed."),
        where="vault",
        remedy=N_("Check that its database runs, then try again."),
    )


def refused(wrong: psycopg.Error) -> Broken:
    """The database refused; only the state is told."""
    return Broken(N_("The vault's database refused: %(state)s."), where="vault", state=wrong.sqlstate or "no state")


def id_list(subjects: Iterable[UUID]) -> str:
    """Ids as an array for PostgreSQL."""
    # As text: a driver that adapts each id by itself takes five times as long.
    return "{" + ",".join([subject.hex for subject in subjects]) + "}"
