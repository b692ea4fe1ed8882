"""Opened rows as columns, and the visits that follow from them: what `opening.stays` says row by row, for many at once.

An opened row is not made an object: the forms of all rows are looked at as one table, and visits, people and zones get
numbers that stand for them here only.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure.visits import Source
from epiloop.vault.visits import ID_BYTES, Kind
from keyservice.stored import FORM_BYTES, MORE

_KEY = np.dtype({"names": ["key"], "formats": [f"V{3 * ID_BYTES}"], "offsets": [16], "itemsize": FORM_BYTES})
"""Of an opened row, as `stored` packs it: which visit it is, where and of whom."""
_NEVER = np.int64(2**62)
Forms = NDArray[np.void]
Numbers = NDArray[np.int64]


class Numbered:
    """Numbers for ids, in the order in which they were first seen."""

    def __init__(self) -> None:
        self._numbers: defaultdict[bytes, int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__

    def of(self, ids: Sequence[bytes]) -> Numbers:
        """The numbers of ids, new ones where they have none."""
        return np.fromiter(map(self._numbers.__getitem__, ids), np.int64, len(ids))

    @property
    def ids(self) -> list[bytes]:
        """The ids, by number."""
        return list(self._numbers)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Stays:
    """Stays as columns, see `opening.Stay`; `code` and `zone` are numbers of ids."""

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


def joined(parts: Sequence[Stays]) -> Stays:
    """Stays one below the other. There is at least one part."""
    return Stays(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Stays)))


def folded(forms: Forms, codes: Numbered, zones: Numbered, *, doubtful: bool) -> Stays:
    """What the messages of each visit say together; without what is doubtful, unless it is asked for."""
    visits = Numbered()
    visit = visits.of(forms.view(_KEY)["key"].tolist())
    keys, count = visits.ids, len(visits.ids)
    best, place = _first(forms, visit, count)
    entered, (end, out) = best >> 17, _ends(forms, visit, count)
    doubts = np.zeros(count, np.uint8)
    np.bitwise_or.at(doubts, visit, forms["doubts"])
    found = Stays(
        code=codes.of([key[2 * ID_BYTES :] for key in keys]),
        zone=zones.of([key[ID_BYTES : 2 * ID_BYTES] for key in keys]),
        place=place,
        entered=entered,
        left=np.maximum(end, entered + 1),
        presumed=~out,
        source=best >> 8 & 7,
        row=best & 255,
    )
    return found if doubtful else found.pick(doubts == 0)


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


def cut(stays: Stays, person: Numbers, zones: Sequence[bytes]) -> Stays:
    """The stays, of which presumed ones end at the latest when the same person comes to another zone. Days at home
    neither end a stay nor are ended by one. `zones`: the ids of zones.
    """
    moving = np.flatnonzero(stays.source != Source.HOUSEHOLD)
    zone, entered, who = stays.zone[moving], stays.entered[moving], person[moving]
    order = np.lexsort((_rank(zones)[zone], entered, who))
    rows, zone, entered, who = moving[order], zone[order], entered[order], who[order]
    left = stays.left.copy()
    left[rows] = np.minimum(left[rows], np.maximum(entered + 1, _elsewhere(who, zone, entered)))
    return Stays(
        *(
            np.where(stays.presumed, left, stays.left) if field.name == "left" else getattr(stays, field.name)
            for field in fields(stays)
        )
    )


def _elsewhere(who: Numbers, zone: Numbers, entered: Numbers) -> Numbers:
    """For each stay, in order of person and time, when the same person came next to another zone."""
    heads = np.ones(len(who), bool)
    heads[1:] = (who[1:] != who[:-1]) | (zone[1:] != zone[:-1])
    first = np.flatnonzero(heads)
    next_ = np.full(len(first), _NEVER)
    same = who[first[1:]] == who[first[:-1]]
    next_[:-1][same] = entered[first[1:]][same]
    return next_[np.cumsum(heads) - 1] if len(who) else next_


def _rank(ids: Sequence[bytes]) -> Numbers:
    """The place of each id in the order of all: who came to two zones in one second ends the stay in the first."""
    halves = np.frombuffer(b"".join(ids), ">u8").reshape(-1, 2).astype(np.uint64)
    rank = np.empty(len(ids), np.int64)
    rank[np.lexsort((halves[:, 1], halves[:, 0]))] = np.arange(len(ids))
    return rank
