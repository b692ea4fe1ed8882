"""Check-ins, sealed when they are said: only the keeper of the day secrets reads them afterwards.

Each message says the whole visit, so none has to wait for another: a check-out and an extension repeat when somebody
came, where, and who. It has a fixed form of 48 bytes, whatever it says, so that nothing shows in its length:

    kind 1 | doubts 1 | source 1 | row 1 | kind of place 4 | entered 4 | until 4 | zone 16 | person 16    big-endian

A gate makes a key of the hour (32 random bytes) for each calendar day on which visits begin, wraps it once to the
keeper's public key of *that day*, and forgets it after the hour. So a check-in that comes late is sealed to the day it
is about, and goes when that day goes. A sealed row takes 92 bytes:

    id of the key 8 | visit 16 | number 4 | AES-256-GCM ciphertext and tag 64

Nonce: the number of the row under its key, counted by the one `Sealer` that has the key. It starts with 0, is never
given by a client (visit ids are), and never repeats: the key is in the memory of one process only and is not kept, so
who starts again starts with another key. A `Sealer` must not be carried through a fork. The visit and the hour are
associated data: a row moved to another visit or hour does not open.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from hashlib import blake2b
from itertools import count
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from epiloop.core.errors import N_, Broken, InvalidInput, Refused

ID_BYTES = 16
KEY_BYTES = 32
KEY_ID_BYTES = 8
HOUR = 3600
LONGEST_STAY = 25 * HOUR
"""Seconds: nobody says that they stay longer than a day; the day on which clocks are set back has 25 hours."""
CHECK_IN, NO_ROW = 1, 255
"""The usual source, and what stands for a visit without a row of seats."""
SOURCES = range(CHECK_IN, 5)
"""The numbers of `exposure.visits.Source`."""

_FORM = struct.Struct(">BBBBIII16s16s")
_HEAD = struct.Struct(">8s16sI")
SAID_BYTES = _FORM.size
SEALED_BYTES = SAID_BYTES + 16
ROW_BYTES = _HEAD.size + SEALED_BYTES
_PAD = bytes(8)
_MOST = 2**32


class Kind(IntEnum):
    """What was said: they came and presumably stay until, they left, they say that they stay until. Stored."""

    IN = 1
    OUT = 2
    EXTEND = 3


class Doubt(IntFlag):
    """Why a check-in is not plausible (PRIVACY R25). The numbers are stored."""

    NONE = 0
    SHUT = 1
    TRAVEL = 2
    FLOOD = 4
    CLOCK = 8


_DOUBTS = sum(Doubt)


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """One thing said of a visit, with the whole visit; ids are 16 bytes, instants whole seconds since 1970 in UTC.

    `visit`: made by the client. `until`: when they left (OUT), say that they will (EXTEND), or presumably do (IN).
    `zone`: see `vault.spots`; `person`: see `vault.reach`; `place`: the number of the kind of place, `kind_number`.
    `source`: one of SOURCES; `row`: of a seat in a vehicle. The text form shows nothing. Raises InvalidInput.
    """

    visit: bytes
    kind: Kind
    entered: int
    until: int
    zone: bytes
    person: bytes
    place: int = 0
    doubts: int = 0
    source: int = CHECK_IN
    row: int = NO_ROW

    def __post_init__(self) -> None:
        if not len(self.visit) == len(self.zone) == len(self.person) == ID_BYTES:
            raise InvalidInput(N_("Ids of a check-in have 16 bytes each."), where="check-in")
        if not (0 <= self.entered < _MOST and 0 <= self.place < _MOST and 0 <= self.doubts <= _DOUBTS):
            raise InvalidInput(N_("A number in a check-in is out of range."), where="check-in")
        if self.source not in SOURCES or not 0 <= self.row <= NO_ROW:
            raise InvalidInput(N_("A number in a check-in is out of range."), where="check-in")
        if not self.entered <= self.until <= min(self.entered + LONGEST_STAY, _MOST - 1):
            raise InvalidInput(N_("A stay ends after it began, and within a day."), where="check-in")


class Form(NamedTuple):
    """What a sealer takes: the visit, when it began, and the fixed form of what was said of it."""

    visit: bytes
    entered: int
    packed: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """A sealed row: the id of its key, the visit, its number under the key, and 64 sealed bytes."""

    key: bytes
    visit: bytes
    number: int
    sealed: bytes

    def pack(self) -> bytes:
        """The row as 92 bytes."""
        return _HEAD.pack(self.key, self.visit, self.number) + self.sealed


def unpack(row: bytes) -> Row:
    """A row from its 92 bytes. Raises InvalidInput for another length."""
    if len(row) != ROW_BYTES:
        raise InvalidInput(N_("This is not a sealed check-in."), where="check-in")
    key, visit, number = _HEAD.unpack_from(row)
    return Row(key, visit, number, row[_HEAD.size :])


def kind_number(words: str) -> int:
    """The number by which a kind of place travels ("restaurant/room"); 0 for none. Equal words have equal numbers."""
    return int.from_bytes(blake2b(words.encode(), digest_size=4).digest(), "big") if words else 0


def pack(said: Said) -> bytes:
    """What was said in its fixed form, without the visit."""
    numbers = (said.kind, said.doubts, said.source, said.row, said.place, said.entered, said.until)
    return _FORM.pack(*numbers, said.zone, said.person)


def form_of(said: Said) -> Form:
    """What was said, for a sealer."""
    return Form(said.visit, said.entered, pack(said))


def checked_in(
    visit: bytes, kind: int, stay: tuple[int, int], door: tuple[bytes, int], who: bytes, doubts: int
) -> Form:
    """A check-in at a door, for a sealer: when it began and until when, the zone and the number of its kind.

    For the gate, whose values have the right lengths and order by how they were made: nothing but the range of numbers
    is looked at. All else goes through `Said`. Raises InvalidInput.
    """
    try:
        return Form(visit, stay[0], _FORM.pack(kind, doubts, CHECK_IN, NO_ROW, door[1], *stay, door[0], who))
    except struct.error:
        raise InvalidInput(N_("A number in a check-in is out of range."), where="check-in") from None


def read(visit: bytes, form: bytes) -> Said:
    """What was said, from its fixed form. Raises InvalidInput for anything else."""
    try:
        kind, doubts, source, row, place, entered, until, zone, person = _FORM.unpack(form)
        known = Kind(kind)
    except (struct.error, ValueError):
        raise InvalidInput(N_("This is not a check-in."), where="check-in") from None
    return Said(visit, known, entered, until, zone, person, place, doubts, source, row)


class Sealer:
    """Seals under one key of one hour (`hour`: seconds since 1970 in UTC, divided by 3600), and counts what it seals.

    There is exactly one for a key, see above. Several threads may use it. Raises InvalidInput.
    """

    def __init__(self, key: bytes, *, identifier: bytes, hour: int) -> None:
        _check_key(key, identifier, hour)
        self._cipher, self._identifier, self._bound = AESGCM(key), identifier, hour.to_bytes(4, "big")
        self._numbers = count()  # taking the next is atomic

    def __repr__(self) -> str:
        return "Sealer(...)"

    def seal(self, said: Said) -> Row:
        """The sealed row. Raises Refused when four thousand million rows were sealed under the key."""
        return unpack(self.row(form_of(said)))

    def row(self, form: Form) -> bytes:
        """The sealed row as 92 bytes. Raises as `seal`."""
        number = next(self._numbers)
        if number >= _MOST:
            raise Refused(N_("A key of the hour is used up; a new one is needed."))
        counted, visit = number.to_bytes(4, "big"), form.visit
        return (
            self._identifier + visit + counted + self._cipher.encrypt(_PAD + counted, form.packed, visit + self._bound)
        )


class Opener:
    """Opens the rows of one key of one hour. Raises InvalidInput."""

    def __init__(self, key: bytes, *, identifier: bytes, hour: int) -> None:
        _check_key(key, identifier, hour)
        self._cipher, self._identifier, self._bound = AESGCM(key), identifier, hour.to_bytes(4, "big")

    def __repr__(self) -> str:
        return "Opener(...)"

    def open(self, row: Row) -> Said:
        """What was said. Raises Broken if the row was changed or moved, or its key is another one; InvalidInput if a
        gate sealed what is no check-in.
        """
        try:
            if row.key != self._identifier:
                raise InvalidTag
            form = self.unseal(row.visit, row.number.to_bytes(4, "big"), row.sealed)
        except (InvalidTag, ValueError):
            raise Broken(N_("A sealed check-in does not open."), where="check-in") from None
        return read(row.visit, form)

    def unseal(self, visit: bytes, number: bytes, sealed: bytes) -> bytes:
        """The fixed form in a row of this key, by its parts; for those who open many. Raises InvalidTag."""
        return self._cipher.decrypt(_PAD + number, sealed, visit + self._bound)


def _check_key(key: bytes, identifier: bytes, hour: int) -> None:
    if len(key) != KEY_BYTES or len(identifier) != KEY_ID_BYTES or not 0 <= hour < _MOST:
        raise InvalidInput(N_("A key of the hour has 32 bytes, its id 8, and an hour."), where="check-in")
