"""The page of tables: the ledger's own, the engine's book-keeping and the projections, read from the SQL schema."""

import re
from collections.abc import Iterator
from pathlib import Path

import epiloop.store
from epiloop.project.reference.tables import code, page, table

LEAD = (
    "The tables of the application's database, from the SQL that makes them (`src/epiloop/store/sql/schema`). All but"
    " those of the ledger and of imports derive from the ledger: `epiloop rebuild` empties them and fills them to the"
    " same rows. Identity stands in none of them; it lives in the vault's database."
)
SCHEMA = Path(epiloop.store.__file__).parent / "sql" / "schema"
FILES = {
    "ledger.sql": ("The ledger", "Append-only; no role may change or delete a row."),
    "heads.sql": ("Book-keeping of the engine", "Not readable by pages."),
    "projections.sql": ("Projections", "What pages read, under row security by jurisdiction."),
}
CREATE = re.compile(r"^create table (\w+) \(\n(.*?)^\)", re.MULTILINE | re.DOTALL)
COLUMN = re.compile(r"^    (\w+)\s+(.*?),?(?:\s*--\s*(.*))?$")
NOT_COLUMNS = frozenset({"primary", "unique", "check", "foreign", "constraint"})


def projections_page() -> str:
    """The text of docs/reference/projections.md."""
    return page("Tables", LEAD, *(part for name in FILES for part in _file(name)))


def _file(name: str) -> Iterator[str]:
    title, lead = FILES[name]
    yield f"## {title}"
    yield lead
    text = (SCHEMA / name).read_text("utf-8")
    for found in CREATE.finditer(text):
        yield f"### {found[1]}"
        if said := _comment_before(text, found.start()):
            yield said
        yield table(("column", "type", ""), _columns(found[2]))


def _comment_before(text: str, position: int) -> str:
    """The comment lines directly above, as one paragraph."""
    lines = text[:position].splitlines()
    said: list[str] = []
    while lines and lines[-1].startswith("--"):
        said.insert(0, lines.pop().removeprefix("--").strip())
    return " ".join(said)


def _columns(block: str) -> Iterator[tuple[str, str, str]]:
    for line in block.splitlines():
        found = COLUMN.match(line)
        if found and found[1] not in NOT_COLUMNS:
            yield code(found[1]), found[2].rstrip(", "), found[3] or ""
