"""Connections of a pool: one that answered lately is not asked again, one that the server ended is not used again."""

from collections.abc import Iterator

import pytest
from tests.project.running import PATIENCE

from epiloop.project import wiring
from epiloop.project.home import Installation


@pytest.fixture
def one_connection(installation: Installation) -> Iterator[wiring.Pool]:
    with wiring.pool(installation.dsn("app"), 1) as pool:
        yield pool


def own_number(pool: wiring.Pool) -> int:
    with pool.connection() as connection:
        row = connection.execute("select pg_backend_pid()").fetchone()
    assert row is not None
    return int(row[0])


def test_a_connection_that_the_server_ended_is_replaced_at_once(
    one_connection: wiring.Pool, installation: Installation
) -> None:
    import psycopg

    before = own_number(one_connection)
    assert own_number(one_connection) == before
    with psycopg.connect(installation.dsn("admin"), autocommit=True) as admin:
        ended = admin.execute("select pg_terminate_backend(%s, %s)", [before, PATIENCE * 1000]).fetchone()
    assert ended == (True,), "it is gone, and has said so"
    assert own_number(one_connection) != before
