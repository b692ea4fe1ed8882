"""Zones of places as 16 bytes that tell the township they lie in, and nothing else of them.

    first nine digits of the jurisdiction 4 | BLAKE2b (RFC 7693) of a stable name 12        big-endian

The township is there so that the keeper of sealed days can hold a search to its area without any register of places.
What moves (vehicles) has 0 for it.
"""

from hashlib import blake2b
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput

SPOT_BYTES = 16
MOVES = 0
"""The jurisdiction of what moves."""
_AREA, _NAME = 4, 12
_BELOW = 10**7
"""Sixteen digits of a jurisdiction, without the seven below the township."""


def spot(jurisdiction: int, name: bytes) -> bytes:
    """A zone: in a jurisdiction of 16 digits (or MOVES), under any stable name. Raises InvalidInput."""
    if jurisdiction != MOVES and not 10**15 <= jurisdiction < 10**16:
        raise InvalidInput(N_("A zone lies in a jurisdiction of 16 digits."), where="zone")
    return (jurisdiction // _BELOW).to_bytes(_AREA, "big") + blake2b(name, digest_size=_NAME).digest()


def spot_of_place(jurisdiction: int, place: UUID, zone: str) -> bytes:
    """A zone of a registered place, by its name in the register ("" for the whole place). Raises InvalidInput."""
    return spot(jurisdiction, place.bytes + zone.encode())


def area(spot: bytes) -> int:
    """The township of a zone, a jurisdiction of 16 digits; MOVES for what moves. Raises InvalidInput."""
    if len(spot) != SPOT_BYTES:
        raise InvalidInput(N_("Ids of a check-in have 16 bytes each."), where="zone")
    return int.from_bytes(spot[:_AREA], "big") * _BELOW
