"""Which rows of a segment were at a place in a time: binary search, for many questions at once.

Within a place rows are sorted by entering, so those who came before the end of a time are a prefix of the place. Who
was still there at its beginning came at most the longest stay of the place earlier: nobody who stayed long is missed,
and a place without long stays is not read from its morning on. What is left over is compared row by row.
"""

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
    low, high = (np.searchsorted(segment.person, people, side, sorter=segment.by_person) for side in ("left", "right"))
    asked, at = expand(Ranges(np.arange(len(people)), low.astype(np.int64), high.astype(np.int64)))
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
    # Entered later than this, or gone by `since` whatever the stay.
    low = _first_from(segment, first, last, since[asked] - segment.base - segment.longest[at] + 1)
    high = _first_from(segment, low, last, until[asked] - segment.base)
    some = high > low
    return Ranges(asked[some], low[some], high[some])


def _first_from(segment: Segment, first: Numbers, last: Numbers, entered: Numbers) -> Numbers:
    """Per question the first row in [first, last) that entered at or after a time; `last` if there is none."""
    low, high = first.copy(), last.copy()
    for _ in range(int(np.max(last - first, initial=0)).bit_length()):
        middle = (low + high) >> 1
        open_ = low < high
        earlier = np.zeros(len(low), bool)
        earlier[open_] = segment.entered[middle[open_]] < entered[open_]
        low = np.where(open_ & earlier, middle + 1, low)
        high = np.where(open_ & ~earlier, middle, high)
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
