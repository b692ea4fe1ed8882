"""Cutting an area into whole jurisdictions that the tally has sums of, and the rest, smaller than a community."""

from collections.abc import Iterable

from epiloop.core.jurisdictions import Range, Scope
from epiloop.store.reading.asking import Area

LEVELS = (16, 14, 12, 10, 7, 4)
"""Zeros at the right of an area's number, widest first: all, province, city, county, township, community."""


def blocks(asked: Area) -> tuple[list[tuple[int, int]], Scope]:
    """The whole areas as (level of the tally, number), and what is left of communities that are not whole."""
    whole: list[tuple[int, int]] = []
    rest: list[Range] = []
    for part in asked.ranges if isinstance(asked, Scope) else (asked,):
        low = part.low
        while low < part.high:
            level = _largest(low, part.high)
            if level is None:
                end = min(part.high, low - low % 10**4 + 10**4)
                rest.append(Range(low, end))
                low = end
            else:
                whole.append((level, low))
                low += 10**level
    return whole, Scope(tuple(rest))


def whole_areas(found: Iterable[tuple[int, int]]) -> Scope:
    """The ranges of blocks."""
    return Scope(tuple(Range(number, number + 10**level) for level, number in found))


def _largest(low: int, high: int) -> int | None:
    """The widest area that begins at `low` and ends by `high`."""
    return next((level for level in LEVELS if low % 10**level == 0 and low + 10**level <= high), None)
