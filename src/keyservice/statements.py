"""The named statements of sql/queries.sql."""

import re
from functools import cache
from importlib.resources import files

SQL = files("keyservice") / "sql"


@cache
def _all() -> dict[str, str]:
    parts = re.split(r"^-- name: (\w+)\n", (SQL / "queries.sql").read_text("utf-8"), flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def statement(name: str) -> str:
    """The text of a named statement; KeyError if there is none."""
    return _all()[name]
