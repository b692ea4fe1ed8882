"""How a day of stays is stored: tokens that mean nothing without the day's secret, a coarse time, and a sealed rest.

Tokens are keyed BLAKE2b (RFC 7693) of 16 bytes, each kind with a key of its own: equal people, zones and visits have
unequal tokens on different days. A slot is which quarters of an hour of the day a stay touches. The rest has a fixed
form of 44 bytes,

    entered 4 | left 4 | kind of place 2 | presumed 1 | doubts 1 | zone 16 | person 16        big-endian

sealed with AES-256-GCM under the day's payload key and bound to the day, the visit's token and the slot. Its nonce is
random: among the millions of rows of a day two of 12 bytes are equal with a chance below 2^-50. A stay over midnight is
two rows, each of which knows its own day only: so with the secret of a day all that happened on it is gone.
"""

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from epiloop.core.errors import N_, Broken
from epiloop.core.instants import ONE_DAY, start_of_day
from epiloop.exposure.visits import seconds
from keyservice.days import DayKeys
from keyservice.opening import Stay

TOKEN_BYTES = 16
NONCE_BYTES = 12
SLOT = 900
"""Seconds; a day of 25 hours has 100 of them."""
_FORM = struct.Struct(">IIHBB16s16s")
PAYLOAD_BYTES = NONCE_BYTES + _FORM.size + 16
_DRAW = 8
Randomness = Callable[[int], bytes]
"""Gives so many random bytes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of a day. `slot`: the first quarter of an hour that the stay touches, times 256, and the last. The row that
    has the same `visit` is the same stay, as it was known before.
    """

    day: date
    visit: bytes
    zone: bytes
    person: bytes
    slot: int
    payload: bytes

    @property
    def slots(self) -> tuple[int, int]:
        """The first and the last quarter of an hour."""
        return divmod(self.slot, 256)


class Calendar:
    """The days that are held, and which stretch of seconds each of them is (23 or 25 hours when clocks change)."""

    def __init__(self, days: Iterable[date], zone: tzinfo) -> None:
        self.days = sorted(days)
        self._starts = [seconds(start_of_day(day, zone)) for day in self.days]
        self._ends = [seconds(start_of_day(day + ONE_DAY, zone)) for day in self.days]

    def pieces(self, entered: int, left: int) -> Iterator[tuple[date, int, int, int]]:
        """A stretch of time cut at midnights: the day, its start, from when, until when. Days not held are left out."""
        for at in range(max(0, bisect_right(self._starts, entered) - 1), len(self.days)):
            start, end = self._starts[at], self._ends[at]
            if start >= left:
                return
            if entered < end:
                yield self.days[at], start, max(entered, start), min(left, end)

    def start(self, day: date) -> int:
        """The first second of a day that is held."""
        return self._starts[self.days.index(day)]


class Keeper:
    """Makes and opens the rows of one day."""

    def __init__(self, keys: DayKeys) -> None:
        self.day = keys.day
        self._cipher = AESGCM(keys.payload)
        self._zone, self._person, self._visit = (
            blake2b(digest_size=TOKEN_BYTES, key=key) for key in (keys.zone, keys.person, keys.visit)
        )

    def __repr__(self) -> str:
        return f"Keeper({self.day})"

    def zone(self, zone: bytes) -> bytes:
        """The token of a zone of a place on this day."""
        return _token(self._zone, zone)

    def person(self, person: bytes) -> bytes:
        """The token of a person on this day."""
        return _token(self._person, person)

    def visit(self, visit: bytes) -> bytes:
        """The token of a visit on this day."""
        return _token(self._visit, visit)

    def store(self, stay: Stay, start: int, piece: tuple[int, int], nonce: bytes) -> Stored:
        """The row of a piece of a stay, seconds, on this day that begins with second `start`."""
        entered, left = piece
        slot = (entered - start) // SLOT * 256 + (left - 1 - start) // SLOT
        visit = self.visit(stay.visit)
        form = _FORM.pack(entered, left, stay.place, stay.presumed, stay.doubts, stay.zone, stay.person)
        payload = nonce + self._cipher.encrypt(nonce, form, self._place(visit, slot))
        return Stored(self.day, visit, self.zone(stay.zone), self.person(stay.person), slot, payload)

    def open(self, visit: bytes, slot: int, payload: bytes) -> Stay:
        """The piece of a stay in a row; `visit` of it is the token. Raises Broken."""
        nonce, sealed = payload[:NONCE_BYTES], payload[NONCE_BYTES:]
        try:
            form = self._cipher.decrypt(nonce, sealed, self._place(visit, slot))
        except (InvalidTag, ValueError):
            raise Broken(N_("A stored visit does not open."), where=str(self.day)) from None
        entered, left, place, presumed, doubts, zone, person = _FORM.unpack(form)
        return Stay(visit, person, zone, place, entered, left, bool(presumed), doubts)

    def _place(self, visit: bytes, slot: int) -> bytes:
        return self.day.toordinal().to_bytes(4, "big") + visit + slot.to_bytes(2, "big")


def stored(stays: Iterable[Stay], keys: Mapping[date, DayKeys], zone: tzinfo, random: Randomness) -> list[Stored]:
    """The rows of stays on the days that are held, shuffled: their order tells nothing of that in which they came.

    `zone`: the clock of the jurisdiction, which says when a day begins. What lies on days that are not
    held is left out. Rows that `replaced` names go before these are kept.
    """
    calendar, keepers = Calendar(keys, zone), {day: Keeper(keys[day]) for day in keys}
    pieces = [(stay, *piece) for stay in stays for piece in calendar.pieces(stay.entered, stay.left)]
    draws, nonces = random(_DRAW * len(pieces)), random(NONCE_BYTES * len(pieces))
    order = sorted(range(len(pieces)), key=lambda at: draws[at * _DRAW : (at + 1) * _DRAW])
    rows = []
    for at in order:
        stay, day, start, entered, left = pieces[at]
        nonce = nonces[at * NONCE_BYTES : (at + 1) * NONCE_BYTES]
        rows.append(keepers[day].store(stay, start, (entered, left), nonce))
    return rows


def replaced(visits: Iterable[bytes], keys: Mapping[date, DayKeys]) -> dict[date, set[bytes]]:
    """Under which tokens rows of these visits may be kept already: what is known of a visit now takes their place."""
    told, keepers = set(visits), [Keeper(one) for one in keys.values()]
    return {keeper.day: {keeper.visit(visit) for visit in told} for keeper in keepers}


def _token(hasher: blake2b, value: bytes) -> bytes:
    taken = hasher.copy()
    taken.update(value)
    return taken.digest()
