"""What gates sealed, as blocks of days: what `opening.opened` and `stored.stored` do, for many rows at once.

One behaviour, two speeds (a test holds them equal). Only opening, tokens and sealing go row by row; checking, cutting
at midnights and packing go by columns.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

import numpy as np
from cryptography.exceptions import InvalidTag
from numpy.typing import NDArray

from epiloop.core.errors import N_, InvalidInput
from epiloop.exposure import encode
from epiloop.vault import hours
from epiloop.vault.visits import ID_BYTES, LONGEST_STAY, ROW_BYTES, SAID_BYTES, SOURCES, Doubt, Kind, Opener
from keyservice import blocks
from keyservice.days import DayKeys
from keyservice.opening import Dropped, opener
from keyservice.stored import BOUND_BYTES, FORM_BYTES, MORE, PAYLOAD_BYTES, SLOT, Calendar, Keeper

_ROW = np.dtype([("key", "V8"), ("visit", "V16"), ("number", "V4"), ("sealed", "V64")])
SAID = np.dtype(
    [
        ("kind", "u1"),
        ("doubts", "u1"),
        ("source", "u1"),
        ("row", "u1"),
        ("place", ">u4"),
        ("entered", ">u4"),
        ("until", ">u4"),
        ("zone", "V16"),
        ("person", "V16"),
        ("visit", "V16"),
    ]
)
"""The fixed form of a message, and the visit after it."""
FORM = np.dtype(
    [
        ("entered", ">u4"),
        ("until", ">u4"),
        ("place", ">u4"),
        ("kind", "u1"),
        ("doubts", "u1"),
        ("source", "u1"),
        ("row", "u1"),
        ("visit", "V16"),
        ("zone", "V16"),
        ("person", "V16"),
    ]
)
"""The form of a piece that `stored` seals."""
BOUND = np.dtype([("day", ">u2"), ("zone", ">u8"), ("person", ">u8"), ("since", ">u4"), ("until", ">u4")])
"""What the rest of a row is bound to, see `stored`."""
_SAME = ("place", "kind", "doubts", "source", "row", "visit", "zone", "person")
Messages = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Blocks of days, how many messages are in them, and how many rows were dropped for which reason."""

    blocks: Mapping[date, bytes]
    kept: int
    dropped: Mapping[Dropped, int]


def gathered(rows: bytes, wrapped: bytes, keys: Mapping[date, DayKeys], zone: tzinfo) -> Gathered:
    """The blocks that follow from sealed rows and wrapped keys of the hour, by the keys of the days that are held.

    `zone`: the clock of the jurisdiction. What lies on days that are not held is dropped. Raises InvalidInput for bytes
    that are no rows or no keys.
    """
    if len(rows) % ROW_BYTES or len(wrapped) % hours.WRAPPED_BYTES:
        raise InvalidInput(N_("This is not a sealed check-in."), where="check-in")
    said, dropped = _opened(np.frombuffer(rows, _ROW), _openers(wrapped, keys))
    calendar, made, held = Calendar(keys, zone), {}, np.zeros(len(said), bool)
    entered = said["entered"].astype(np.int64)
    left = np.maximum(said["until"].astype(np.int64), entered + 1)
    for day, start, end in calendar:
        there = (entered < end) & (left > start)
        if there.any():
            stretch = np.maximum(entered, start)[there], np.minimum(left, end)[there]
            made[day] = block_of(Keeper(keys[day]), start, said[there], *stretch, left[there] > end)
            held |= there
    dropped[Dropped.NO_DAY] += int(np.count_nonzero(~held))
    return Gathered(made, int(np.count_nonzero(held)), +dropped)


def _openers(wrapped: bytes, keys: Mapping[date, DayKeys]) -> dict[bytes, Opener | Dropped]:
    size = hours.WRAPPED_BYTES
    every = (wrapped[at : at + size] for at in range(0, len(wrapped), size))
    return {hours.identifier(one): opener(one, keys) for one in every}


def _opened(rows: Messages, openers: Mapping[bytes, Opener | Dropped]) -> tuple[Messages, Counter[Dropped]]:
    """The messages that open and are check-ins."""
    dropped: Counter[Dropped] = Counter()
    forms: list[bytes] = []
    columns = (rows[name].tobytes() for name in ("key", "visit", "number", "sealed"))
    keys, visits, numbers, sealed = columns
    for at in range(len(rows)):
        one = openers.get(keys[8 * at : 8 * at + 8], Dropped.NO_KEY)
        if isinstance(one, Dropped):
            dropped[one] += 1
            continue
        visit = visits[16 * at : 16 * at + 16]
        try:
            forms.append(one.unseal(visit, numbers[4 * at : 4 * at + 4], sealed[64 * at : 64 * at + 64]) + visit)
        except InvalidTag:
            dropped[Dropped.ROW_SHUT] += 1
    said = np.frombuffer(b"".join(forms), SAID)
    good = _is_check_in(said)
    dropped[Dropped.NO_CHECK_IN] += int(np.count_nonzero(~good))
    return said[good], dropped


def _is_check_in(said: Messages) -> NDArray[np.bool_]:
    """What `Said` refuses, by columns."""
    entered, until = said["entered"].astype(np.int64), said["until"].astype(np.int64)
    good = (entered <= until) & (until <= entered + LONGEST_STAY)
    good &= np.isin(said["kind"], list(Kind)) & np.isin(said["source"], list(SOURCES))
    return good & (said["doubts"] <= sum(Doubt))


def block_of(
    keeper: Keeper,
    start: int,
    said: Messages,
    entered: NDArray[np.int64],
    until: NDArray[np.int64],
    more: NDArray[np.bool_],
) -> bytes:
    """The block of messages, cut to one day that begins with second `start`."""
    pieces, bound = np.empty(len(said), FORM), np.empty(len(said), BOUND)
    for name in _SAME:
        pieces[name] = said[name]
    pieces["entered"], pieces["until"] = entered, until
    pieces["kind"] |= (MORE * more).astype(np.uint8)
    zone, person = _tokens(keeper.zone, said["zone"]), _tokens(keeper.person, said["person"])
    since = entered - (entered - start) % SLOT
    end = until - 1 - (until - 1 - start) % SLOT + SLOT
    for name, column in (("day", keeper.number), ("zone", zone), ("person", person), ("since", since), ("until", end)):
        bound[name] = column
    rests = _seal(keeper, pieces.tobytes(), bound.tobytes())
    once = blocks.once(rests)
    return encode(blocks.columns(zone[once], person[once], since[once], end[once], rests[once]))


def _tokens(token: Callable[[bytes], int], ids: Messages) -> NDArray[np.uint64]:
    """The token of each id; of an id that comes often it is made once."""
    every = ids.tobytes()
    each = [every[at : at + ID_BYTES] for at in range(0, len(every), ID_BYTES)]
    found = {one: token(one) for one in set(each)}
    return np.array([found[one] for one in each], np.uint64)


def _seal(keeper: Keeper, forms: bytes, bound: bytes) -> NDArray[np.uint8]:
    places: Iterable[tuple[int, int]] = zip(
        range(0, len(forms), FORM_BYTES), range(0, len(bound), BOUND_BYTES), strict=True
    )
    every = [keeper.seal(forms[at : at + FORM_BYTES], bound[on : on + BOUND_BYTES]) for at, on in places]
    return np.frombuffer(b"".join(every), np.uint8).reshape(-1, PAYLOAD_BYTES)


assert SAID.itemsize == SAID_BYTES + 16
