"""COSE_Sign1 (RFC 9052) as venue codes use it: one algorithm, one key, one type, all protected; nothing else is taken.

A message that says the same in other bytes is refused: what is read is written again and compared.
"""

from dataclasses import dataclass
from typing import Any

import cbor2

from epiloop.core.errors import N_, InvalidInput

ALGORITHM, KEY, TYPE = 1, 4, 16
"""Header parameters: alg and kid of RFC 9052 (3.1), typ of RFC 9596."""

SIGN1 = 18
"""The CBOR tag of COSE_Sign1."""

LONGEST = 1_024
"""Bytes. A venue code has about 200."""

_UNREADABLE = (cbor2.CBORError, ValueError, TypeError, OverflowError, LookupError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class Message:
    """A signed message as read; nothing is known yet about whether it may be believed."""

    algorithm: int
    key: bytes
    type: str
    payload: bytes
    signature: bytes

    @property
    def protected(self) -> bytes:
        """The protected header as it is signed."""
        return protected(self.algorithm, self.key, self.type)

    @property
    def signed(self) -> bytes:
        """The bytes under the signature: Sig_structure of RFC 9052, 4.4."""
        return to_be_signed(self.protected, self.payload)


def protected(algorithm: int, key: bytes, kind: str) -> bytes:
    """The protected header."""
    return cbor2.dumps({ALGORITHM: algorithm, KEY: key, TYPE: kind}, canonical=True)


def to_be_signed(header: bytes, payload: bytes) -> bytes:
    """What is signed for a header and a payload."""
    return cbor2.dumps(["Signature1", header, b"", payload], canonical=True)


def written(message: Message) -> bytes:
    """The message in its one form."""
    parts = [message.protected, {}, message.payload, message.signature]
    return cbor2.dumps(cbor2.CBORTag(SIGN1, parts), canonical=True)


def read(raw: bytes) -> Message:
    """The message in these bytes. Raises InvalidInput for anything but the one form of one."""
    try:
        message = _read(raw)
        same = written(message) == raw
    except _UNREADABLE as wrong:
        raise not_a_code() from wrong
    if not same:
        raise not_a_code()
    return message


def not_a_code() -> InvalidInput:
    """What is raised for something that is no venue code at all."""
    return InvalidInput(
        N_("This is not a venue code."),
        remedy=N_("Scan the code on the poster, or ask the staff to enter your visit."),
    )


def _read(raw: bytes) -> Message:
    if len(raw) > LONGEST:
        raise ValueError("too long")
    tag = cbor2.loads(raw)
    if not isinstance(tag, cbor2.CBORTag) or tag.tag != SIGN1:
        raise ValueError("not COSE_Sign1")
    header_bytes, _open_header, payload, signature = tag.value
    if not isinstance(payload, bytes) or not isinstance(signature, bytes):
        raise TypeError("parts")
    header: Any = cbor2.loads(header_bytes)
    algorithm, key, kind = header[ALGORITHM], header[KEY], header[TYPE]
    if not (isinstance(algorithm, int) and isinstance(key, bytes) and isinstance(kind, str)):
        raise TypeError("header")
    return Message(algorithm, key, kind, payload, signature)
