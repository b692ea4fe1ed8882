"""The named statements of the files in sql/."""

import re
from functools import cache
from importlib.resources import files

SQL = files("keyservice") / "sql"
FILES = ("queries.sql", "cases.sql")


@cache
def _all() -> dict[str, str]:
    texts = [(SQL / name).read_text("utf-8") for name in FILES]
    parts = ["", *(part for text in texts for part in re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)[1:])]
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def statement(name: str) -> str:
    """The text of a named statement; KeyError if there is none."""
    return _all()[name]
