"""A file of rows as text cells, and what can be wrong with a row. Readers of other formats make the same `Sheet`."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from epiloop.core.errors import N_, InvalidInput


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was not taken, or what is odd in it: sheet, line, column and reason, never what stood in the cell."""

    sheet: str
    line: int
    column: str
    problem: str
    remedy: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def render(self, translate: Callable[[str], str] = str) -> str:
        """One line for a person: `sheet line 7, column: problem remedy`."""
        words = {name: translate(value) if isinstance(value, str) else value for name, value in self.values.items()}
        parts = [translate(part) % words for part in (self.problem, self.remedy) if part]
        return f"{self.sheet} {self.line}, {self.column}: " + " ".join(parts)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Headings and rows, each with its line number in the file; `errors` are rows that do not fit the headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    errors: tuple[RowError, ...] = ()


def read_csv(text: str, *, sheet: str = "cases") -> Sheet:
    """A sheet from CSV text: comma, semicolon or tab, whichever parts the first line into most cells.

    Raises InvalidInput if there is no heading line or a heading stands twice. Empty lines are passed over.
    """
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        return sheet_of(((reader.line_num, cells) for cells in reader), sheet=sheet)
    except csv.Error:
        raise InvalidInput(
            N_("The file cannot be read as CSV."),
            where=f"line {reader.line_num}",
            remedy=N_("Look for an unclosed quotation mark."),
        ) from None


def sheet_of(lines: Iterable[tuple[int, Sequence[str]]], *, sheet: str) -> Sheet:
    """A sheet from numbered lines of cells, the first of which are the headings."""
    remaining = iter(lines)
    headings = tuple(cell.strip() for cell in next(remaining, (0, ()))[1])
    _check_headings(headings)
    rows: list[tuple[int, Mapping[str, str]]] = []
    errors: list[RowError] = []
    for number, cells in remaining:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(headings):
            errors.append(_too_long(sheet, number, len(headings), len(cells)))
            continue
        padded = [*cells, *[""] * (len(headings) - len(cells))]
        rows.append((number, dict(zip(headings, (cell.strip() for cell in padded), strict=True))))
    return Sheet(headings, tuple(rows), tuple(errors))


def _too_long(sheet: str, line: int, wanted: int, found: int) -> RowError:
    problem = N_("The row has %(found)s cells, the headings are %(wanted)s.")
    remedy = N_("Put quotation marks around cells that contain the separator.")
    return RowError(sheet, line, "", problem, remedy, {"found": found, "wanted": wanted})


def _check_headings(headings: Sequence[str]) -> None:
    if not any(headings):
        raise InvalidInput(N_("The file is empty."), remedy=N_("Its first line must hold the headings."))
    twice = sorted({heading for heading in headings if heading and headings.count(heading) > 1})
    if twice:
        raise InvalidInput(
            N_("These headings stand twice: %(names)s."), remedy=N_("Give each column its own."), names=", ".join(twice)
        )
