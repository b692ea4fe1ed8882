"""The vault on PostgreSQL is a vault."""

import secrets
from collections.abc import Iterator

import pytest

from epiloop.project.home import Installation
from keyservice import keyfile
from keyservice.identity import LocalVault

from .contract import VaultContract, town

__all__ = ["town"]


@pytest.fixture
def vault(clean: Installation, tmp_path) -> Iterator[LocalVault]:
    key_file = tmp_path / secrets.token_hex(4)
    keyfile.create(key_file)
    vault = LocalVault.open(clean.dsn("vault"), key_file)
    yield vault
    vault.close()


class TestLocalVault(VaultContract):
    pass
