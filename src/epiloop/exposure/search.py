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

from epiloop.exposure.segment import PRESUMED, Numbers, Segment, Tokens
from epiloop.exposure.visits import Source, Visit

Rows = NDArray[np.intp]


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
    at = np.searchsorted(segment.people, people)
    asked = np.flatnonzero(_is_there(segment.people, at, people))
    low, high = (segment.person_starts[at[asked] + end].astype(np.int64) for end in (0, 1))
    asked, rows = expand(Ranges(asked, low, high))
    return Found(asked, segment.by_person[rows].astype(np.intp))


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


def _is_there(sorted_: Tokens, at: Rows, wanted: Tokens) -> NDArray[np.bool_]:
    """Whether what is wanted stands where it should stand in a sorted column."""
    there = at < len(sorted_)
    there[there] = sorted_[at[there]] == wanted[there]
    return there


def ranges(segment: Segment, places: Tokens, since: Numbers, until: Numbers) -> Ranges:
    """For each question (a place, from when until when) the rows that may have been there. Places that the segment does
    not know, and times it does not touch, drop out.
    """
    at = np.searchsorted(segment.places, places)
    there = _is_there(segment.places, at, places) & (since < segment.latest) & (until > segment.base)
    asked = np.flatnonzero(there)
    at = at[asked]
    # Whoever entered a longest stay before `since` was gone by then.
    earliest = since[asked] - segment.base - segment.longest[at] + 1
    low, high = (segment.first_row(at, entered) for entered in (earliest, until[asked] - segment.base))
    some = high > low
    return Ranges(asked[some], low[some], high[some])


def expand(found: Ranges) -> tuple[Rows, Rows]:
    """Ranges as one (question, row) after the other."""
    counts = found.high - found.low
    ends = np.cumsum(counts)
    rows = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(found.low - (ends - counts), counts)
    return np.repeat(found.asked, counts), rows


def present(segment: Segment, found: Ranges, since: Numbers, until: Numbers) -> Found:
    """Of the rows in ranges those that were there in the time of their question."""
    asked, rows = expand(found)
    there = segment.left[rows] > since[asked] - segment.base
    there &= segment.entered(rows) < until[asked] - segment.base
    return Found(asked[there], rows[there])


def portions(weights: NDArray[Any], most: int) -> list[tuple[int, int]]:
    """Neighbours in portions [first, last) of at most so much weight each; one that is heavier stands alone."""
    ends = np.cumsum(weights)
    bounds = [0]
    while bounds[-1] < len(weights):
        before = int(ends[bounds[-1] - 1]) if bounds[-1] else 0
        bounds.append(max(bounds[-1] + 1, int(np.searchsorted(ends, before + most, side="right"))))
    return list(pairwise(bounds))
