"""Pictures that machines read: QR codes (ISO/IEC 18004), in the fewest squares."""

from collections.abc import Iterator
from typing import Any

import segno
from segno import consts

MASK = 3
"""The pattern laid over the squares. Trying all eight takes six times as long and gains nothing here: a signed code is
as even as chance by itself."""
MIDDLE = "m"
"""Error correction: 15 % of the picture may be dirty or torn."""


def qr(address: str, *, error: str = MIDDLE) -> segno.QRCode:
    """The picture of an address. Capitals and digits around a `#` take 5.5 bits each, all else 8."""
    content: Any = tuple(_segments(address))  # segno takes segments, though its types do not say so
    return segno.make(content, error=error, micro=False, boost_error=False, mask=MASK)


def rows(picture: segno.QRCode) -> tuple[bytes, ...]:
    """The rows of its squares, 1 for dark, without the quiet zone of four squares that belongs around it."""
    return tuple(bytes(row) for row in picture.matrix)


def _segments(address: str) -> Iterator[tuple[str, int]]:
    """The parts that have a mode of their own: `#` is not among the 45 signs of the compact mode."""
    before, sign, behind = address.partition("#")
    for part in (before, sign, behind):
        if part:
            compact = all(each in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:" for each in part)
            yield part, consts.MODE_ALPHANUMERIC if compact else consts.MODE_BYTE
