"""Opening the inbox: what gates sealed becomes stays, whatever its order and however often it came.

Nothing of what is opened goes to a log: what does not open is counted by reason. What was said of a visit is a set, so
the same message twice is one fact, and a check-out may come before its check-in. Who fetches rows and keeps what was
said of visits that may still change stands elsewhere.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from epiloop.core.errors import Broken, InvalidInput
from epiloop.vault import hours
from epiloop.vault.visits import LONGEST_STAY, Kind, Opener, Row, Said, pack
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


@dataclass(frozen=True, slots=True, repr=False)
class Stay:
    """A person was in a zone from `entered` until `left`, seconds, half-open. `presumed`: nobody said that they left.

    `place`: number of the kind of place; `doubts`: see `Doubt`. Its text form shows nothing.
    """

    visit: bytes
    person: bytes
    zone: bytes
    place: int
    entered: int
    left: int
    presumed: bool
    doubts: int


def opened(rows: Iterable[Row], wrapped: Iterable[bytes], keys: Mapping[date, DayKeys]) -> Opened:
    """What rows say, by the keys of the hours that are wrapped to these days."""
    openers = {hours.identifier(one): _opener(one, keys) for one in wrapped}
    said: set[Said] = set()
    dropped: Counter[Dropped] = Counter()
    for row in rows:
        one = _open(row, openers.get(row.key, Dropped.NO_KEY))
        if isinstance(one, Dropped):
            dropped[one] += 1
        else:
            said.add(one)
    return Opened(frozenset(said), dropped)


def _opener(wrapped: bytes, keys: Mapping[date, DayKeys]) -> Opener | Dropped:
    try:
        day = hours.day_of(wrapped)
        return hours.unwrap(wrapped, keys[day].private).opener() if day in keys else Dropped.NO_DAY
    except (Broken, InvalidInput):
        return Dropped.KEY_SHUT


def _open(row: Row, opener: Opener | Dropped) -> Said | Dropped:
    if isinstance(opener, Dropped):
        return opener
    try:
        return opener.open(row)
    except Broken:
        return Dropped.ROW_SHUT
    except InvalidInput:
        return Dropped.NO_CHECK_IN


def stays(said: Iterable[Said]) -> list[Stay]:
    """The stays in what was said, in order of person and time; what belongs to no check-in is left out, and waits.

    A visit used for two check-ins is the earlier one. Nobody leaves before they came. Without a check-out a stay ends
    at the latest presumed or announced end, at the latest when the same person comes to another zone, or after a day:
    so all that is known of a person on neighbouring days has to be among what was said.
    """
    told = set(said)
    later: dict[bytes, list[Said]] = {}
    came: dict[bytes, Said] = {}
    for one in told:
        if one.kind != Kind.IN:
            later.setdefault(one.visit, []).append(one)
        elif one.visit not in came or _first(one) < _first(came[one.visit]):
            came[one.visit] = one
    ordered = sorted(came.values(), key=_order)
    return [_stay(one, later.get(one.visit, ()), gone) for one, gone in zip(ordered, _elsewhere(ordered), strict=True)]


def _order(came: Said) -> tuple[bytes, int, bytes, bytes]:
    return came.person, came.at, came.zone, came.visit


def _first(came: Said) -> tuple[int, bytes]:
    return came.at, pack(came)


def _elsewhere(ordered: list[Said]) -> list[int | None]:
    """For each check-in when the same person checked in next in another zone."""
    times: list[int | None] = []
    next_, gone = None, None
    for one in reversed(ordered):
        if next_ is None or next_.person != one.person:
            gone = None
        elif next_.zone != one.zone:
            gone = next_.at
        times.append(gone)
        next_ = one
    return times[::-1]


def _stay(came: Said, later: Iterable[Said], gone: int | None) -> Stay:
    since = [one for one in later if one.at >= came.at]
    left = min((one.at for one in since if one.kind == Kind.OUT), default=None)
    end = left
    if end is None:
        end = max([came.until, *(one.until for one in since if one.kind == Kind.EXTEND)])
        end = end if gone is None else min(end, gone)
    end = max(came.at + 1, min(end, came.at + LONGEST_STAY))
    doubts = came.doubts
    for one in since:
        doubts |= one.doubts
    return Stay(came.visit, came.person, came.zone, came.place, came.at, end, left is None, doubts)
