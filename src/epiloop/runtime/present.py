"""The one place of a process where the real parts are kept, made when first asked for.

`project` says how they are made (`install`); pages, API and command line ask for them here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock

from epiloop.core.errors import N_, Unavailable
from epiloop.operations.assistance.peers import NoLetters, OwnLetters
from epiloop.operations.checkins.inbox import Inbox, NoInbox
from epiloop.operations.checkins.keys import VenueKeys, no_venue_keys
from epiloop.runtime.parts import Parts, Pool
from epiloop.vault.answers import DayCount


@dataclass(frozen=True, slots=True)
class Running:
    """What a process runs with: the parts acts need, the readers' pool (role app), a secret for keyed digests, and the
    keys of venue codes.
    """

    parts: Parts
    readers: Pool
    stamp: bytes
    venue_keys: VenueKeys = field(default_factory=no_venue_keys)
    upkeep: Callable[[], None] = lambda: None
    """What the vault's database needs once a night."""
    inbox: Inbox = field(default_factory=NoInbox)
    """Where check-ins go."""
    letters: OwnLetters = field(default_factory=NoLetters)
    """The keys and the card with which messages are exchanged with other installations."""
    counts: Callable[[date | None], Sequence[DayCount]] = lambda _after: ()
    """What the key service counts of each day after one, for everybody to read."""
    keys_away: Callable[[], bool] = lambda: False
    """Whether the key service did not answer when this process last asked, so that nothing personal is to be had."""


_make: Callable[[], Running] | None = None
_running: Running | None = None
_lock = Lock()


def install(make: Callable[[], Running]) -> None:
    """Say how the parts are made. Called once by `project` when a process starts, again by tests."""
    global _make, _running
    with _lock:
        _make, _running = make, None


def running() -> Running:
    """The parts of this process. Raises Unavailable if `project` has not wired it."""
    global _running  # noqa: PLW0603 - made when first asked for, after a server has forked its workers
    with _lock:
        if _running is None:
            if _make is None:
                raise Unavailable(N_("This process has no database."), remedy=N_("Start it with `epiloop`."))
            _running = _make()
        return _running


def parts() -> Parts:
    """What acts need."""
    return running().parts


def readers() -> Pool:
    """Connections that read for pages, under row security."""
    return running().readers


def now() -> datetime:
    """The present instant of this installation: the one clock that pages, API and command line read."""
    return running().parts.now()


def forget() -> None:
    """Close the connections; the next caller gets new ones."""
    global _running  # noqa: PLW0603
    with _lock:
        if _running is not None:
            _running.parts.pool.close()
            _running.readers.close()
        _running = None
