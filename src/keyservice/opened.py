"""Rows of one sealed day that are opened for a search: each once, found by token, looked at as a table of forms."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure import Segment, decode
from epiloop.exposure.search import present, ranges, rows_of
from epiloop.exposure.segment import Buffer, Numbers, Tokens
from keyservice.days import DayKeys
from keyservice.folding import Forms, changes
from keyservice.gathering import BOUND, FORM
from keyservice.stored import Keeper


class OpenedDay:
    """The blocks of a day with its keeper, and which of their rows were opened."""

    def __init__(self, blocks: Sequence[Buffer], keeper: Keeper) -> None:
        self.day, self._keeper = keeper.day, keeper
        self._segments = [one for one in map(decode, blocks) if len(one)]
        self._seen = [np.zeros(len(one), bool) for one in self._segments]
        self.base = min((one.base for one in self._segments), default=0)
        self.latest = max((one.latest for one in self._segments), default=0)
        self.opened = 0

    def of(self, codes: Sequence[bytes]) -> Forms:
        """All that people with these codes did on this day, as far as it was not opened before."""
        return self._of(_once(np.array([self._keeper.person(code) for code in codes], np.uint64)))

    def there(self, zones: Sequence[bytes], since: Numbers, until: Numbers) -> Forms:
        """All that people did on this day who were, for one of the questions, in a zone from when until when, to the
        quarter of an hour; as far as it was not opened before.
        """
        token = {zone: self._keeper.zone(zone) for zone in set(zones)}
        tokens = np.array([token[zone] for zone in zones], np.uint64)
        people = [_present(one, tokens, since, until) for one in self._segments]
        return self._of(_once(np.concatenate([np.zeros(0, np.uint64), *people])))

    def _of(self, people: Tokens) -> Forms:
        parts = [
            self._open(one, seen, rows_of(one, people).rows)
            for one, seen in zip(self._segments, self._seen, strict=True)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, FORM)

    def _open(self, segment: Segment, seen: NDArray[np.bool_], rows: NDArray[np.intp]) -> Forms:
        rows = np.sort(rows[~seen[rows]])
        seen[rows] = True
        self.opened += len(rows)
        bound = np.empty(len(rows), BOUND)
        bound["day"] = self._keeper.number
        bound["zone"], bound["person"] = segment.place_of(rows), segment.person_of(rows)
        bound["since"], bound["until"] = segment.base + segment.entered(rows), segment.base + segment.left[rows]
        texts: list[bytes] = bound.view(f"V{BOUND.itemsize}").tolist()
        return np.frombuffer(self._keeper.unseal_all(segment.sealed[rows], texts), FORM)


def days_of(blocks: Mapping[date, Sequence[Buffer]], keys: Mapping[date, DayKeys]) -> list[OpenedDay]:
    """The days that have blocks and are held, in order."""
    return [OpenedDay(blocks[day], Keeper(keys[day])) for day in sorted(blocks) if day in keys]


def _present(segment: Segment, places: Tokens, since: Numbers, until: Numbers) -> Tokens:
    """Tokens of the people who were there for one of the questions."""
    rows = present(segment, ranges(segment, places, since, until), since, until).rows
    people: Tokens = segment.people[_once(segment.person[rows])]
    return people


def _once(numbers: NDArray[Any]) -> NDArray[Any]:
    ordered = np.sort(numbers)
    return ordered[changes(ordered)]
