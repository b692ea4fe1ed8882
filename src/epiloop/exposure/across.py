"""Several segments looked through at once: a question to many small columns takes as long as to one.

Each step asks every segment once, and goes on with what all of them said as one column. So the time that a few cases
take hardly grows with the number of files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
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
    ends: Sequence[int]
    numbers: Rows

    def __len__(self) -> int:
        return len(self.numbers)

    def of(self, column: str) -> NDArray[Any]:
        """What stands in a column there."""
        each = zip(self.segments, self.bounds(), strict=True)
        return np.concatenate([getattr(one, column)[self.numbers[low:high]] for one, (low, high) in each])

    def before(self, column: str, wanted: NDArray[Any]) -> Rows:
        """For what is wanted in place of each number that of the first item of a sorted column that is not less."""
        each = zip(self.segments, self.bounds(), strict=True)
        return np.concatenate([getattr(one, column).searchsorted(wanted[low:high]) for one, (low, high) in each])

    def each(self, values: Sequence[int]) -> Numbers:
        """A value for each number, of those there are for the segments."""
        return np.array(values, np.int64).repeat([high - low for low, high in self.bounds()])

    def bounds(self) -> Iterator[tuple[int, int]]:
        """From where to where the numbers of each segment are."""
        return pairwise((0, *self.ends))

    def moved(self, which: Rows, numbers: Rows) -> "Across":
        """Other numbers in the same segments: each stands for one of those that there are, `which` are in order."""
        return Across(self.segments, which.searchsorted(self.ends).tolist(), numbers)

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
    low, high = (where.before("moment", moments(where.numbers, at)) for at in times)
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
    columns = [getattr(segment, column) for segment in segments]
    numbers = [items.searchsorted(some) for items, some in zip(columns, wanted, strict=True)]
    there = [items.take(at, mode="clip") == some for items, at, some in zip(columns, numbers, wanted, strict=True)]
    asked = np.concatenate(there).nonzero()[0]
    ends = [*accumulate(map(len, wanted))]
    return asked, Across(segments, ends, np.concatenate(numbers)).pick(asked)
