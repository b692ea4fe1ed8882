"""The key service's process, asked by its client, is a vault."""

from collections.abc import Iterator

import pytest

from epiloop.gateways.keys import KeyClient
from epiloop.project.home import Installation

from .contract import VaultContract, town

__all__ = ["town"]


@pytest.fixture
def vault(clean: Installation) -> Iterator[KeyClient]:
    client = KeyClient.to(clean.keyservice.url)
    yield client
    client.close()


class TestKeyService(VaultContract):
    pass
