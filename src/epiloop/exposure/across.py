"""Several segments looked through at once: a question to many small columns takes as long as to one.

Each step asks every segment once, and goes on with what all of them said as one column. So the time that a few cases
take hardly grows with the number of files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure.segment import Numbers, Segment, Tokens, moments

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Across:
    """Numbers of items in columns of segments, of which there is at least one: up to `ends[0]` those of the first one,
    up to `ends[1]` those of the second, and so on.
    """

    segments: Sequence[Segment]
    ends: Rows
    numbers: Rows

    def __len__(self) -> int:
        return len(self.numbers)

    def of(self, column: str) -> NDArray[Any]:
        """What stands in a column there; a number after the last item means the last."""
        return _each(self.segments, self.ends, column, lambda items, of: items.take(self.numbers[of], 0, mode="clip"))

    def each(self, values: Sequence[int]) -> Numbers:
        """A value for each number, of those there are for the segments."""
        return np.array(values, np.int64).repeat(self.ends - np.concatenate(([0], self.ends[:-1])))

    def moved(self, which: Rows, numbers: Rows) -> "Across":
        """Other numbers in the same segments: each stands for one of those that there are, `which` are in order."""
        return Across(self.segments, which.searchsorted(self.ends), numbers)

    def pick(self, which: Rows) -> "Across":
        """Some of the numbers, in order."""
        return self.moved(which, self.numbers[which])


def expand(low: Numbers, high: Numbers) -> tuple[Rows, Rows]:
    """Ranges of numbers as one (range, number) after the other."""
    counts = high - low
    ends = counts.cumsum()
    numbers = np.arange(int(ends[-1]) if len(ends) else 0) + (low - (ends - counts)).repeat(counts)
    return np.arange(len(counts)).repeat(counts), numbers


def rows_of(segments: Sequence[Segment], people: Sequence[Tokens]) -> tuple[Rows, Across]:
    """All rows of people, of whom each segment is asked for its own: which of all that are asked for, and the row."""
    asked, who = _found(segments, "people", people)
    after = Across(segments, who.ends, who.numbers + 1)
    which, at = expand(*(one.of("person_starts").astype(np.int64) for one in (who, after)))
    listed = who.moved(which, at)
    return asked[which], Across(segments, listed.ends, listed.of("by_person").astype(np.intp))


def ranges(
    segments: Sequence[Segment], places: Sequence[Tokens], since: Sequence[Numbers], until: Sequence[Numbers]
) -> tuple[Rows, Across, Rows, Rows]:
    """For each question to a segment (a place, from when until when) the rows [low, high) that may have been there, all
    of which came before its end: which of all questions, the place, low and high. Places that the segment does not know
    drop out.
    """
    asked, where = _found(segments, "places", places)
    base = where.each([one.base for one in segments])
    start, end = (np.concatenate(column)[asked] - base for column in (since, until))
    # Whoever entered a longest stay before `since` was gone by then.
    times = start - where.of("longest") + 1, end
    low, high = (_before(segments, where.ends, "moment", moments(where.numbers, at)) for at in times)
    return asked, where, low, np.maximum(low, high)


def present(
    segments: Sequence[Segment], places: Sequence[Tokens], since: Sequence[Numbers], until: Sequence[Numbers]
) -> Across:
    """The rows that were there in the time of a question, see `ranges`."""
    asked, where, low, high = ranges(segments, places, since, until)
    which, numbers = expand(low, high)
    rows = where.moved(which, numbers)
    start = np.concatenate(since)[asked] - where.each([one.base for one in segments])
    return rows.pick((rows.of("left") > start[which]).nonzero()[0])


def _found(segments: Sequence[Segment], column: str, wanted: Sequence[Tokens]) -> tuple[Rows, Across]:
    """Of what is wanted in a sorted column of each segment what is there: which of all that is wanted, and where."""
    every, ends = np.concatenate(wanted), np.cumsum([len(some) for some in wanted])
    there = Across(segments, ends, _before(segments, ends, column, every))
    asked = (there.of(column) == every).nonzero()[0]
    return asked, there.pick(asked)


def _before(segments: Sequence[Segment], ends: Rows, column: str, wanted: NDArray[Any]) -> Rows:
    """For each of what is wanted the number of the first item of a sorted column that is not less."""
    rows: Rows = _each(segments, ends, column, lambda items, of: items.searchsorted(wanted[of]))
    return rows


def _each(
    segments: Sequence[Segment], ends: Rows, column: str, ask: Callable[[NDArray[Any], slice], NDArray[Any]]
) -> NDArray[Any]:
    """What a column of each segment answers, about from where to where among all that is asked; as one column."""
    bounds = zip(segments, pairwise([0, *ends.tolist()]), strict=True)
    parts = [ask(getattr(segment, column), slice(low, high)) for segment, (low, high) in bounds if low < high]
    return np.concatenate(parts) if parts else ask(getattr(segments[0], column), slice(0))
