"""SQL is source: named queries in .sql files, one file a subject, each query under a line `-- name: x`."""

import re
from functools import cache
from importlib.resources import files
from typing import LiteralString, cast

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def queries(subject: str) -> dict[str, LiteralString]:
    """The named queries of `sql/<subject>.sql`."""
    parts = _NAME.split(text(f"{subject}.sql"))[1:]
    return {name: cast("LiteralString", body.strip()) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def text(path: str) -> str:
    """The whole text of a file below sql/."""
    return files("epiloop.store").joinpath("sql", path).read_text(encoding="utf-8")
