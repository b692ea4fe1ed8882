"""The work of `epiloop worker`: what time brings, and the books of each minute."""

import logging
import time
from collections.abc import Callable
from threading import Event, Thread
from threading import enumerate as enumerate_threads
from typing import cast

import psycopg
from psycopg_pool import PoolTimeout

from epiloop.core.errors import EpiloopError, Unavailable
from epiloop.runtime import present
from epiloop.runtime.adopting import recompute_some
from epiloop.runtime.clock import keep_books, tick
from epiloop.runtime.collecting import Keeper, collect, keep_counts, keep_days
from epiloop.runtime.heads import have_witnessed, keep_heads
from epiloop.runtime.parts import Parts
from epiloop.runtime.publishing import publish
from epiloop.runtime.requests import uploading
from epiloop.runtime.requests.assistance.posting import send_waiting
from epiloop.runtime.requests.importing import drop_expired
from epiloop.runtime.requests.tracing.lost import agree_on_ends, agree_on_reviews, take_up_lost
from epiloop.runtime.upkeep import each_night

LOOK_SECONDS = 1.0
IMPORT_SECONDS = 3.0
BOOK_SECONDS = 60.0
STALE_AT_ONCE = 1_000
"""Subjects recomputed in one transaction: less than a second of locks."""

IMPORTS, COLLECTING = "imports", "collecting"
"""The names of the threads that import and that hand check-ins over; there is one of each at a time."""
MESSAGES, EMERGENCIES = "messages", "emergencies"
"""The threads that send messages to other installations, and ask the key service for emergencies unknown here."""

log = logging.getLogger("epiloop.worker")


def work(parts: Parts, stopped: Event) -> None:
    """Look every second for what is due, keep order every minute. A database that is away is waited for."""
    booked = looked = 0.0
    while not stopped.is_set():
        try:
            while not stopped.is_set() and tick(parts):
                pass
            if time.monotonic() - looked >= IMPORT_SECONDS:
                take_up_imports(parts)
                _begin(MESSAGES, _send_messages)
                looked = time.monotonic()
            if time.monotonic() - booked >= BOOK_SECONDS:
                each_minute(parts, stopped)
                booked = time.monotonic()
        except (Unavailable, psycopg.OperationalError, PoolTimeout) as away:
            log.warning("The database or the key service is away: %s", type(away).__name__)
        stopped.wait(LOOK_SECONDS)


def each_minute(parts: Parts, stopped: Event) -> None:
    """Seal the acts, fold the counts, forget expired rows, and bring under new rules whoever still stands under old."""
    keep_books(parts)
    drop_expired(parts)
    _forget_uploads(parts)
    keep_counts(parts, now=parts.now())
    _suspend(parts)
    _drop_ended()
    _begin(EMERGENCIES, lambda: _take_up_lost(parts))
    _begin(COLLECTING, lambda: _collect(parts, stopped))
    Thread(target=_keep_the_night, name="upkeep", daemon=True).start()
    while not stopped.is_set() and recompute_some(parts, limit=STALE_AT_ONCE):
        while not stopped.is_set() and tick(parts):  # deadlines do not wait for it
            pass


def _forget_uploads(parts: Parts) -> None:
    """Uploads whose time is over, key and all; while the key service is away they wait, and nothing waits for them."""
    try:
        uploading.drop_expired(parts)
    except Unavailable as away:
        log.warning("Uploads whose time is over are not forgotten yet: %s", type(away).__name__)


def _suspend(parts: Parts) -> None:
    """Accounts whose emergency nobody reviewed in time (PRIVACY B1)."""
    from django.db import Error

    from epiloop.runtime.accounts.suspending import suspend_unreviewed  # Django is set up by now

    try:
        suspend_unreviewed(parts)
    except Error as away:
        log.warning("An account could not be suspended yet: %s", type(away).__name__)


def _drop_ended() -> None:
    """Sessions, letters and failed sign-ins whose time is over; by the real clock, as they were made."""
    from django.db import Error
    from django.utils import timezone

    from epiloop.runtime.accounts.expired import drop_expired as drop_ended  # Django is set up by now

    try:
        drop_ended(timezone.now())
    except Error as away:
        log.warning("What ended of accounts is not removed yet: %s", type(away).__name__)


def _keep_the_night() -> None:
    """The heads of the key service's log and the ends of the ledger, which keep each other, what is published of each
    day, and the vault's upkeep once a night; deadlines do not wait for them.

    What goes wrong is tried again.
    """
    running = present.running()
    try:
        keep_heads(running.parts, at=running.parts.now())
        have_witnessed(running.parts, at=running.parts.now())
        publish(running)
        each_night(running.parts, running.upkeep)
    except (EpiloopError, psycopg.Error, PoolTimeout) as wrong:
        log.warning("The upkeep of this night is not done yet: %s", type(wrong).__name__)


def _begin(name: str, work: Callable[[], None]) -> None:
    """Let a thread do some work, unless it is at it still."""
    if not any(thread.name == name for thread in enumerate_threads()):
        Thread(target=work, name=name, daemon=True).start()


def _send_messages() -> None:
    """Messages to other installations, as long as they take; what nobody answers is tried again later."""
    try:
        send_waiting(present.running())
    except (EpiloopError, psycopg.Error, PoolTimeout) as wrong:
        log.warning("Messages to other installations wait: %s", type(wrong).__name__)


def _take_up_lost(parts: Parts) -> None:
    """Emergencies that only the key service knows, and requests that ended in one of the two places; while it is away
    nobody opens any, and this is tried again.
    """
    try:
        if n := take_up_lost(parts):
            log.warning("Emergencies that were known to the key service only: %d", n)
        if n := agree_on_ends(parts):
            log.warning("Requests that had ended here or with the key service only: %d", n)
        if n := agree_on_reviews(parts):
            log.warning("Reviews of emergencies that the key service did not know any more: %d", n)
    except (EpiloopError, psycopg.Error, PoolTimeout) as wrong:
        log.warning("The key service could not be asked for emergencies: %s", type(wrong).__name__)


def _collect(parts: Parts, stopped: Event) -> None:
    """Check-ins go to the key service; deadlines do not wait for it. While it is away they wait here."""
    keeper = cast("Keeper", parts.vault)
    try:
        keep_days(parts, keeper, now=parts.now())
        collect(parts, keeper, stopped=stopped.is_set)
    except (EpiloopError, psycopg.Error, PoolTimeout) as wrong:
        log.warning("Check-ins wait in the inbox: %s", type(wrong).__name__)


def take_up_imports(parts: Parts) -> None:
    """Begin what programs ordered, and go on with imports whose process died; deadlines do not wait for it."""
    if uploading.anything_wanted(parts):
        _begin(IMPORTS, _take_up_imports)


def _take_up_imports() -> None:
    """All that waits, one after the other; what is under way elsewhere is left to it."""
    from django.db import connections

    from epiloop.runtime.accounts.orders import asker, translator

    try:
        uploading.take_up(present.running(), asker, translator)
    except (Unavailable, psycopg.OperationalError, PoolTimeout) as away:
        log.warning("The database or the key service is away, imports wait: %s", type(away).__name__)
    finally:
        connections.close_all()
