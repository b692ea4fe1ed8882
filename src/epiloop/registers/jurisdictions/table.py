"""Reading a code table: text in, validated divisions out, with an error for each bad row and none for a good one.

Columns `code`, `parent_code`, `level`, `name_zh` and, if given, `name_en`, `since`, `until`. A code may be written
short ("450226") or filled up with zeros ("450226000000").
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from unicodedata import category

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.jurisdictions import DIGITS, LEVELS, WIDTHS, Code
from epiloop.registers.jurisdictions.divisions import Division, is_placeholder
from epiloop.registers.jurisdictions.pinyin import pinyin

COLUMNS = ("code", "parent_code", "level", "name_zh")
WIDTH_OF = dict(zip(LEVELS, WIDTHS, strict=True))
RANK_OF = {level: rank for rank, level in enumerate(LEVELS)}
LONGEST_NAME = 100
REPORT_EVERY = 20_000

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was refused: the line of the file, a message id and its values."""

    line: int
    what: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.line}: {self.what % self.values}"


@dataclass(frozen=True, slots=True)
class Folded:
    """A row that repeats its parent's number one level down ("441900" under "4419"): no division of its own."""

    line: int
    code: Code
    level: str
    name: str


@dataclass(frozen=True, slots=True)
class Table:
    """What a code table says. `divisions` have unique codes, parents before children."""

    divisions: tuple[Division, ...]
    folded: tuple[Folded, ...]
    errors: tuple[RowError, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    division: Division


class _BadRowError(Exception):
    def __init__(self, what: str, **values: object) -> None:
        self.what, self.values = what, values


def number(text: str, level: str) -> Code:
    """The 16-digit number of a code of a level, written short or filled up with zeros. Raises InvalidInput."""
    width = WIDTH_OF[level]
    if not (text.isascii() and text.isdigit() and width <= len(text) <= DIGITS) or text[0] == "0":
        raise InvalidInput(N_("%(text)s is not the code of a %(level)s."), text=repr(text), level=level)
    if text[width:].strip("0"):
        raise InvalidInput(N_("%(text)s has digits below the level of a %(level)s."), text=repr(text), level=level)
    return Code(int(text[:width].ljust(DIGITS, "0")))


def read_table(
    lines: Iterable[str],
    *,
    known: Iterable[Code] = (),
    since: date | None = None,
    progress: Progress | None = None,
) -> Table:
    """Read a code table. `known` are divisions already registered, which a row may name as its parent.

    Raises InvalidInput if a needed column is missing; everything else wrong is a RowError of its line.
    """
    reader = csv.reader(_without_mark(lines))
    header = [name.strip() for name in next(reader, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise InvalidInput(N_("The table has no column %(missing)s."), missing=", ".join(missing), where="1")
    rows: list[_Row] = []
    errors: list[RowError] = []
    for count, cells in enumerate(reader, 1):
        try:
            rows.append(_Row(reader.line_num, _division(dict(zip(header, cells, strict=False)), since)))
        except _BadRowError as bad:
            errors.append(RowError(reader.line_num, bad.what, bad.values))
        if progress and count % REPORT_EVERY == 0:
            progress(count, None)
    total = len(rows) + len(errors)
    if progress:
        progress(total, total)
    return _arranged(rows, errors, set(known), total)


def _without_mark(lines: Iterable[str]) -> Iterable[str]:
    for index, line in enumerate(lines):
        yield line.removeprefix("\ufeff") if index == 0 else line


def _division(row: Mapping[str, str], since: date | None) -> Division:
    level, name = row.get("level", "").strip(), row.get("name_zh", "").strip()
    if level not in RANK_OF:
        raise _BadRowError(N_("%(level)s is not a level."), level=repr(level))
    if not name or len(name) > LONGEST_NAME or any(category(sign) == "Cc" for sign in name):
        raise _BadRowError(N_("The name is empty, too long or unreadable."))
    try:
        code = number(row.get("code", "").strip(), level)
    except InvalidInput as error:
        raise _BadRowError(error.what, **error.values) from None
    full, initials = pinyin(name)
    return Division(
        code,
        level,
        _parent(row.get("parent_code", "").strip(), level),
        name,
        row.get("name_en", "").strip(),
        full,
        initials,
        is_placeholder(name),
        _day(row.get("since", "")) or since,
        _day(row.get("until", "")),
    )


def _parent(text: str, level: str) -> Code | None:
    if not text:
        if RANK_OF[level] > 0:
            raise _BadRowError(N_("A %(level)s needs a parent."), level=level)
        return None
    if not (text.isascii() and text.isdigit() and 2 <= len(text) <= DIGITS):
        raise _BadRowError(N_("%(text)s is not a parent's code."), text=repr(text))
    return Code(int(text.ljust(DIGITS, "0")))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise _BadRowError(N_("%(text)s is not a date."), text=repr(text)) from None


def _arranged(rows: list[_Row], errors: list[RowError], known: set[Code], total: int) -> Table:
    """Parents before children; refuses duplicates and orphans, folds rows that repeat their parent's number."""
    divisions: list[Division] = []
    folded: list[Folded] = []
    placed: dict[Code, int] = dict.fromkeys(known, -1)
    seen: dict[Code, int] = {}
    for row in sorted(rows, key=lambda row: RANK_OF[row.division.level]):
        division = row.division
        if division.parent is not None and division.parent not in placed:
            errors.append(RowError(row.line, N_("Its parent %(parent)s is not listed."), {"parent": division.parent}))
        elif division.code == division.parent:
            folded.append(Folded(row.line, division.code, division.level, division.name))
        elif division.code in seen:
            values = {"code": division.code, "line": seen[division.code]}
            errors.append(RowError(row.line, N_("The code %(code)s stands in line %(line)s already."), values))
        elif RANK_OF[division.level] <= placed.get(division.parent or Code(0), -1):
            errors.append(RowError(row.line, N_("Its parent is not of a higher level.")))
        else:
            seen[division.code] = row.line
            placed[division.code] = RANK_OF[division.level]
            divisions.append(division)
    return Table(tuple(divisions), tuple(folded), tuple(sorted(errors, key=lambda error: error.line)), total)
