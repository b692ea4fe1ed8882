"""Work on an upload, begun in the process that took the order; what dies with it the worker takes up."""

import logging
from threading import Thread
from uuid import UUID

from django.db import connections

from epiloop.core.errors import Unavailable
from epiloop.runtime import present
from epiloop.runtime.accounts.orders import asker, translator
from epiloop.runtime.requests import uploading

SHORT = 1.5
"""Seconds that a page waits for short work before it shows progress."""

log = logging.getLogger("epiloop.imports")


def begin(upload: UUID) -> None:
    """Work on it now. Gives back when it is done, or after a moment while it goes on."""
    thread = Thread(target=_work, args=(upload,), name="import", daemon=True)
    thread.start()
    thread.join(SHORT)


def _work(upload: UUID) -> None:
    try:
        uploading.work(present.running(), upload, asker, translator)
    except Unavailable as away:  # the worker goes on with it
        log.warning("An import waits: %s", type(away).__name__)
    finally:
        connections.close_all()
