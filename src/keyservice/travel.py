"""Who was at two places with less time between them than the way takes (PRIVACY R25): which is true nobody knows.

A gate sees one message at a time, so this is found where all that somebody said is opened. Zones tell the township they
lie in (`vault.spots`); what moves lies in none, and says nothing about ways.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from epiloop.vault.spots import MOVES, area

LEAST: Mapping[int, int] = {2: 90 * 60, 4: 45 * 60, 6: 15 * 60, 9: 4 * 60}
"""The least seconds between two provinces, cities, counties, townships, by how many digits of a jurisdiction name them:
Epiloop's own convention, no source states any.
"""
_DIGITS = 16


class Presence(NamedTuple):
    """Somebody was in a zone at two instants, seconds: when they came, and the last that they said themselves - when
    they left, else when they came. What is presumed is no presence.
    """

    first: int
    last: int
    zone: bytes
    visit: bytes


def least_between(one: int, other: int) -> int:
    """The least seconds from a jurisdiction to another: those of the highest level that differs; 0 for what moves."""
    if MOVES in (one, other):
        return 0
    for digits, least in LEAST.items():
        if one // 10 ** (_DIGITS - digits) != other // 10 ** (_DIGITS - digits):
            return least
    return 0


def jumps(of_person: Iterable[Presence]) -> set[bytes]:
    """Of what one person said, the visits that are too soon after one elsewhere, with that one."""
    ordered = sorted(of_person)
    flagged: set[bytes] = set()
    for number, later in enumerate(ordered):
        for earlier in ordered[:number]:
            least = least_between(area(earlier.zone), area(later.zone))
            if later.first - min(earlier.last, later.first) < least:
                flagged |= {earlier.visit, later.visit}
    return flagged
