"""Tables from and to files. Cells are text; formulas coming out are neutralised (PRIVACY R27)."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from epiloop.core.errors import N_, InvalidInput
from epiloop.operations.investigation.mapping import Sheet, read_csv, sheet_of

ENCODINGS = ("utf-8-sig", "gb18030")
"""What files come in; every byte string is some GB 18030 text, so it stands last."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MOST_BYTES = 64 * 1024 * 1024
"""A larger file is refused: uploads stay in memory and never touch the disk."""


def read_table(name: str, content: bytes, *, sheet: str = "cases") -> Sheet:
    """The first sheet of a CSV or XLSX file. `sheet` is what messages call it.

    Raises InvalidInput for a file that is neither, is too large, or has no usable headings.
    """
    if len(content) > MOST_BYTES:
        raise InvalidInput(N_("The file is larger than 64 MB."), where=sheet, remedy=N_("Split it."))
    if content[:2] == b"PK" or name.lower().endswith((".xlsx", ".xlsm")):
        return sheet_of(_xlsx_lines(content, sheet), sheet=sheet)
    return read_csv(decoded(content, sheet), sheet=sheet)


def decoded(content: bytes, sheet: str) -> str:
    """The text of a file in any of `ENCODINGS`. Raises InvalidInput."""
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(
        N_("The file is not text in UTF-8 or GB 18030."), where=sheet, remedy=N_("Save it as CSV (UTF-8) or as XLSX.")
    )


def _xlsx_lines(content: bytes, sheet: str) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise InvalidInput(
            N_("The file cannot be read as XLSX."), where=sheet, remedy=N_("Save it again, or as CSV (UTF-8).")
        ) from None
    for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
        yield number, [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute or cell.second) else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def neutral(text: str) -> str:
    """The text with a leading apostrophe if a spreadsheet would take it for a formula; numbers stay as they are."""
    if not text.startswith(FORMULA_STARTS) or _is_number(text):
        return text
    return f"'{text}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file that spreadsheets open as UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(map(neutral, headings))
    writer.writerows(map(neutral, row) for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_xlsx(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """An XLSX file with one sheet, all cells text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([neutral(heading) for heading in headings])
    for row in rows:
        sheet.append([neutral(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rejects(sheet: Sheet, reasons: Mapping[int, str], *, column: str) -> bytes:
    """The rejected rows as a file to mend: their cells as they came, their line, and why. Empty if there are none."""
    cells = dict(sheet.rows)
    rows = [
        [*(cells.get(line, {}).get(h, "") for h in sheet.headings), str(line), why] for line, why in reasons.items()
    ]
    return write_csv([*sheet.headings, "line", column], rows) if rows else b""
