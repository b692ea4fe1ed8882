"""Addresses of styles and pictures with a digest of what is in them, so that browsers keep them for good and never
ask for them again until they change. What Vite built has its digest in its name already.

Named by `STORAGES`.
"""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage

BUILT = "built/"
DIGITS = 12


class Versioned(StaticFilesStorage):
    """Static files as they lie in the source, under addresses that change with them."""

    def url(self, name: str | None) -> str:
        """The address of a file; without a digest where there is no such file."""
        address, digest = super().url(name), "" if not name or name.startswith(BUILT) else _digest(name)
        return f"{address}?v={digest}" if digest else address


@cache
def _digest(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:DIGITS] if isinstance(found, str) else ""
