"""Lists that come in as files: the lines that could not be taken, each with its reason, and as a file to mend."""

from collections.abc import Callable, Iterable, Iterator

from epiloop.core.errors import InvalidInput
from epiloop.core.spreadsheets import RowError
from epiloop.operations.investigation.mapping import Sheet
from epiloop.papers.tables import rejects


def in_order(sheet: Sheet, *errors: Iterable[RowError]) -> tuple[RowError, ...]:
    """All that is wrong with a list by line, the lines among it that do not fit the headings."""
    found = [error for some in (*errors, _unread(sheet)) for error in some]
    return tuple(sorted(found, key=lambda error: error.line))


def mended(sheet: Sheet, errors: Iterable[RowError], translate: Callable[[str], str]) -> bytes:
    """The lines that were not taken as a file like the one that came, with a column that says why."""
    return rejects(sheet, {error.line: error.wrong.render(translate) for error in errors}, column="problem")


def _unread(sheet: Sheet) -> Iterator[RowError]:
    for error in sheet.errors:
        yield RowError(error.line, InvalidInput(error.problem, where="", remedy=error.remedy, **error.values))
