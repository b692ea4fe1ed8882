"""Code tables of divisions in: one table with parents, or the five files that each know the level above."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from epiloop.core.errors import N_, InvalidInput
from epiloop.ledger.events import Body
from epiloop.papers.tables import write_csv
from epiloop.registers.jurisdictions.actions import Adoption, list_divisions
from epiloop.registers.jurisdictions.divisions import STREAM_KIND, Division, stream_of
from epiloop.registers.jurisdictions.state import register
from epiloop.registers.jurisdictions.table import COLUMNS, RowError, Table, read_table
from epiloop.runtime.acts import Decision, Histories
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.store import divisions as stored

BATCH = 4_000
"""Divisions per act."""

RIGHT = "register.write"
FAMILY: Sequence[tuple[str, str]] = (
    ("street", "community"),
    ("area", "township"),
    ("city", "county"),
    ("province", "city"),
    ("", "province"),
)
"""Of files in which each row names its code, its name and the codes above: the nearest above, and so the level."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a code table, in rows; `folded` repeat their parent's number and are no divisions."""

    read: int
    added: int
    changed: int
    unchanged: int
    folded: int
    errors: tuple[RowError, ...]


def import_divisions(
    parts: Parts, by: By, files: Sequence[str], *, since: date, source: str, progress: Progress
) -> Imported:
    """Register what code tables (their text) list, from `since` on, by the document `source`.

    Raises NotAllowed to all but those who keep the registers everywhere.
    """
    by.check(RIGHT, 0)
    with parts.pool.connection() as connection:
        known = stored.codes(connection)
    table = read_table(_lines(files), known=known, progress=lambda done, total: progress("read", done, total or 0))
    adopted = Adoption(since, source, parts.now())
    added = changed = 0
    for start in range(0, len(table.divisions), BATCH):
        some = table.divisions[start : start + BATCH]
        told = _batch(parts, by.part(str(start)), some, adopted)
        new = sum(division.code not in known for division in some)
        added += new
        changed += max(0, told - new)
        progress("write", start + len(some), len(table.divisions))
    return _counted(table, added, changed)


def _counted(table: Table, added: int, changed: int) -> Imported:
    unchanged = len(table.divisions) - added - changed
    return Imported(table.rows, added, changed, unchanged, len(table.folded), table.errors)


def _batch(parts: Parts, by: By, some: Sequence[Division], adopted: Adoption) -> int:
    """One act; how many divisions it said something new of."""

    def decide(histories: Histories, _now: object, _laws: Laws) -> Decision:
        bodies: Iterable[Body] = (entry.body for history in histories.values() for entry in history.entries)
        drafts = list(list_divisions(register(bodies), some, adopted))
        return Decision(drafts, {"divisions": len({draft.stream for draft in drafts})})

    done = carry_out(parts, by, {stream_of(division.code): STREAM_KIND for division in some}, decide)
    return int(str(done.result["divisions"]))


def rejected_rows(files: Sequence[str], errors: Iterable[RowError], translate: Callable[[str], str]) -> bytes:
    """The rejected rows as a file to mend, with their lines and reasons."""
    lines = {error.line: translate(error.what) % error.values for error in errors}
    rows = [row for number, row in enumerate(csv.reader(_lines(files)), 1) if number in lines]
    return write_csv(
        [*COLUMNS, "line", "problem"],
        [[*row[:4], str(n), lines[n]] for row, n in zip(rows, sorted(lines), strict=False)],
    )


def _lines(files: Sequence[str]) -> Iterator[str]:
    """The lines of one table out of one or several files."""
    if len(files) == 1 and "parent_code" in files[0].split("\n", 1)[0]:
        yield from io.StringIO(files[0], newline="")
        return
    yield ",".join(COLUMNS) + "\n"
    for text in files:
        yield from _family_lines(text)


def _family_lines(text: str) -> Iterator[str]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    headings = reader.fieldnames or ()
    if not {"code", "name"} <= set(headings):
        raise InvalidInput(
            N_("This is no table of divisions."), remedy=N_("Its columns are code, parent_code, level, name_zh.")
        )
    above, level = next((f"{name}Code", level) for name, level in FAMILY if not name or f"{name}Code" in headings)
    for row in reader:
        yield _line(row, row.get(above) or "", level)


def _line(row: Mapping[str, str], parent: str, level: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([row["code"], parent, level, row["name"]])
    return out.getvalue()
