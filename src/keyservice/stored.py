"""How what was said is stored: tokens that mean nothing without the day's secret, a coarse time, and a sealed rest.

A row is a piece of one message that lies within one day: over midnight there are two, each of which knows its own day
only, so with the secret of a day all that happened on it is gone. Tokens are keyed BLAKE2b (RFC 7693) of 8 bytes, each
kind with a key of its own: equal people and zones have unequal tokens on different days. The coarse time is which
quarters of an hour of the day the piece touches. The rest has a fixed form of 64 bytes,

    entered 4 | until 4 | kind of place 4 | kind 1 | doubts 1 | source 1 | row 1
    visit 16 | zone 16 | person 16                                                          big-endian

where the highest bit of the kind says that the visit goes on on the next day. It is sealed with AES-256-GCM under the
day's payload key and bound to day, tokens and coarse time. The nonce is a keyed BLAKE2b of all that is sealed and
bound: different pieces have different nonces but for a chance below 2^-50 a day, and the same piece, sent twice, is the
same row, so whoever merges rows without any key drops it.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from hashlib import blake2b

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray

from epiloop.core.errors import N_, Broken
from epiloop.core.instants import ONE_DAY, start_of_day
from epiloop.exposure.visits import seconds
from epiloop.vault.hours import number_of
from epiloop.vault.spots import whole
from epiloop.vault.visits import Kind, Said
from keyservice.days import DayKeys
from keyservice.opening import Piece

TOKEN_BYTES, NONCE_BYTES = 8, 12
SLOT = 900
"""Seconds; a day of 25 hours has 100 of them."""
MORE = 0x80
"""In the kind: the visit goes on on the next day."""
_FORM = struct.Struct(">IIIBBBB16s16s16s")
FORM_BYTES = _FORM.size
PAYLOAD_BYTES = NONCE_BYTES + FORM_BYTES + 16
_PAYLOAD = np.dtype([("nonce", f"V{NONCE_BYTES}"), ("rest", f"V{FORM_BYTES + 16}")])
_BOUND = struct.Struct(">HQQII")
BOUND_BYTES = _BOUND.size


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of a day: tokens as numbers, and from when until when at the most, in whole quarters of an hour."""

    day: date
    zone: int
    person: int
    since: int
    until: int
    payload: bytes


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

    def pieces_of(self, said: Said) -> Iterator[tuple[date, int, Piece]]:
        """A message cut at midnights: the day, its start, the piece. Somebody who came and went within one second was
        there for that second.
        """
        left = max(said.until, said.entered + 1)
        for day, start, entered, until in self.pieces(said.entered, left):
            yield day, start, Piece(replace(said, entered=entered, until=until), until < left)

    def __iter__(self) -> Iterator[tuple[date, int, int]]:
        """Each day with its first second and that after its last."""
        return zip(self.days, self._starts, self._ends, strict=True)

    def start(self, day: date) -> int:
        """The first second of a day that is held."""
        return self._starts[self.days.index(day)]


class Keeper:
    """Makes and opens the rows of one day."""

    def __init__(self, keys: DayKeys) -> None:
        self.day, self.number = keys.day, number_of(keys.day)
        self._cipher = AESGCM(keys.payload)
        self._zone, self._person = (blake2b(digest_size=TOKEN_BYTES, key=key) for key in (keys.zone, keys.person))
        self._nonce = blake2b(digest_size=NONCE_BYTES, key=keys.nonce)

    def __repr__(self) -> str:
        return f"Keeper({self.day})"

    def zone(self, zone: bytes) -> int:
        """The token of a zone of a place on this day; of a carriage that of the whole vehicle."""
        return int.from_bytes(_keyed(self._zone, whole(zone)), "big")

    def person(self, person: bytes) -> int:
        """The token of a person on this day."""
        return int.from_bytes(_keyed(self._person, person), "big")

    def store(self, piece: Piece, start: int) -> Stored:
        """The row of a piece on this day, which begins with second `start`."""
        said, kind = piece.said, piece.said.kind | MORE * piece.more
        numbers = (said.entered, said.until, said.place, kind, said.doubts, said.source, said.row)
        form = _FORM.pack(*numbers, said.visit, said.zone, said.person)
        since, until = coarse(said.entered, said.until, start)
        tokens = self.zone(said.zone), self.person(said.person)
        payload = self.seal(form, _BOUND.pack(self.number, *tokens, since, until))
        return Stored(self.day, *tokens, since, until, payload)

    def seal(self, form: bytes, bound: bytes) -> bytes:
        """The sealed rest of a row. `bound`: day, tokens and coarse time, 26 bytes."""
        nonce = _keyed(self._nonce, bound + form)
        return nonce + self._cipher.encrypt(nonce, form, bound)

    def unseal(self, payload: bytes, zone: int, person: int, since: int, until: int) -> bytes:
        """The form of 64 bytes that was sealed for a row with these. Raises Broken."""
        bound = _BOUND.pack(self.number, zone, person, since, until)
        try:
            return self._cipher.decrypt(payload[:NONCE_BYTES], payload[NONCE_BYTES:], bound)
        except (InvalidTag, ValueError):
            raise Broken(N_("A stored visit does not open."), where=str(self.day)) from None

    def unseal_all(self, payloads: NDArray[np.uint8], bounds: Iterable[bytes]) -> bytes:
        """The forms, one behind the other, of sealed rests (a row of bytes each), and what each is bound to (as in
        `seal`). Raises Broken.
        """
        parts = payloads.view(_PAYLOAD).ravel()
        try:
            return b"".join(map(self._cipher.decrypt, parts["nonce"].tolist(), parts["rest"].tolist(), bounds))
        except (InvalidTag, ValueError):
            raise Broken(N_("A stored visit does not open."), where=str(self.day)) from None

    def open(self, row: Stored) -> Piece:
        """The piece in a row. Raises Broken."""
        return read(self.unseal(row.payload, row.zone, row.person, row.since, row.until))


def read(form: bytes) -> Piece:
    """The piece that a form of 64 bytes says."""
    entered, until, place, kind, doubts, source, row, visit, zone, person = _FORM.unpack(form)
    said = Said(visit, Kind(kind & ~MORE), entered, until, zone, person, place, doubts, source, row)
    return Piece(said, bool(kind & MORE))


def coarse(entered: int, until: int, start: int) -> tuple[int, int]:
    """A stretch of a day that begins with second `start`, widened to whole quarters of an hour."""
    last = max(until - 1, entered)
    return entered - (entered - start) % SLOT, last - (last - start) % SLOT + SLOT


def stored(said: Iterable[Said], keys: Mapping[date, DayKeys], zone: tzinfo) -> list[Stored]:
    """The rows of what was said on the days that are held, in an order that tells nothing of that in which it came.

    `zone`: the clock of the jurisdiction, which says when a day begins. What lies on days that are not held is
    left out. What is said twice is one row.
    """
    calendar, keepers = Calendar(keys, zone), {day: Keeper(keys[day]) for day in keys}
    rows = {}
    for one in said:
        for day, start, piece in calendar.pieces_of(one):
            row = keepers[day].store(piece, start)
            rows[row.payload] = row
    return [rows[payload] for payload in sorted(rows)]


def _keyed(hasher: blake2b, value: bytes) -> bytes:
    taken = hasher.copy()
    taken.update(value)
    return taken.digest()
