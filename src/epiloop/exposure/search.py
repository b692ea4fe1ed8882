"""Which rows of a segment were at a place in a time: binary search, for many questions at once.

Within a place rows are sorted by entering, so those who came before the end of a time are a prefix of the place. Who
was still there at its beginning came at most the longest stay of the place earlier: nobody who stayed long is missed,
and a place without long stays is not read from its morning on. What is left over is compared row by row.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure import across
from epiloop.exposure.across import Rows
from epiloop.exposure.segment import PRESUMED, Numbers, Segment, Tokens
from epiloop.exposure.visits import Source, Visit

_NO_ROWS = np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Rows that answer questions: `asked[i]` is answered by `rows[i]`."""

    asked: Rows
    rows: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """For each of the questions `asked`, the rows [low, high) among which its answers are."""

    asked: Rows
    low: Numbers
    high: Numbers

    def cut(self, first: int, last: int) -> "Ranges":
        """Those of the questions first..last-1; questions are in order."""
        part = slice(*np.searchsorted(self.asked, (first, last)))
        return Ranges(self.asked[part], self.low[part], self.high[part])


def rows_of(segment: Segment, people: Tokens) -> Found:
    """All rows of people."""
    if not len(segment):
        return Found(_NO_ROWS, _NO_ROWS)
    asked, rows = across.rows_of([segment], [people])
    return Found(asked, rows.numbers)


def visits_of(segments: Iterable[Segment], people: Sequence[int]) -> list[Visit]:
    """All visits of a few people."""
    asked = np.array(sorted(set(people)), np.uint64)
    return [visit for segment in segments for visit in _visits(segment, rows_of(segment, asked).rows)]


def _visits(segment: Segment, rows: Rows) -> Iterator[Visit]:
    columns = (rows, segment.person_of(rows), segment.place_of(rows), segment.entered(rows))
    for row, person, place, entered in zip(*columns, strict=True):
        origin = int(segment.origin[row])
        yield Visit(
            person=int(person),
            place=int(place),
            kind=segment.kinds[segment.kind[row]],
            entered=segment.base + int(entered),
            left=segment.base + int(segment.left[row]),
            source=Source(origin & ~PRESUMED),
            row=int(segment.row[row]),
            presumed=bool(origin & PRESUMED),
        )


def ranges(segment: Segment, places: Tokens, since: Numbers, until: Numbers) -> Ranges:
    """For each question (a place, from when until when) the rows that may have been there, all of which came before its
    end. Places that the segment does not know, and times it does not touch, drop out.
    """
    if not len(segment):
        return Ranges(_NO_ROWS, _NO_ROWS, _NO_ROWS)
    asked, _, low, high = across.ranges([segment], [places], [since], [until])
    some = high > low
    return Ranges(asked[some], low[some], high[some])


def present(segment: Segment, found: Ranges, since: Numbers) -> Found:
    """Of the rows in ranges those that were still there when the time of their question began."""
    which, rows = across.expand(found.low, found.high)
    asked = found.asked[which]
    there = segment.left[rows] > since[asked] - segment.base
    return Found(asked[there], rows[there])


def portions(weights: NDArray[Any], most: int) -> list[tuple[int, int]]:
    """Neighbours in portions [first, last) of at most so much weight each; one that is heavier stands alone."""
    ends = np.cumsum(weights)
    bounds = [0]
    while bounds[-1] < len(weights):
        before = int(ends[bounds[-1] - 1]) if bounds[-1] else 0
        bounds.append(max(bounds[-1] + 1, int(np.searchsorted(ends, before + most, side="right"))))
    return list(pairwise(bounds))
