"""Connections of a pool: one that answered a moment ago is not asked again, one that lay idle is."""

import time
from collections.abc import Iterator

import pytest

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


def test_a_dead_connection_is_replaced_once_it_lay_idle(
    one_connection: wiring.Pool, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    monkeypatch.setattr(wiring, "FRESH_SECONDS", 0.2)
    before = own_number(one_connection)
    assert own_number(one_connection) == before
    with psycopg.connect(installation.dsn("admin"), autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(%s)", [before])
    time.sleep(0.3)
    assert own_number(one_connection) != before
