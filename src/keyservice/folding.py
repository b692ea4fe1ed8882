"""Opened rows as columns, and the visits that follow from them: what `opening.stays` says row by row, for many at once.

An opened row is not made an object: the forms of all rows are looked at as one table, and visits, codes and zones get
numbers that stand for them here only.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure.segment import changes
from epiloop.exposure.visits import Source
from epiloop.vault.visits import Kind
from keyservice.stored import MORE

_VISIT, _ZONE, _CODE = (slice(low, low + 2) for low in (2, 4, 6))
"""Where they stand in a form of eight words of 64 bits."""
_WORDS = 8
_MIX = np.array(
    [
        *(0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93),
        *(0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3),
    ],
    np.uint64,
)
"""Any odd numbers that look like chance."""
_NEVER = np.int64(2**62)
Forms = NDArray[np.void]
Numbers = NDArray[np.int64]
Words = NDArray[np.uint64]


def numbered(words: Words) -> tuple[Numbers, Numbers]:
    """A number for each row of words, equal for equal rows; and of each number a row that has it."""
    mixed = (words ^ words >> np.uint64(32)) @ _MIX[: words.shape[1]]
    number, first = groups(mixed)
    if np.array_equal(words, words[first[number]]):
        return number, first
    # Two rows were mixed into one number: whoever chose their ids for it gains nothing but time.
    _, first, number = np.unique(words, axis=0, return_index=True, return_inverse=True)
    return number.ravel(), first


def groups(keys: NDArray[Any]) -> tuple[Numbers, NDArray[np.intp]]:
    """A number for each key, equal for equal ones, in their order; and of each number a row that has it. `np.unique`
    does more, and takes longer for a few keys.
    """
    order = keys.argsort()
    heads = changes(keys[order])
    number = np.empty(len(order), np.int64)
    number[order] = heads.cumsum() - 1
    return number, order[heads]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Stays:
    """Stays as columns, see `opening.Stay`; codes and zones have numbers."""

    code: Numbers
    zone: Numbers
    place: Numbers
    entered: Numbers
    left: Numbers
    presumed: NDArray[np.bool_]
    source: Numbers
    row: Numbers

    def __len__(self) -> int:
        return len(self.code)

    def pick(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> "Stays":
        """Some of them."""
        return Stays(*(getattr(self, field.name)[which] for field in fields(self)))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Visits:
    """Stays, and which of them are doubtful: all that was said of those, a gate found not plausible. With the codes and
    the zones that their numbers stand for; zones are in the order of their ids.
    """

    stays: Stays
    doubted: NDArray[np.bool_]
    codes: list[bytes]
    zones: Forms


def folded(forms: Forms) -> Visits:
    """What the messages of each visit say together."""
    words = forms.view(np.uint64).reshape(-1, _WORDS)
    visit, rows = numbered(words[:, _VISIT.start :])
    code, coded = numbered(words[rows, _CODE])
    zone, zoned = numbered(words[rows, _ZONE])
    zones = forms["zone"][rows[zoned]]
    rank = _rank(zones)
    best, place = _first(forms, visit, len(rows))
    entered, (end, out) = best >> 17, _ends(forms, visit, len(rows))
    doubts = np.full(len(rows), 255, np.uint8)
    np.minimum.at(doubts, visit, forms["doubts"])  # doubtful is only what nobody said without a doubt
    found = Stays(
        code=code,
        zone=rank[zone],
        place=place,
        entered=entered,
        left=np.maximum(end, entered + 1),
        presumed=~out,
        source=best >> 8 & 7,
        row=best & 255,
    )
    return Visits(found, doubts > 0, forms["person"][rows[coded]].tolist(), zones[np.argsort(rank)])


def _first(forms: Forms, visit: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """Of each visit the message that says the earliest time of coming, as one number with its source and row of seats;
    and its kind of place.
    """
    small = [forms[name].astype(np.int64) for name in ("doubts", "source", "row")]
    kind = forms["kind"].astype(np.int64) & ~MORE
    told = forms["entered"].astype(np.int64) << 17 | kind << 15 | small[0] << 11 | small[1] << 8 | small[2]
    best, place = np.full(count, _NEVER), np.full(count, _NEVER)
    np.minimum.at(best, visit, told)
    among = told == best[visit]
    np.minimum.at(place, visit[among], forms["place"].astype(np.int64)[among])
    return best, place


def _ends(forms: Forms, visit: Numbers, count: int) -> tuple[Numbers, NDArray[np.bool_]]:
    """When each visit ended, and whether somebody said so."""
    until, kind = forms["until"].astype(np.int64), forms["kind"]
    out = (kind & ~np.uint8(MORE)) == Kind.OUT
    here = out & (kind & MORE == 0)
    first, any_out, last = np.full(count, _NEVER), np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.minimum.at(first, visit[here], until[here])
    np.maximum.at(any_out, visit[out], until[out])
    np.maximum.at(last, visit, until)
    said = any_out > 0
    # A check-out on a later day is no earlier one than that on this day, which ends where the day does.
    return np.where(first < _NEVER, first, np.where(said, any_out, last)), said


def cut(stays: Stays, person: Numbers, apart: NDArray[np.bool_] | None = None) -> Stays:
    """The stays, of which presumed ones end at the latest when the same person comes to another zone. Days at home, and
    those that are `apart`, neither end a stay nor are ended by one. Who came to two zones in one second ends the stay
    in the first of them.
    """
    moving = np.flatnonzero((stays.source != Source.HOUSEHOLD) & (True if apart is None else ~apart))
    zone, entered, who = stays.zone[moving], stays.entered[moving], person[moving]
    order = np.argsort(who << 32 | entered)
    moments = (who << 32 | entered)[order]
    for low, high in _ties(moments):
        order[low:high] = order[low:high][np.argsort(zone[order[low:high]])]
    rows, zone, entered, who = moving[order], zone[order], entered[order], who[order]
    left = stays.left.copy()
    left[rows] = np.minimum(left[rows], np.maximum(entered + 1, _elsewhere(who, zone, entered)))
    return replace(stays, left=np.where(stays.presumed, left, stays.left))


def _ties(ordered: Numbers) -> list[tuple[int, int]]:
    """From where to where there are equal values in a sorted column; there are few."""
    first = np.flatnonzero(changes(ordered))
    last = np.append(first[1:], len(ordered))
    several = np.flatnonzero(last - first > 1)
    return list(zip(first[several].tolist(), last[several].tolist(), strict=True))


def _elsewhere(who: Numbers, zone: Numbers, entered: Numbers) -> Numbers:
    """For each stay, in order of person and time, when the same person came next to another zone."""
    heads = np.ones(len(who), bool)
    heads[1:] = (who[1:] != who[:-1]) | (zone[1:] != zone[:-1])
    first = np.flatnonzero(heads)
    next_ = np.full(len(first), _NEVER)
    same = who[first[1:]] == who[first[:-1]]
    next_[:-1][same] = entered[first[1:]][same]
    return next_[np.cumsum(heads) - 1] if len(who) else next_


def _rank(ids: Forms) -> Numbers:
    """The place of each id in the order of all."""
    halves = np.frombuffer(ids.tobytes(), ">u8").reshape(-1, 2).astype(np.uint64)
    rank = np.empty(len(ids), np.int64)
    rank[np.lexsort((halves[:, 1], halves[:, 0]))] = np.arange(len(ids))
    return rank
