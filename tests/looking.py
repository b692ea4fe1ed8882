"""Looking through files while servers go on writing and removing some of them."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

RECENTLY = 600
"""Seconds."""


def below(*places: Path) -> Iterator[Path]:
    """Every file in these directories."""
    for place in places:
        for folder, _, names in os.walk(place):  # passes over what is removed meanwhile
            yield from (Path(folder) / name for name in names)


def temporary() -> Iterator[Path]:
    """Temporary files that processes of this user wrote lately."""
    for entry in os.scandir(tempfile.gettempdir()):
        try:
            found = entry.stat()
        except FileNotFoundError:
            continue
        if entry.is_file() and found.st_uid == os.getuid() and found.st_mtime > time.time() - RECENTLY:
            yield Path(entry.path)


def bytes_of(path: Path) -> bytes:
    """What stands in a file; nothing if it is none, or none any more."""
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    except (FileNotFoundError, ProcessLookupError):
        return b""
