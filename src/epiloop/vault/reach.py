"""Who checked in, as 16 bytes: a subject's UUID, or a phone, document or card number packed so that it can be read.

A search for contacts answers with these codes, so the phone of somebody who is no subject yet comes back without a
table beside it; a name is never asked for at a door. Byte 8 of a UUID (RFC 9562) begins with the bits 10; here it is

    0 0 | packing 2 | kind 4

and the other 15 bytes hold the number: up to 30 of the signs 0-9 + X as half bytes, or up to 15 ASCII signs, or, for
what is longer, a BLAKE2b digest that nobody can turn back. Numbers are written one way first (`vault.normal`), so
one number has one code.
"""

from enum import IntEnum
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput
from epiloop.vault import normal

CODE_BYTES = 16
_TAG_AT, _TEXT_BYTES = 8, 15
_SIGNS = "0123456789+X"
_PAD, _PADDING = 0xF, "f"
_SIGN_SET = frozenset(_SIGNS)
_TO_HEX = str.maketrans({sign: f"{half:x}" for half, sign in enumerate(_SIGNS)})
_HALVES, _ASCII, _DIGEST = 0, 1, 2


class ReachKind(IntEnum):
    """What kind of number somebody gave. The numbers are stored."""

    PHONE = 1
    DOCUMENT = 2
    CARD = 3


_TAGS = {(packing, kind): bytes([packing << 4 | kind]) for packing in (_HALVES, _ASCII, _DIGEST) for kind in ReachKind}
_WRITTEN = {ReachKind.PHONE: normal.phone, ReachKind.DOCUMENT: normal.document, ReachKind.CARD: normal.card}


class Reach(NamedTuple):
    """A number by which somebody can be reached or known again. `text`: as `vault.normal` writes it, "" if the code
    holds a digest only.
    """

    kind: ReachKind
    text: str

    def __repr__(self) -> str:
        return f"Reach({self.kind.name})"


def code_of(kind: ReachKind, text: str) -> bytes:
    """The code of a number, however it was typed. Raises InvalidInput for one without a sign."""
    written = _WRITTEN[kind](text)
    if not written:
        raise InvalidInput(N_("A number of somebody who checks in is empty."), where="check-in")
    packing, packed = _packed(written)
    return packed[:_TAG_AT] + _TAGS[packing, kind] + packed[_TAG_AT:]


def subject_code(subject: UUID) -> bytes:
    """The code of a subject. Raises InvalidInput for a UUID that is none of RFC 9562."""
    if isinstance(reach_of(subject.bytes), UUID):
        return subject.bytes
    raise _no_code()


def reach_of(code: bytes) -> Reach | UUID:
    """The number in a code, or the subject. Raises InvalidInput for what is neither."""
    if len(code) != CODE_BYTES:
        raise _no_code()
    tag = code[_TAG_AT]
    if tag >> 6 == 0b10:
        return UUID(bytes=code)
    packing, kind = divmod(tag, 16)
    if packing > _DIGEST or kind not in set(ReachKind):
        raise _no_code()
    return Reach(ReachKind(kind), _text(packing, code[:_TAG_AT] + code[_TAG_AT + 1 :]))


def known_of(code: bytes) -> Reach | UUID | None:
    """As `reach_of`, and None for what is no code: a gate that went wrong may seal anything."""
    try:
        return reach_of(code)
    except InvalidInput:
        return None


def _packed(text: str) -> tuple[int, bytes]:
    if len(text) <= 2 * _TEXT_BYTES:
        if text.isascii() and text.isdigit():  # nearly all: digits stand for themselves
            return _HALVES, bytes.fromhex(text.ljust(2 * _TEXT_BYTES, _PADDING))
        if _SIGN_SET.issuperset(text):
            return _HALVES, bytes.fromhex(text.translate(_TO_HEX).ljust(2 * _TEXT_BYTES, _PADDING))
    if len(text) <= _TEXT_BYTES and text.isascii() and text.isprintable():
        return _ASCII, text.encode().ljust(_TEXT_BYTES, b"\0")
    return _DIGEST, blake2b(text.encode(), digest_size=_TEXT_BYTES).digest()


def _text(packing: int, packed: bytes) -> str:
    if packing == _DIGEST:
        return ""
    try:
        if packing == _ASCII:
            return packed.rstrip(b"\0").decode("ascii")
        return "".join(_SIGNS[half] for one in packed for half in divmod(one, 16) if half != _PAD)
    except (UnicodeDecodeError, IndexError):
        raise _no_code() from None


def _no_code() -> InvalidInput:
    return InvalidInput(N_("This is no code of somebody who checks in."), where="check-in")
