"""The contract on PostgreSQL, in the role that writes acts."""

from collections.abc import Iterator

import psycopg
import pytest
from tests.ledger.contract import LedgerContract

from epiloop.project.home import Installation
from epiloop.store.ledger import PgLedger


class TestPgLedger(LedgerContract):
    @pytest.fixture
    def ledger(self, installation: Installation) -> Iterator[PgLedger]:
        with psycopg.connect(installation.dsn("engine")) as connection:
            yield PgLedger(connection)
            connection.rollback()
