"""The contract on the in-memory twin."""

import pytest
from tests.ledger.contract import LedgerContract

from epiloop.ledger.memory import MemoryLedger


class TestMemoryLedger(LedgerContract):
    @pytest.fixture
    def ledger(self) -> MemoryLedger:
        return MemoryLedger()
