"""Which rows of a segment were at a place in a time: binary search, for many questions at once.

Within a place rows are sorted by entering, so those who came before the end of a time are a prefix of the place. Who
was still there at its beginning came at most the longest stay of the place earlier: nobody who stayed long is missed,
and a place without long stays is not read from its morning on. What is left over is compared row by row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure.segment import Numbers, Segment, Tokens

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Rows that answer questions: `asked[i]` is answered by `rows[i]`."""

    asked: Places
    rows: Places


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """For each of the questions `asked`, the rows [low, high) among which its answers are."""

    asked: Places
    low: Numbers
    high: Numbers

    def cut(self, first: int, last: int) -> "Ranges":
        """Those of the questions first..last-1; questions are in order."""
        part = slice(*np.searchsorted(self.asked, (first, last)))
        return Ranges(self.asked[part], self.low[part], self.high[part])


def rows_of(segment: Segment, people: Tokens) -> Found:
    """All rows of people, by binary search in the order of persons."""
    first, last = (np.full(len(people), end, np.int64) for end in (0, len(segment)))

    def persons(rows: Numbers) -> Tokens:
        found: Tokens = segment.person[segment.by_person[rows]]
        return found

    low = _first_where(first, last, lambda rows: persons(rows) >= people)
    high = _first_where(low, last, lambda rows: persons(rows) > people)
    asked, at = expand(Ranges(np.arange(len(people)), low, high))
    return Found(asked, segment.by_person[at].astype(np.intp))


def ranges(segment: Segment, places: Tokens, since: Numbers, until: Numbers) -> Ranges:
    """For each question (a place, from when until when) the rows that may have been there. Places that the segment does
    not know, and times it does not touch, drop out.
    """
    at = np.searchsorted(segment.places, places)
    there = at < len(segment.places)
    there[there] = segment.places[at[there]] == places[there]
    there &= (since < segment.latest) & (until > segment.base)
    asked = np.flatnonzero(there)
    at = at[asked]
    first, last = segment.starts[at].astype(np.int64), segment.starts[at + 1].astype(np.int64)
    earliest = since[asked] - segment.base - segment.longest[at]
    # Whoever entered before that was gone by `since`, even after the longest stay.
    low = _first_where(first, last, lambda rows: segment.entered[rows] > earliest)
    end = until[asked] - segment.base
    high = _first_where(low, last, lambda rows: segment.entered[rows] >= end)
    some = high > low
    return Ranges(asked[some], low[some], high[some])


def _first_where(first: Numbers, last: Numbers, holds: Callable[[Numbers], NDArray[np.bool_]]) -> Numbers:
    """Per question the first row in [first, last) for which something holds, and holds from there on; else `last`."""
    low, size = first, last - first
    for _ in range(int(np.max(size, initial=0)).bit_length()):
        half = size >> 1
        # Where nothing is left to halve, the row before is asked again and changes nothing.
        later = ~holds(np.minimum(low + half, last - 1)) & (size > 0)
        low = np.where(later, low + half + 1, low)
        size = np.where(later, size - half - 1, half)
    return low


def expand(found: Ranges) -> tuple[Places, Places]:
    """Ranges as one (question, row) after the other."""
    counts = found.high - found.low
    ends = np.cumsum(counts)
    rows = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(found.low - (ends - counts), counts)
    return np.repeat(found.asked, counts), rows


def present(segment: Segment, found: Ranges, since: Numbers, until: Numbers) -> Found:
    """Of the rows in ranges those that were there in the time of their question."""
    asked, rows = expand(found)
    there = segment.left[rows] > (since - segment.base)[asked]
    there &= segment.entered[rows] < (until - segment.base)[asked]
    return Found(asked[there], rows[there])


def portions(weights: NDArray[Any], most: int) -> list[tuple[int, int]]:
    """Neighbours in portions [first, last) of at most so much weight each; one that is heavier stands alone."""
    ends = np.cumsum(weights)
    bounds = [0]
    while bounds[-1] < len(weights):
        before = int(ends[bounds[-1] - 1]) if bounds[-1] else 0
        bounds.append(max(bounds[-1] + 1, int(np.searchsorted(ends, before + most, side="right"))))
    return list(pairwise(bounds))
