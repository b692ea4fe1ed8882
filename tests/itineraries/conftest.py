"""The real parts on the clock of a test, with days of a key service announced, and what lies in the inbox, opened."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from tests.checkins.keeping import announce
from tests.checkins.keeping import opened as opened_inbox
from tests.runtime.conftest import Clock, clock, lawful, parts

from epiloop.project.home import Installation
from epiloop.project.wiring import running as made_running
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.vault.visits import Said

__all__ = ["clock", "lawful", "parts"]


@pytest.fixture
def running(clean: Installation, lawful: Parts, clock: Clock) -> Iterator[Running]:
    """What a process runs with; the key service has announced its days."""
    real = made_running(clean)
    announce(lawful, clock())
    yield replace(real, parts=lawful)
    real.parts.pool.close()
    real.readers.close()
    real.parts.vault.close()  # type: ignore[attr-defined]


@pytest.fixture
def inbox(running: Running, clock: Clock) -> Callable[[], list[Said]]:
    """What lies in the inbox now."""
    keys = announce(running.parts, clock())

    def look() -> list[Said]:
        with running.parts.pool.connection() as connection:
            return opened_inbox(connection, keys)

    return look
