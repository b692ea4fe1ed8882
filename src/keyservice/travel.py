"""Who was at two places with less time between them than the way takes (PRIVACY R25): which is true nobody knows.

A gate sees one message at a time, so this is found where all that somebody said is opened. Zones tell the township they
lie in (`vault.spots`); what moves lies in none, and says nothing about ways.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure.segment import changes
from epiloop.exposure.visits import Source
from epiloop.vault.spots import MOVES, SPOT_BYTES, area
from keyservice.folding import Forms, Numbers, Stays, groups

LEAST: Mapping[int, int] = {2: 90 * 60, 4: 45 * 60, 6: 15 * 60, 9: 4 * 60}
"""The least seconds between two provinces, cities, counties, townships, by how many digits of a jurisdiction name them:
Epiloop's own convention, no source states any. The shorter the way, the later it stands: whoever is in two provinces is
in two townships too, and the longest of these times counts.
"""
LONGEST_WAY = max(LEAST.values())
"""Seconds; who was somewhere less long before or after midnight may have been elsewhere on the other day."""
_DIGITS = 16
_NEVER = 2**62


class Presence(NamedTuple):
    """Somebody was in a township at two instants, seconds: when they came, and the last that they said themselves -
    when they left, else when they came. What is presumed is no presence. `visit`: any number that names it.
    """

    first: int
    last: int
    area: int
    visit: int


class _Span(NamedTuple):
    """From when until when nobody can be elsewhere."""

    first: int
    end: int
    where: int
    visit: int


def jumps(of_person: Iterable[Presence]) -> set[int]:
    """Of what one person said, the visits that are too soon after one elsewhere, with that one."""
    ordered = sorted(one for one in of_person if one.area != MOVES)
    flagged: set[int] = set()
    for digits, least in LEAST.items():
        unit = 10 ** (_DIGITS - digits)
        spans = [_Span(one.first, max(one.first, one.last) + least, one.area // unit, one.visit) for one in ordered]
        flagged |= _after_elsewhere(spans) | _before_elsewhere(spans)
    return flagged


def _after_elsewhere(spans: Sequence[_Span]) -> set[int]:
    """Those that begin before one elsewhere, which began no later, is over. In the order of their beginning."""
    flagged: set[int] = set()
    where, end, end_elsewhere = -1, -_NEVER, -_NEVER
    for one in spans:
        if (end if one.where != where else end_elsewhere) > one.first:
            flagged.add(one.visit)
        if one.where == where:
            end = max(end, one.end)
        elif one.end > end:
            where, end, end_elsewhere = one.where, one.end, end
        else:
            end_elsewhere = max(end_elsewhere, one.end)
    return flagged


def _before_elsewhere(spans: Sequence[_Span]) -> set[int]:
    """Those that are not over when the next one elsewhere begins. In the order of their beginning."""
    flagged: set[int] = set()
    where, next_, next_elsewhere = -1, _NEVER, _NEVER
    for one in reversed(spans):
        if one.where != where:
            where, next_elsewhere = one.where, next_
        next_ = one.first
        if next_elsewhere < one.end:
            flagged.add(one.visit)
    return flagged


def implausible(stays: Stays, person: Numbers, zones: Forms) -> NDArray[np.bool_]:
    """Which of many people's check-ins cannot both be; nothing that is known from elsewhere than a door. `person`: the
    number of each stay's, `zones`: the ids of the zones. Before stays are cut.
    """
    flagged = np.zeros(len(stays), bool)
    where = _areas(zones)[stays.zone]
    last = np.where(stays.presumed, stays.entered, stays.left)
    doors = np.flatnonzero((stays.source == Source.CHECK_IN) & (where != MOVES))
    rows = doors[_worth_asking(person[doors], where[doors], stays.entered[doors], last[doors])]
    told = [column[rows].tolist() for column in (stays.entered, last, where)]
    ends = [*np.flatnonzero(changes(person[rows])).tolist(), len(rows)]
    for low, high in pairwise(ends):
        there = zip(*(column[low:high] for column in told), rows[low:high].tolist(), strict=True)
        flagged[sorted(jumps(Presence(*one) for one in there))] = True
    return flagged


def _areas(zones: Forms) -> Numbers:
    """The townships of zones; there are many more zones than townships."""
    number, first = groups(np.frombuffer(zones.tobytes(), ">u4")[:: SPOT_BYTES // 4])
    return np.array([area(zone) for zone in zones[first].tolist()], np.int64)[number]


def _worth_asking(person: Numbers, where: Numbers, first: Numbers, last: Numbers) -> NDArray[np.intp]:
    """The rows, person by person, of people who were in more than one township and ever came somewhere before the
    longest way from where they had been was over: nobody else can have jumped, and these are few.
    """
    order: NDArray[np.intp] = np.lexsort((first, person))
    if not len(order):
        return order
    people, areas = person[order], where[order]
    heads = changes(people)
    number = np.cumsum(heads) - 1
    later = np.maximum.accumulate(number << 34 | last[order])[:-1] + LONGEST_WAY > (number << 34 | first[order])[1:]
    soon, several = np.zeros((2, number[-1] + 1), bool)
    soon[number[1:][later & ~heads[1:]]] = True
    several[number[1:][(areas[1:] != areas[:-1]) & ~heads[1:]]] = True
    wanted: NDArray[np.intp] = order[(soon & several)[number]]
    return wanted
