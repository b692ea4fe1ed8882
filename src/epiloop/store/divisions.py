"""The codes of the register of divisions, for imports of code tables."""

from typing import Any

from psycopg import Connection

from epiloop.core.jurisdictions import Code
from epiloop.store.named import queries

Q = queries("divisions")


def codes(connection: Connection[Any]) -> set[Code]:
    """Every division there is or ever was."""
    return {Code(row[0]) for row in connection.execute(Q["codes"])}
