"""Days sealed the way a keeper of keys may do it, to see what sealing costs a search: the keeper has its own code.

Each day has a key. The token of a place or a person is the beginning of a block under the key; each row holds who and
where as one block (AES, 16 bytes), which only the key opens. So equal people have unequal tokens on different days.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from epiloop.exposure import Columns, Segment, decode, encode

PLACE, PERSON = 1, 2


@dataclass(frozen=True)
class SealedDay:
    """A day and its key."""

    segment: Segment
    key: bytes

    def place_tokens(self, places: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """See `exposure.Day`."""
        return tokens(self.key, places, PLACE)

    def person_tokens(self, people: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """See `exposure.Day`."""
        return tokens(self.key, people, PERSON)

    def places_of(self, rows: NDArray[Any]) -> NDArray[np.uint64]:
        """See `exposure.Day`."""
        return self._opened(rows)[:, 1]

    def people_of(self, rows: NDArray[Any]) -> NDArray[np.uint64]:
        """See `exposure.Day`."""
        return self._opened(rows)[:, 0]

    def _opened(self, rows: NDArray[Any]) -> NDArray[np.uint64]:
        blocks = _cipher(self.key).decryptor().update(self.segment.sealed[rows].tobytes())
        return np.frombuffer(blocks, "<u8").reshape(-1, 2)


def _cipher(key: bytes) -> Cipher[modes.ECB]:
    return Cipher(algorithms.AES(key), modes.ECB())  # each block is a number of its own; none follows from another


def tokens(key: bytes, numbers: NDArray[np.uint64], what: int) -> NDArray[np.uint64]:
    """The first eight bytes of the block of each number."""
    return np.frombuffer(_blocks(key, numbers, np.full(len(numbers), what)), "<u8")[::2].copy()


def _blocks(key: bytes, one: NDArray[Any], other: NDArray[Any]) -> bytes:
    return _cipher(key).encryptor().update(np.stack((one, other), axis=1).astype("<u8").tobytes())


def sealed(day: Columns, key: bytes) -> bytes:
    """The segment of a day under its key."""
    rows = np.frombuffer(_blocks(key, day.person, day.place), np.uint8).reshape(-1, 16)
    hidden = replace(day, person=tokens(key, day.person, PERSON), place=tokens(key, day.place, PLACE), sealed=rows)
    return encode(hidden)


def opened(block: bytes | memoryview, key: bytes) -> SealedDay:
    """The day of a segment."""
    return SealedDay(decode(block), key)
