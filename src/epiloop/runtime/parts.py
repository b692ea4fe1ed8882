"""The real things an act needs. `project` wires them; nothing below reads a clock or draws randomness."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg_pool import ConnectionPool

from epiloop.core.ids import timed
from epiloop.runtime.laws import Shelf
from epiloop.runtime.sealers import Sealers
from epiloop.vault.port import Vault

Pool = ConnectionPool[Connection[Any]]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Parts:
    """`pool` connects as role engine; `shelf` holds compiled rulebooks; `sealers` seal check-ins; `now` and
    `randomness` are the only sources.
    """

    pool: Pool
    vault: Vault
    shelf: Shelf = field(default_factory=Shelf)
    sealers: Sealers = field(default_factory=Sealers)
    now: Callable[[], datetime] = _now
    randomness: Callable[[int], bytes] = os.urandom

    def new_id(self) -> UUID:
        """A fresh id that sorts by time."""
        return timed(self.now(), self.randomness(10))
