"""Who shared place and time with a case, found among sealed days: only rows of people who met a case are opened.

The case's own rows are found by its tokens of each day and opened; the zones they name become tokens again, of every
day that they touch; rows of those zones whose slots touch the case's time, and the time after it in which being there
counts, tell whose rows are opened: all that those people did on that day, because a check-out or another place may end
a stay, and on the day before if a row begins with its day. Those are few, and are what `exposure` answers from, to the
second. A ring 2 goes on from there in the same way.

What leaves is the least that serves (PRIVACY R10): people over the threshold and minutes, no zone. No text form of
anything here shows it.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import NamedTuple

import numpy as np

from epiloop.core.errors import N_, InvalidInput
from epiloop.exposure import Ring, Segment, Terms, Traced
from epiloop.exposure.segment import Tokens
from epiloop.exposure.tracing import onward, persons, ring
from epiloop.exposure.visits import NO_SEAT, Source
from epiloop.vault.visits import NO_ROW
from keyservice.days import DayKeys
from keyservice.folding import groups
from keyservice.found import Found, People, Same
from keyservice.opened import days_of

__all__ = ["Answer", "Case", "Met", "Same", "SealedDays", "Told"]


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """Somebody whose contacts are looked for, each person once, under all codes that are known of them (`vault.reach`),
    from `since` until `until` (seconds, half-open).
    """

    codes: tuple[bytes, ...]
    since: int
    until: int


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """Where a case was, known from elsewhere, such as an interview. `case`: which of them; `kind`: of the place."""

    case: int
    zone: bytes
    kind: str
    entered: int
    left: int
    source: Source = Source.ITINERARY
    row: int = NO_SEAT


class Met(NamedTuple):
    """Somebody over the threshold of a ring. `case`: which of the cases; in ring 2 None, and `via` is the person of
    ring 1 with whom they shared most. Whole minutes at the same places at the same time (`together`), and at places
    that the other one had left shortly before (`after`), in all and by kind of place, most first. `first`, `last`: the
    first and the last second of it. `doubtful`: nobody knows it, because it is only so by check-ins that a gate found
    not plausible, or of one person that cannot both be, of theirs or of whom they met (PRIVACY R25).
    """

    person: bytes
    ring: int
    case: int | None
    together: int
    after: int
    first: int
    last: int
    kinds: tuple[tuple[str, int, int], ...]
    via: bytes | None = None
    doubtful: bool = False

    def __repr__(self) -> str:
        return "Met(...)"


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """Who was met, in order of rank, and how many rows were opened for it (for the log)."""

    met: tuple[Met, ...]
    opened: int


class SealedDays:
    """The segments of days (a day that grows has several), with the keys of the days that are held. Segments of other
    days are not looked at.
    """

    def __init__(self, segments: Mapping[date, Sequence[Segment]], keys: Mapping[date, DayKeys]) -> None:
        self._segments, self._keys = segments, keys

    def __repr__(self) -> str:
        return "SealedDays(...)"

    def trace(
        self,
        cases: Sequence[Case],
        terms: Terms,
        *,
        places: Iterable[str],
        second_until: int | None = None,
        same: Same | None = None,
        told: Sequence[Told] = (),
    ) -> Answer:
        """Everybody over the threshold of ring 1, and of ring 2 if `second_until` says until when those of ring 1 may
        have met others.

        `places`: the words for kinds of places, which travel as numbers; one that is not among them has the default
        terms. `same`: see `Same`; without it only the codes of a case are one person. `told`: where cases were besides.
        Whoever is found only by check-ins that a gate found not plausible, or that cannot both be, is marked, and not
        left out: else a crowd of made-up check-ins would hide all who were there.

        Raises InvalidInput where the clause has no ring 2 or a person is a case twice, Refused if too much would be
        opened, Broken for a row that was changed.
        """
        second = None if second_until is None else terms.threshold(2)
        people = People(same)
        traced = _traced(cases, people)
        with Found(days_of(self._segments, self._keys), places, people) as found:
            for one in told:
                row = NO_ROW if one.row == NO_SEAT else one.row
                found.tell(cases[one.case].codes[0], one.zone, one.kind, (one.entered, one.left), (one.source, row))
            found.gather(traced, terms)
            first, sure = _rings(found, (traced, traced), terms, terms.first)
            met = _met(first, sure, 1, people.names)
            if second is None or second_until is None:
                return Answer(met, found.opened)
            sources = onward(first, terms.latency, second_until)
            found.gather(sources, terms)
            inside = np.union1d(first.pairs.person, persons(traced))
            surely = sources if sure is first else onward(sure, terms.latency, second_until)
            other, sure = _rings(found, (sources, surely), terms, second, inside)
            return Answer(met + _met(other, sure, 2, people.names), found.opened)


def _traced(cases: Sequence[Case], people: People) -> list[Traced]:
    for one in cases:
        people.join(one.codes)
    people.find(code for one in cases for code in one.codes)
    numbers = people.numbers([one.codes[0] for one in cases]).tolist()
    if len(set(numbers)) < len(numbers):
        raise InvalidInput(N_("One person cannot be two cases of one search."), where="cases")
    return [Traced(person, one.since, one.until) for person, one in zip(numbers, cases, strict=True)]


def _rings(
    found: Found,
    sources: tuple[Sequence[Traced], Sequence[Traced]],
    terms: Terms,
    threshold: int,
    leave_out: Tokens | None = None,
) -> tuple[Ring, Ring]:
    """A ring as it may be, and as it is without what cannot be; the same one if there is nothing of the kind."""
    every, plausible = found.readings()
    may = ring([every], sources[0], terms, threshold, leave_out=leave_out)
    if plausible is every and sources[0] is sources[1]:
        return may, may
    return may, ring([plausible], sources[1], terms, threshold, leave_out=leave_out)


def _doubtful(found: Ring, sure: Ring, number: int, people: int) -> list[bool]:
    """Of each pair of a ring, in ring 2 of each person, whether it is in that ring only by what cannot be."""
    if sure is found:
        return [False] * len(found)
    told, known = (
        one.pairs.person.astype(np.int64) + (one.pairs.source.astype(np.int64) * people if number == 1 else 0)
        for one in (found, sure)
    )
    return [bool(one) for one in np.isin(told, known, invert=True)]


def _met(found: Ring, sure: Ring, number: int, names: Sequence[bytes]) -> tuple[Met, ...]:
    """The pairs of a ring as values, in order of rank; in ring 2 each person once, by whom they were met most. Who is
    not in the ring that is sure is doubtful.
    """
    doubtful = _doubtful(found, sure, number, len(names))
    order, pairs = found.ranked(), found.pairs
    if number == 2:
        order = order[np.sort(np.unique(pairs.person[order], return_index=True)[1])]
    after = np.bincount(found.places.pair, found.places.after, len(found)).astype(np.int64)
    columns = (pairs.person, pairs.source, pairs.together // 60, after // 60, pairs.first, pairs.last)
    who, source, together, later, since, last = (column[order].tolist() for column in columns)
    case: Iterable[int | None] = source if number == 1 else repeat(None)
    with _without_collector():
        via = repeat(None) if number == 1 else [names[found.sources[one].person] for one in source]
        people, every = [names[one] for one in who], _kinds(found)
        kinds, doubts = ([each[at] for at in order.tolist()] for each in (every, doubtful))
        return tuple(map(Met, people, repeat(number), case, together, later, since, last, kinds, via, doubts))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Hundreds of thousands of values are made that are no garbage: looking for some among them takes longer. So they
    count as old when the collector goes on.
    """
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()
        if wanted:
            gc.enable()


def _kinds(found: Ring) -> list[tuple[tuple[str, int, int], ...]]:
    """Of each pair the minutes together and after at each kind of place."""
    places, count = found.places, len(found.kinds)
    every = places.pair * count + places.kind
    group, first = groups(every)
    keys = every[first]
    seconds = [np.bincount(group, column, len(keys)).astype(np.int64) for column in (places.together, places.after)]
    order = np.lexsort((-seconds[1], -seconds[0], keys // count))
    columns = (keys % count, seconds[0] // 60, seconds[1] // 60)
    words, *minutes = (column[order].tolist() for column in columns)
    told = list(zip([found.kinds[word] for word in words], *minutes, strict=True))
    ends = np.searchsorted(keys[order] // count, np.arange(len(found)), side="right").tolist()
    return [tuple(told[low:high]) for low, high in zip([0, *ends], ends, strict=False)]
