"""Jurisdictions and their codes.

A jurisdiction is one 16-digit number that is never rewritten: province 2 digits, city 2, county 2, township 3,
community 3, grid 2, micro-grid 2, filled up with zeros on the right. So everything inside a jurisdiction lies in
one half-open range of numbers, and a scope is a set of ranges. Source of the first twelve digits: GB/T 2260 and
the statistical division codes.
"""

from dataclasses import dataclass
from typing import NewType

from epiloop.core.errors import N_, InvalidInput

Code = NewType("Code", int)
"""A 16-digit jurisdiction number."""

DIGITS = 16
LEVELS = ("province", "city", "county", "township", "community", "grid", "micro-grid")
WIDTHS = (2, 4, 6, 9, 12, 14, 16)


def code(text: str) -> Code:
    """The number of a code as people write it ("320412", "450226001"). Raises InvalidInput."""
    if not (text.isascii() and text.isdigit() and len(text) in WIDTHS) or text[0] == "0":
        raise InvalidInput(
            N_("%(text)s is not a jurisdiction code."),
            remedy=N_("A code has 2, 4, 6, 9, 12, 14 or 16 digits."),
            text=repr(text),
        )
    return Code(int(text.ljust(DIGITS, "0")))


def level(number: Code) -> str:
    """The highest level this number can stand for: the shortest width whose remaining digits are zeros."""
    return LEVELS[_rank(number)]


def short(number: Code) -> str:
    """The code as people write it, without the filling zeros; `code(short(n)) == n`."""
    return str(number)[: WIDTHS[_rank(number)]]


def at_level(number: Code, wanted: str) -> Code:
    """The jurisdiction of the wanted level that contains this one (itself if it is that high or higher)."""
    size = 10 ** (DIGITS - WIDTHS[LEVELS.index(wanted)])
    return Code(number // size * size)


def parent(number: Code) -> Code | None:
    """The next jurisdiction up by digits alone; None for a province."""
    rank = _rank(number)
    return None if rank == 0 else at_level(number, LEVELS[rank - 1])


def _rank(number: Code) -> int:
    text = str(number)
    return next(rank for rank, width in enumerate(WIDTHS) if not text[width:].strip("0"))


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """All numbers inside one jurisdiction: [low, high)."""

    low: int
    high: int

    def __contains__(self, number: int) -> bool:
        return self.low <= number < self.high


def range_of(number: Code) -> Range:
    """The range of everything inside a jurisdiction, itself included."""
    return Range(number, number + 10 ** (DIGITS - WIDTHS[_rank(number)]))


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see: a set of ranges. An empty scope sees nothing."""

    ranges: tuple[Range, ...] = ()

    def __contains__(self, number: int) -> bool:
        return any(number in part for part in self.ranges)

    def as_multirange(self) -> str:
        """The text of a PostgreSQL int8multirange."""
        return "{" + ",".join(f"[{part.low},{part.high})" for part in self.ranges) + "}"


def scope(*numbers: Code) -> Scope:
    """The scope made of whole jurisdictions."""
    return Scope(tuple(sorted({range_of(number) for number in numbers})))
