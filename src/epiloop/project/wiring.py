"""The real parts of an installation, wired together: pools, key service, clock."""

import select
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection
from psycopg_pool import ConnectionPool

from epiloop.project.clock import clock, shift_clock
from epiloop.project.home import Installation
from epiloop.project.keyservice.holding import client
from epiloop.project.peers import PeerFiles
from epiloop.project.venue_keys import venue_keys
from epiloop.runtime import present
from epiloop.runtime.inbox import SealedInbox
from epiloop.runtime.parts import Parts, Pool
from epiloop.runtime.present import Running

__all__ = ["clock", "pool", "running", "shift_clock", "unless_fresh", "wire"]

WRITERS, READERS = 10, 10
"""Connections per process at most; threads wait for one rather than exhaust PostgreSQL."""

FRESH_SECONDS = 15.0
"""How long a connection that answered is taken to be alive, as long as its server said nothing unasked."""

STAMP = "import-stamp"


def wire(installation: Installation, *, hurried: bool = False) -> None:
    """From now on this process runs with the parts of this installation; `hurried` where people wait for pages."""
    present.install(lambda: running(installation, hurried=hurried))


def running(installation: Installation, *, hurried: bool = False) -> Running:
    """The parts, connected when first used. The caller holds database and key service."""
    vault = client(installation, hurried=hurried)
    parts = Parts(pool(installation.dsn("engine"), WRITERS), vault, now=clock(installation))
    stamp, readers = installation.secret(STAMP).encode(), pool(installation.dsn("app"), READERS)
    keys = venue_keys(installation)
    return Running(
        parts,
        readers,
        stamp,
        keys,
        upkeep=vault.upkeep,
        inbox=SealedInbox(parts),
        letters=PeerFiles(installation),
        counts=lambda after: vault.counts(after=after),
        keys_away=lambda: vault.away,
    )


def pool(dsn: str, size: int) -> Pool:
    """A pool that opens connections when they are needed and finds a restarted server again."""
    return ConnectionPool(dsn, min_size=0, max_size=size, open=True, timeout=10, check=unless_fresh(), name="epiloop")


def unless_fresh() -> Callable[[Connection[Any]], None]:
    """A check of connections that asks those only that did not answer lately, or whose server said something unasked:
    one that stops closes its connections, and that can be heard without a way there and back."""
    answered: WeakKeyDictionary[Connection[Any], float] = WeakKeyDictionary()

    def check(connection: Connection[Any]) -> None:
        long_ago = time.monotonic() - answered.get(connection, -FRESH_SECONDS) >= FRESH_SECONDS
        if long_ago or _heard_from(connection):
            ConnectionPool.check_connection(connection)
            answered[connection] = time.monotonic()

    return check


def _heard_from(connection: Connection[Any]) -> bool:
    """Whether something waits to be read of a connection that nobody asked anything: its end, mostly."""
    listening = select.poll()
    listening.register(connection.fileno(), select.POLLIN)
    return bool(listening.poll(0))
