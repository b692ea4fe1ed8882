"""Opening the inbox, and what follows from it: messages become stays, whatever their order, however often they came.

Nothing of what is opened goes to a log: what does not open is counted by reason. Each message says the whole visit, so
no message waits for another; what was said of a visit is folded when it is asked for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from epiloop.core.errors import Broken, InvalidInput
from epiloop.exposure.visits import Source
from epiloop.vault import hours
from epiloop.vault.visits import Kind, Opener, Row, Said, pack
from keyservice.days import DayKeys


class Dropped(StrEnum):
    """Why a row was not opened."""

    NO_KEY = "the key of the hour is not there"
    NO_DAY = "the day was destroyed, or never made"
    KEY_SHUT = "the key of the hour does not open"
    ROW_SHUT = "the row does not open"
    NO_CHECK_IN = "it is no check-in"


@dataclass(frozen=True, slots=True)
class Opened:
    """What was said, each once, and how many rows were dropped for which reason."""

    said: frozenset[Said]
    dropped: Mapping[Dropped, int]


class Piece(NamedTuple):
    """A message, or as much of it as lies on one day. `more`: the visit goes on on the next day, in another piece."""

    said: Said
    more: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Stay:
    """A person was in a zone from `entered` until `left`, seconds, half-open. `presumed`: nobody said that they left.

    All else as in `Said`. Its text form shows nothing.
    """

    visit: bytes
    person: bytes
    zone: bytes
    place: int
    entered: int
    left: int
    presumed: bool
    doubts: int
    source: int
    row: int


def opened(rows: Iterable[Row], wrapped: Iterable[bytes], keys: Mapping[date, DayKeys]) -> Opened:
    """What rows say, by the keys of the hours that are wrapped to these days."""
    openers = {hours.identifier(one): opener(one, keys) for one in wrapped}
    said: set[Said] = set()
    dropped: Counter[Dropped] = Counter()
    for row in rows:
        one = _open(row, openers.get(row.key, Dropped.NO_KEY))
        if isinstance(one, Dropped):
            dropped[one] += 1
        else:
            said.add(one)
    return Opened(frozenset(said), dropped)


def opener(wrapped: bytes, keys: Mapping[date, DayKeys]) -> Opener | Dropped:
    """What opens the rows of a key of the hour, or why nothing does."""
    try:
        day = hours.day_of(wrapped)
        return hours.unwrap(wrapped, keys[day].private).opener() if day in keys else Dropped.NO_DAY
    except (Broken, InvalidInput):
        return Dropped.KEY_SHUT


def _open(row: Row, by: Opener | Dropped) -> Said | Dropped:
    if isinstance(by, Dropped):
        return by
    try:
        return by.open(row)
    except Broken:
        return Dropped.ROW_SHUT
    except InvalidInput:
        return Dropped.NO_CHECK_IN


def stays(pieces: Iterable[Piece], same: Callable[[bytes], bytes] = lambda code: code) -> list[Stay]:
    """The stays in what was said, in order of person and time.

    They came at the earliest time that was said, and left at the earliest check-out, else at the latest end that was
    presumed or announced, and then at the latest when they came to another zone. So all that is known of a
    person on the days in question has to be there, and of the day before if a piece begins with its day. `same` gives
    one code for all codes of one person. Days at home neither end a stay nor are ended by one.
    """
    visits: dict[tuple[bytes, bytes, bytes], list[Piece]] = {}
    for piece in pieces:
        visits.setdefault((piece.said.visit, piece.said.zone, piece.said.person), []).append(piece)
    found = sorted((_folded(told, same) for told in visits.values()), key=_order)
    return [_ended(one, gone) for one, gone in zip(found, _elsewhere(found), strict=True)]


def _order(stay: Stay) -> tuple[bytes, int, bytes, bytes]:
    return stay.person, stay.entered, stay.zone, stay.visit


def _folded(told: list[Piece], same: Callable[[bytes], bytes]) -> Stay:
    """What the messages of one visit say together."""
    first = min((piece.said for piece in told), key=lambda said: (said.entered, pack(said)))
    out = [piece for piece in told if piece.said.kind == Kind.OUT]
    # A check-out on a later day is no earlier one than that on this day, which ends where the day does.
    left = min((piece.said.until for piece in out if not piece.more), default=None)
    if left is None:
        left = max(piece.said.until for piece in out or told)
    # A late check-out does not make it doubtful that they came: else whoever sends one would hide the whole visit.
    doubts = min(piece.said.doubts for piece in told)
    person, end = same(first.person), max(first.entered + 1, left)
    known = (first.place, first.entered, end, not out, doubts, first.source, first.row)
    return Stay(first.visit, person, first.zone, *known)


def _elsewhere(ordered: list[Stay]) -> list[int | None]:
    """For each stay when the same person came next to another zone."""
    times: list[int | None] = []
    next_, gone = None, None
    for one in reversed(ordered):
        if one.source == Source.HOUSEHOLD:
            times.append(None)
            continue
        if next_ is None or next_.person != one.person:
            gone = None
        elif next_.zone != one.zone:
            gone = next_.entered
        times.append(gone)
        next_ = one
    return times[::-1]


def _ended(stay: Stay, gone: int | None) -> Stay:
    if not stay.presumed or gone is None or gone >= stay.left:
        return stay
    return replace(stay, left=max(stay.entered + 1, gone))
