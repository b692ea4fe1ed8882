"""Rows of sealed days that are opened for a search: each once, found by token, looked at as a table of forms.

All that a person did on a day is opened together, so the tokens of those whose rows are open say which ones are. All
days are asked at once (`exposure.across`), in portions where much is asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure import Segment
from epiloop.exposure.across import Across, present, rows_of
from epiloop.exposure.search import portions
from epiloop.exposure.segment import HALF, LATER, Numbers, Tokens, changes
from keyservice.days import DayKeys
from keyservice.folding import Forms
from keyservice.gathering import BOUND, FORM
from keyservice.stored import Keeper

AT_ONCE = 100_000
"""Tokens, or questions, that segments are asked about in one portion; more only if one of them is."""
Wanted = Mapping[int, Tokens]
"""Tokens of people, in order, by number of the day."""
_NOBODY = np.zeros(0, np.uint64)
_BOUND_TEXT = f"V{BOUND.itemsize}"


class OpenedDay:
    """The segments of a day with its keeper, and whose rows were opened."""

    def __init__(self, segments: Iterable[Segment], keeper: Keeper) -> None:
        self.day, self.keeper = keeper.day, keeper
        self.segments = [one for one in segments if len(one)]
        self.base = min((one.base for one in self.segments), default=0)
        self.latest = max((one.latest for one in self.segments), default=0)
        self._people = _NOBODY

    def tokens(self, codes: Iterable[bytes]) -> Tokens:
        """The tokens of people with these codes on this day, in order."""
        return np.sort(np.array([*{self.keeper.person(code) for code in codes}], np.uint64))

    def places(self, zones: Sequence[bytes]) -> Tokens:
        """The tokens of zones on this day."""
        token = {zone: self.keeper.zone(zone) for zone in set(zones)}
        return np.array([token[zone] for zone in zones], np.uint64)

    def known(self, people: Tokens) -> Tokens:
        """Which of these tokens were asked for before."""
        return people[among(self._people, people)]

    def fresh(self, people: Tokens) -> Tokens:
        """Which of these tokens, each there once, are asked for now for the first time."""
        if not len(self._people):
            self._people = people
            return people
        some = people[~among(self._people, people)]
        self._people = np.sort(np.concatenate((self._people, some)))
        return some

    def of(self, codes: Iterable[bytes]) -> Forms:
        """All that people with these codes did on this day, as far as it was not opened before. Raises Broken for a row
        that was changed.
        """
        return joined(rows.open().data for rows in sealed_rows([self], {0: self.tokens(codes)}))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SealedRows:
    """Rows about to be opened, day by day: the number of the day of each, and the token of its person."""

    days: Sequence[OpenedDay]
    day: Numbers
    person: Tokens
    rows: Across

    def __len__(self) -> int:
        return len(self.day)

    def open(self) -> Forms:
        """What they say. Raises Broken for a row that was changed."""
        rows = self.rows
        moment, base = rows.of("moment"), rows.each([one.base for one in rows.segments])
        bound = np.empty(len(self), BOUND)
        bound["day"] = np.array([one.keeper.number for one in self.days])[self.day]
        bound["zone"] = Across(rows.segments, rows.ends, (moment >> HALF).astype(np.intp)).of("places")
        bound["person"] = self.person
        bound["since"], bound["until"] = base + (moment & LATER).astype(np.int64), base + rows.of("left")
        texts, sealed = bound.view(_BOUND_TEXT).tolist(), rows.of("sealed")
        return joined(self.days[at].keeper.unseal_all(sealed[of], texts[of]) for at, of in by_day(self.day))


def days_of(segments: Mapping[date, Sequence[Segment]], keys: Mapping[date, DayKeys]) -> list[OpenedDay]:
    """The days that have segments and are held, in order."""
    return [OpenedDay(segments[day], Keeper(keys[day])) for day in sorted(segments) if day in keys]


def sealed_rows(days: Sequence[OpenedDay], wanted: Wanted) -> Iterator[SealedRows]:
    """All that people did on days, as far as it was not asked for before. Each day is there once."""
    fresh = [(at, days[at].fresh(people)) for at, people in sorted(wanted.items())]
    asked = [(at, segment, people) for at, people in fresh if len(people) for segment in days[at].segments]
    for some in _portions(asked):
        numbers, segments, people = zip(*some, strict=True)
        which, rows = rows_of(segments, people)
        if len(rows):
            yield SealedRows(days, rows.each(numbers), np.concatenate(people)[which], rows)


def there(days: Sequence[OpenedDay], zones: Forms, since: Numbers, until: Numbers) -> Wanted:
    """Who was, for one of the questions, in a zone from when until when, to the quarter of an hour."""
    asked = []
    for at, day in enumerate(days):
        touching = ((since < day.latest) & (until > day.base)).nonzero()[0]
        if len(touching):
            question = day.places(zones[touching].tolist()), since[touching], until[touching]
            asked += [(at, segment, *question) for segment in day.segments]
    found: dict[int, list[Tokens]] = {}
    for some in _portions(asked):
        numbers, segments, *questions = zip(*some, strict=True)
        rows = present(segments, *questions)
        people = Across(segments, rows.ends, rows.of("person").astype(np.intp)).of("people")
        for number, (low, high) in zip(numbers, rows.bounds(), strict=True):
            found.setdefault(number, []).append(people[low:high])
    return {at: _once(np.concatenate(people)) for at, people in found.items()}


def among(ordered: Tokens, wanted: Tokens) -> NDArray[np.bool_]:
    """Which of what is wanted stand in a sorted column."""
    if not len(ordered):
        return np.zeros(len(wanted), bool)
    there: NDArray[np.bool_] = ordered.take(ordered.searchsorted(wanted), mode="clip") == wanted
    return there


def by_day(day: Numbers) -> Iterator[tuple[int, slice]]:
    """Each day of rows that are day by day, and which rows they are."""
    for low, high in pairwise([*changes(day).nonzero()[0].tolist(), len(day)]):
        yield int(day[low]), slice(low, high)


def joined(parts: Iterable[bytes | memoryview]) -> Forms:
    """Tables of forms one below the other. `np.concatenate` looks at each field of each of them."""
    return np.frombuffer(b"".join(parts), FORM)


def _portions(asked: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """What is asked of segments (the third of each), in portions."""
    sizes = np.array([len(one[2]) for one in asked], np.int64)
    return (asked[low:high] for low, high in portions(sizes, AT_ONCE))


def _once(numbers: NDArray[Any]) -> NDArray[Any]:
    ordered = np.sort(numbers)
    return ordered[changes(ordered)]
