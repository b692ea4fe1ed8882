"""The small town of `casework`, in the vault of a clean installation."""

from collections.abc import Iterator

import pytest
from psycopg_pool import ConnectionPool
from tests.keyservice import casework
from tests.keyservice.casework import MASTER, PEOPLE, TOWN, Clock

from epiloop.project.home import Installation
from keyservice.cases import Cases
from keyservice.database import Pool
from keyservice.identity import LocalVault


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pool(clean: Installation, clock: Clock) -> Iterator[Pool]:
    with ConnectionPool(clean.dsn("vault"), min_size=1, max_size=4, open=True) as pool:
        LocalVault(pool, MASTER).put(PEOPLE, jurisdictions=dict.fromkeys(PEOPLE, TOWN), key="town")
        casework.enrol(pool)
        yield pool


@pytest.fixture
def vault(pool: Pool, clock: Clock) -> LocalVault:
    return LocalVault(pool, MASTER, clock=clock)


@pytest.fixture
def cases(pool: Pool, clock: Clock) -> Cases:
    return casework.service(pool, clock)
