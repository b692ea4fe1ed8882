"""The contract on the in-memory twin."""

import pytest

from epiloop.ledger.memory import MemoryLedger
from tests.ledger.contract import LedgerContract


class TestMemoryLedger(LedgerContract):
    @pytest.fixture
    def ledger(self) -> MemoryLedger:
        return MemoryLedger()
