"""The fast way to the answer of `reference`: sorted columns, many sources at once, rings as tables.

The stays of all sources are looked up in all days by binary search (`search`); what is found becomes stretches of
shared time, which are added up (`fold`). Sources are taken in portions, so that memory does not grow with their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure import reference
from epiloop.exposure.contacts import Contact, Rings, Shared, Stretch, Traced
from epiloop.exposure.fold import Pairs, Places, Stretches, by_pair, by_place, joined, numbered, pick
from epiloop.exposure.search import Ranges, portions, present, ranges, visits_of
from epiloop.exposure.segment import Numbers, Segment, Tokens
from epiloop.exposure.stays import Stays, scale, stays
from epiloop.exposure.terms import Terms
from epiloop.exposure.visits import ANY_ROW, CARRIAGE, NO_SEAT

AT_ONCE = 4_000_000
"""Candidate rows looked at in one portion: some 400 MB at the most."""
Span = tuple[Numbers, Numbers]
_NONE = np.zeros(0, np.int64)
NOTHING = Stretches(_NONE, np.zeros(0, np.uint64), _NONE, _NONE, np.zeros(0, np.bool_))


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """Pairs over the threshold, and the places that each of them shared: `places.pair` is a number of a pair."""

    sources: tuple[Traced, ...]
    kinds: tuple[str, ...]
    pairs: Pairs
    places: Places

    def __len__(self) -> int:
        return len(self.pairs.person)

    def contacts(self, most: int | None = None) -> tuple[Contact, ...]:
        """The first so many in order of rank, or all, as values."""
        people, pairs = persons(self.sources), self.pairs
        order = self.ranked()[:most]
        shared = self._shared(order)
        columns = (people[pairs.source], pairs.person, pairs.points, pairs.first, pairs.last)
        told = zip(order.tolist(), *(column[order].tolist() for column in columns), strict=True)
        return tuple(
            Contact(source, person, points, first, last, tuple(sorted(shared[at])))
            for at, source, person, points, first, last in told
        )

    def ranked(self) -> NDArray[np.intp]:
        """The numbers of the pairs in order of rank, see `contacts.ranked`."""
        people, pairs = persons(self.sources), self.pairs
        return np.lexsort((pairs.person, people[pairs.source], -pairs.together, -pairs.points))

    def _shared(self, wanted: NDArray[np.intp]) -> dict[int, list[Shared]]:
        shared: dict[int, list[Shared]] = {at: [] for at in wanted.tolist()}
        rows = pick(self.places, np.isin(self.places.pair, wanted))
        columns = (rows.pair, rows.place, rows.kind, rows.together, rows.after, rows.points)
        for pair, place, kind, *values in zip(*(column.tolist() for column in columns), strict=True):
            shared[pair].append(Shared(place, self.kinds[kind], *values))
        return shared


@dataclass(frozen=True, slots=True, eq=False)
class RingTables:
    """Ring 1, and ring 2 if it was asked for."""

    first: Ring
    second: Ring | None = None

    def rings(self) -> Rings:
        """Everything as values, in order of rank."""
        return Rings(self.first.contacts(), self.second.contacts() if self.second else ())


def trace(
    days: Sequence[Segment], cases: Sequence[Traced], terms: Terms, *, second_until: int | None = None
) -> RingTables:
    """Ring 1 of the cases, and ring 2 if somebody says until when those of ring 1 may have met others (seconds; now, or
    when they were isolated). Raises InvalidInput where the clause has no ring 2.
    """
    second = 0 if second_until is None else terms.threshold(2)
    first = ring(days, cases, terms, terms.first)
    if second_until is None:
        return RingTables(first)
    inside = np.union1d(first.pairs.person, np.array([one.person for one in cases], np.uint64))
    sources = onward(first, terms.latency, second_until)
    return RingTables(first, ring(days, sources, terms, second, leave_out=inside))


def explain(days: Sequence[Segment], source: Traced, person: int, terms: Terms) -> tuple[Stretch, ...]:
    """Each stretch of time that `person` was exposed to `source` at places that count, in order of time."""
    return reference.explain(visits_of(days, (source.person, person)), source, person, terms)


def onward(first: Ring, latency: int, until: int) -> list[Traced]:
    """Whom ring 2 starts from, see `contacts.onward`."""
    known = persons(first.sources)
    order = np.argsort(first.pairs.first, kind="stable")
    people, at = np.unique(first.pairs.person[order], return_index=True)
    fresh = ~np.isin(people, known)
    since = np.minimum(first.pairs.first[order][at] + latency, until)
    return [Traced(*one, until) for one in zip(people[fresh].tolist(), since[fresh].tolist(), strict=True)]


def ring(
    days: Sequence[Segment], sources: Sequence[Traced], terms: Terms, threshold: int, *, leave_out: Tokens | None = None
) -> Ring:
    """Everybody whose exposure to one of the sources reaches a number of points, but those left out."""
    measured = scale(days, terms)
    asked = stays(days, sources, measured)
    among = [_ranges(day, asked) for day in days]
    weights = np.zeros(len(sources), np.int64)
    for part in among:
        np.add.at(weights, asked.source[part.asked], part.high - part.low)
    out = np.zeros(0, np.uint64) if leave_out is None else leave_out
    tables = [
        by_pair(by_place(_met(days, asked, among, portion), asked, measured), threshold, out)
        for portion in portions(weights, AT_ONCE) or [(0, 0)]
    ]
    return Ring(tuple(sources), measured.kinds, *numbered(tables))


def persons(sources: Sequence[Traced]) -> Tokens:
    """The persons of sources, by number of the source."""
    return np.array([one.person for one in sources], np.uint64)


def _ranges(segment: Segment, asked: Stays) -> Ranges:
    """Where the answers of each stay are among the rows of a day."""
    return ranges(segment, asked.place, asked.start, asked.gone)


def _met(days: Sequence[Segment], asked: Stays, among: Sequence[Ranges], portion: tuple[int, int]) -> Stretches:
    """What the sources first..last-1 of a portion shared with anybody, on all days."""
    bounds = np.searchsorted(asked.source, portion)
    parts = [part.cut(*bounds) for part in among]
    return joined([_met_on(day, asked, part) for day, part in zip(days, parts, strict=True)] or [NOTHING])


def _met_on(segment: Segment, asked: Stays, among: Ranges) -> Stretches:
    """Stretches of shared time with anybody else on a day."""
    found = present(segment, among, asked.start)
    person = segment.person_of(found.rows)
    near = _near(segment.row[found.rows], asked.row[found.asked], asked.rows[found.asked])
    other = near & (person != asked.person[found.asked])
    stay, rows, person = found.asked[other], found.rows[other], person[other]
    entered, left = segment.entered(rows) + segment.base, segment.left[rows] + np.int64(segment.base)
    together = _between(asked.spot[stay], person, (asked.start[stay], asked.end[stay]), (entered, left), after=False)
    after = _between(asked.spot[stay], person, (asked.end[stay], asked.gone[stay]), (entered, left), after=True)
    return joined([together, after])


def _near(seat: NDArray[np.int16], mine: NDArray[np.int16], rows: Numbers) -> NDArray[np.bool_]:
    """Whether seats are near enough: `Setting.near`, for columns. NO_SEAT is no carriage and any row."""
    if (seat == NO_SEAT).all():
        return np.ones(len(seat), np.bool_)
    carriages, places = (seat // CARRIAGE, mine // CARRIAGE), (seat % CARRIAGE, mine % CARRIAGE)
    near: NDArray[np.bool_] = np.maximum(*places) == ANY_ROW
    near |= np.abs(places[0] - places[1]) <= rows
    near &= (np.minimum(*carriages) <= 0) | (carriages[0] == carriages[1])
    return near


def _between(spot: Numbers, person: Tokens, mine: Span, theirs: Span, *, after: bool) -> Stretches:
    start, end = np.maximum(mine[0], theirs[0]), np.minimum(mine[1], theirs[1])
    some = start < end
    spot = spot[some]
    return Stretches(spot, person[some], start[some], end[some], np.full(len(spot), after))
