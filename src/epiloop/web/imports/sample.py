"""The first rows of a file with what could identify somebody covered, and the words a mapping does not read yet."""

from collections.abc import Iterable, Mapping

from epiloop.operations.investigation.mapping import Mapping as Declared
from epiloop.operations.investigation.mapping import Sheet, guess
from epiloop.operations.investigation.mapping.declared import Field
from epiloop.operations.investigation.mapping.values import OwnWords, Unreadable, is_identifying, read
from epiloop.web.imports.fields import IDENTIFYING, OWN, WORDS

ROWS = 3
LONGEST = 40
"""Characters; a longer cell is somebody's story."""
COVERED = "•••"
MOST_WORDS = 12
"""More different words than this are no closed list: the column means something else."""


def first_cells(sheet: Sheet, covered: Iterable[str]) -> dict[str, list[str]]:
    """The cells of the first rows by heading."""
    hidden = set(covered)
    rows = [cells for _, cells in sheet.rows[:ROWS]]
    return {each: [_shown(cells[each], hide=each in hidden) for cells in rows] for each in sheet.headings if each}


def identifying(sheet: Sheet, fields: Mapping[str, Field], *, contacts: bool) -> set[str]:
    """The headings of what identifies: by what they are called, and by what they are mapped to."""
    guessed = guess((), sheet.headings, system="?") if contacts else guess(sheet.headings, system="?")
    known = [guessed.contacts if contacts else guessed.cases, fields]
    return {
        source.name
        for each in known
        for name, field in each.items()
        if name in IDENTIFYING
        for source in field.sources
        if source.kind == "column"
    }


def words_of(sheet: Sheet, field: Field, mapping: Declared) -> dict[str, str | None]:
    """The words of a field's columns that need a meaning -> the meaning they have; "" for one that has none yet.

    None: it says nothing. Empty for a field that reads no closed list, or whose cells are too many different ones.
    """
    if field.kind not in WORDS:
        return {}
    columns = [source.name for source in field.sources if source.kind == "column" and source.name in sheet.headings]
    cells = {cells[column] for _, cells in sheet.rows for column in columns}
    found = {cell for cell in cells if cell.casefold() not in mapping.missing and not _is_read(cell, field)}
    if len(found) > MOST_WORDS or any(_hides(cell) for cell in found):
        found = set()
    stated = {cell for cell in cells if cell.casefold() in field.reading.values}
    return {cell: field.reading.values.get(cell.casefold(), "") for cell in sorted(found | stated, key=str.casefold)}


def _is_read(cell: str, field: Field) -> bool:
    try:
        value = read(field.kind, cell, field.reading)
    except Unreadable:
        return False
    return not (field.kind in OWN and isinstance(value, OwnWords))


def _shown(cell: str, *, hide: bool) -> str:
    return COVERED if cell and (hide or _hides(cell)) else cell


def _hides(cell: str) -> bool:
    return len(cell) > LONGEST or is_identifying(cell)
