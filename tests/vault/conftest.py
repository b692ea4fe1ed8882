"""A vault on PostgreSQL with a key file of its own, and the cast's database seen by a superuser."""

from collections.abc import Iterator

import psycopg
import pytest

from epiloop.project.home import Installation
from keyservice import keyfile
from keyservice.identity import LocalVault


@pytest.fixture
def local(clean: Installation, tmp_path) -> Iterator[LocalVault]:
    """An empty vault on PostgreSQL."""
    keyfile.create(tmp_path / "master")
    vault = LocalVault.open(clean.dsn("vault"), tmp_path / "master", connections=8)
    yield vault
    vault.close()


@pytest.fixture
def superuser(clean: Installation) -> Iterator[psycopg.Connection]:
    """The vault's database with every right: what its administrator could do."""
    dsn = psycopg.conninfo.make_conninfo(clean.keyservice.dsn("admin"), dbname="epiloop_vault")
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection
