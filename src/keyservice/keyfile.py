"""The file of the master key: 32 random bytes, readable by its owner only.

Losing it loses every identity and every sealed fact; it belongs into a safe, apart from backups of the database.
"""

import os
import secrets
import stat
from pathlib import Path

from epiloop.core.errors import N_, Broken, InvalidInput, NotAllowed, NotFound
from epiloop.vault.keys import MASTER_BYTES

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def create(path: Path) -> bytes:
    """Make the file (0600) with a new master key, and give the key. Raises InvalidInput if the file exists."""
    key = secrets.token_bytes(MASTER_BYTES)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InvalidInput(
            N_("There is a master key already; a new one would make everything sealed unreadable."), where=str(path)
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def load(path: Path) -> bytes:
    """The master key. Raises NotFound, NotAllowed if others can read the file, Broken if it is no key."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise NotFound(
            N_("There is no master key."), where=str(path), remedy=N_("Restore it from where it is kept safe.")
        ) from None
    except OSError:
        raise NotAllowed(N_("The master key cannot be opened."), where=str(path)) from None
    with os.fdopen(handle, "rb") as file:
        # Of the opened file, not of the path: nobody can exchange it in between.
        if os.fstat(handle).st_mode & OTHERS:
            raise NotAllowed(
                N_("Others can read the master key."), where=str(path), remedy=N_("Give it mode 600: chmod 600.")
            )
        key = file.read(MASTER_BYTES + 1)
    if len(key) != MASTER_BYTES:
        raise Broken(N_("The master key must have 32 bytes."), where=str(path))
    return key
