"""The in-memory twin is a vault."""

import os
from datetime import UTC, datetime

import pytest

from epiloop.vault.memory import MemoryVault

from .contract import VaultContract, town

__all__ = ["town"]


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault(bytes(range(32)), randomness=os.urandom, clock=lambda: datetime.now(UTC))


class TestMemoryVault(VaultContract):
    pass
