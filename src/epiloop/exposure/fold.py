"""Stretches of shared time, counted once each and added up: by place, then by pair of people."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure.segment import Numbers, Tokens, changes
from epiloop.exposure.stays import Scale, Stays

Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """`person` shared [start, end) with the source of a spot (a source at a place), or came `after` it had left."""

    spot: Numbers
    person: Tokens
    start: Numbers
    end: Numbers
    after: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """What a person shared with a source at a place: seconds together and after, the first and the last one, points.

    `pair` is the number of the pair, once there are pairs.
    """

    pair: Numbers
    source: Numbers
    person: Tokens
    place: Tokens
    kind: Numbers
    together: Numbers
    after: Numbers
    first: Numbers
    last: Numbers
    points: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Per source (its number) and person, in that order: points, seconds together, the first and the last second."""

    source: Numbers
    person: Tokens
    points: Numbers
    together: Numbers
    first: Numbers
    last: Numbers


T = TypeVar("T", Stretches, Places, Pairs)


def pick(table: T, which: NDArray[Any]) -> T:
    """Some rows of a table: by flags or numbers."""
    return type(table)(*(getattr(table, field.name)[which] for field in fields(table)))


def joined(tables: Sequence[T]) -> T:
    """Tables one below the other. There is at least one."""
    if len(tables) == 1:
        return tables[0]
    kind = type(tables[0])
    return kind(*(np.concatenate([getattr(table, field.name) for table in tables]) for field in fields(kind)))


def numbered(parts: Sequence[tuple[Pairs, Places]]) -> tuple[Pairs, Places]:
    """Portions one below the other, with the pairs counted through. There is at least one."""
    before = np.cumsum([0, *(len(pairs.person) for pairs, _ in parts)])
    places = [replace(rows, pair=rows.pair + base) for (_, rows), base in zip(parts, before[:-1], strict=True)]
    return joined([pairs for pairs, _ in parts]), joined(places)


def by_place(told: Stretches, asked: Stays, measured: Scale) -> Places:
    """What each person shared at each spot. A second counts once; together goes before after."""
    keys = _keys(told.spot, told.person)
    order = keys.argsort()
    heads = changes(keys[order])
    told = pick(told, order)
    first = heads.nonzero()[0]
    both, together = _shared(told, heads.cumsum() - 1, first)
    spot = told.spot[first]
    kind = asked.spot_kind[spot]
    return Places(
        pair=np.zeros(len(spot), np.int64),
        source=asked.spot_source[spot],
        person=told.person[first],
        place=asked.spot_place[spot],
        kind=kind,
        together=together,
        after=both - together,
        first=_per_group(np.minimum, told.start, first),
        last=_per_group(np.maximum, told.end, first) - 1,
        points=measured.points(kind, together, both - together),
    )


def _shared(told: Stretches, group: Numbers, first: Rows) -> tuple[Numbers, Numbers]:
    """Seconds of each group in all, and together. Most groups are one stretch: only others can tell a second twice."""
    both = (told.end - told.start)[first]
    together = np.where(told.after[first], 0, both)
    several = np.diff(np.append(first, len(group))) > 1
    both[several] = together[several] = 0
    rows = np.flatnonzero(several[group])
    rows = rows[np.lexsort((told.start[rows], group[rows]))]
    near = rows[~told.after[rows]]
    both += _seconds(group[rows], told.start[rows], told.end[rows], len(first))
    together += _seconds(group[near], told.start[near], told.end[near], len(first))
    return both, together


def by_pair(rows: Places, threshold: int, leave_out: Tokens) -> tuple[Pairs, Places]:
    """The pairs that reach so many points, without some people, and the places that count of each."""
    rows = pick(rows, (rows.points > 0) & ~np.isin(rows.person, leave_out))
    keys = _keys(rows.source, rows.person)
    rows, keys = pick(rows, order := keys.argsort()), keys[order]
    heads = changes(keys)
    first = heads.nonzero()[0]
    pairs = Pairs(
        rows.source[first],
        rows.person[first],
        _per_group(np.add, rows.points, first),
        _per_group(np.add, rows.together, first),
        _per_group(np.minimum, rows.first, first),
        _per_group(np.maximum, rows.last, first),
    )
    over = pairs.points >= threshold
    pair = heads.cumsum() - 1
    kept = pick(replace(rows, pair=(over.cumsum() - 1)[pair]), over[pair])
    return pick(pairs, over), kept


def _keys(number: Numbers, person: Tokens) -> Numbers:
    """One whole number for each (number, person), in that order: one column sorts several times faster than two."""
    people = int(np.max(person, initial=0)) + 1
    if people * (int(np.max(number, initial=0)) + 1) <= 2**63:
        return number * people + person.astype(np.int64)
    # Tokens are too large for that; their ranks are not.
    ranks, rank = np.unique(person, return_inverse=True)
    return number * len(ranks) + rank


def _per_group(how: np.ufunc, values: Numbers, first: NDArray[np.intp]) -> Numbers:
    return how.reduceat(values, first) if len(first) else values


def _seconds(group: Numbers, start: Numbers, end: Numbers, groups: int) -> Numbers:
    """Seconds covered in each group by stretches sorted by group and start.

    Groups are laid one behind the other on one line, so that a single running maximum tells what is covered already.
    """
    if not len(group):
        return np.zeros(groups, np.int64)
    low = int(start.min())
    shift = group * (int(end.max()) - low + 1) - low
    start, end = start + shift, end + shift
    covered = np.maximum.accumulate(end)
    new = np.maximum(end - np.maximum(start, np.concatenate((start[:1], covered[:-1]))), 0)
    # Whole numbers below 2**53 are exact in these sums.
    return np.bincount(group, new, groups).astype(np.int64)
