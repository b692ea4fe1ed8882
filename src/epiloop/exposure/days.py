"""Days of visits to search in: a segment, and what turns its tokens into numbers that mean the same on every day.

In an open list tokens are those numbers already (`OpenDay`). The keeper of sealed days brings its own, so that no key
is needed here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure.search import rows_of
from epiloop.exposure.segment import PRESUMED, Segment, Tokens
from epiloop.exposure.visits import Source, Visit


class Day(Protocol):
    """A segment and the meaning of its tokens."""

    @property
    def segment(self) -> Segment:
        """The rows."""
        ...

    def place_tokens(self, places: Tokens) -> Tokens:
        """The tokens of places on this day."""
        ...

    def person_tokens(self, people: Tokens) -> Tokens:
        """The tokens of people on this day."""
        ...

    def places_of(self, rows: NDArray[Any]) -> Tokens:
        """The places of rows."""
        ...

    def people_of(self, rows: NDArray[Any]) -> Tokens:
        """The people of rows: equal if and only if it is the same person."""
        ...


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day whose tokens are the numbers themselves."""

    segment: Segment

    def place_tokens(self, places: Tokens) -> Tokens:
        """The same."""
        return places

    def person_tokens(self, people: Tokens) -> Tokens:
        """The same."""
        return people

    def places_of(self, rows: NDArray[Any]) -> Tokens:
        """As stored."""
        return self.segment.place_of(rows)

    def people_of(self, rows: NDArray[Any]) -> Tokens:
        """As stored."""
        return self.segment.person_of(rows)


def visits_of(days: Iterable[Day], people: Sequence[int]) -> list[Visit]:
    """All visits of a few people."""
    asked = np.array(sorted(set(people)), np.uint64)
    return [visit for day in days for visit in _visits(day, asked)]


def _visits(day: Day, people: Tokens) -> Iterable[Visit]:
    segment = day.segment
    rows = rows_of(segment, day.person_tokens(people)).rows
    columns = (rows, day.people_of(rows), day.places_of(rows), segment.entered(rows))
    for row, person, place, entered in zip(*columns, strict=True):
        if person in people:  # a token of 64 bits may, once in ages, be another person's too
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
