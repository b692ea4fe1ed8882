"""Whose keys may sign, as the administrators of a key service say: straight in its database, or, where the settings
open it for a demonstration, by a call of the application.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from epiloop.project import postgres
from epiloop.project.home import KeyHome, key_home_at
from epiloop.project.keyservice import master
from epiloop.project.keyservice.process import prepare
from keyservice.database import Connection

OPEN, CLOSED = "open", "closed"


def is_open(home: KeyHome) -> bool:
    """Whether a call may let a key in at once; anything but "open" is closed."""
    return str(key_home_at(home.home).settings.get("enrol", CLOSED)) == OPEN


def said(home: KeyHome) -> str:
    """What `epiloop keys status` says of it."""
    if is_open(home):
        return (
            "open: whoever reaches the service lets signing keys in, so an approval proves nothing; demonstrations only"
        )
    return "closed: administrators of this service let signing keys in"


@contextmanager
def database(home: KeyHome) -> Iterator[Connection]:
    """The vault's database of a home, started and made if need be; commits at the end."""
    with postgres.hold(home):
        if not home.key_file(master.ENVELOPE).exists():
            prepare(home)
        with psycopg.connect(home.dsn("vault")) as connection:
            yield connection
