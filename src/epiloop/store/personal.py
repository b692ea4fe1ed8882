"""What the application's database holds of people: the inventory, and what no migration gets past (PRIVACY R17)."""

import tomllib
from typing import Any, Protocol

from epiloop.core.inventory import Inventory, check_declared, inventory
from epiloop.store.named import queries, text

Q = queries("personal")


class Cursor(Protocol):
    """What Django and psycopg both have."""

    def execute(self, sql: Any, /) -> object: ...
    def fetchall(self) -> Any: ...


def declared() -> Inventory:
    """The inventory of this version."""
    return inventory(tomllib.loads(text("personal.toml")))


def check(cursor: Cursor) -> None:
    """Raise Broken if the database has a column of which the inventory says nothing."""
    cursor.execute(Q["columns"])
    check_declared(declared(), cursor.fetchall())


def check_migrated(_apps: object, editor: Any) -> None:
    """The last step of every migration: in its transaction, so that what is not declared does not go in."""
    with editor.connection.cursor() as cursor:
        check(cursor)
