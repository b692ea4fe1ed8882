"""Zones of places as 16 bytes that tell the township they lie in, and nothing else of them.

    first nine digits of the jurisdiction 4 | BLAKE2b (RFC 7693) of a stable name 12        big-endian

The township is there so that the keeper of sealed days can hold a search to its area without any register of places.
What moves has 0 for it. A vehicle with carriages has 1, and the last byte is the carriage:

    1 4 | BLAKE2b of a stable name 11 | number of the carriage 1, 0 where nobody said which

So the keeper knows whom somebody may have met whose carriage is not known; its tokens are of the whole vehicle.
"""

from hashlib import blake2b
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput

SPOT_BYTES = 16
MOVES = 0
"""The jurisdiction of what moves."""
ON_BOARD = (1).to_bytes(4, "big")
"""How the zone of a carriage begins."""
MOST_CARRIAGES = 99
"""Carriages with a number keep it; others share the numbers up to LAST_CARRIAGE."""
LAST_CARRIAGE = 126
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


def spot_on_board(name: bytes, carriage: str) -> bytes:
    """A carriage of a vehicle with a stable name, as people say it ("" where nobody did)."""
    return ON_BOARD + blake2b(name, digest_size=_NAME - 1).digest() + bytes([_carriage(carriage)])


def _carriage(said: str) -> int:
    digits = "".join(sign for sign in said if sign in "0123456789").lstrip("0")
    if digits and len(digits) <= 2:
        return int(digits)
    shared = int.from_bytes(blake2b(said.encode(), digest_size=4).digest(), "big") % (LAST_CARRIAGE - MOST_CARRIAGES)
    return MOST_CARRIAGES + 1 + shared if said else 0


def whole(spot: bytes) -> bytes:
    """The zone, of a carriage the whole vehicle: what moves, like any other."""
    return bytes(_AREA) + spot[_AREA:-1] + b"\0" if spot.startswith(ON_BOARD) else spot


def area(spot: bytes) -> int:
    """The township of a zone, a jurisdiction of 16 digits; MOVES for what moves. Raises InvalidInput."""
    if len(spot) != SPOT_BYTES:
        raise InvalidInput(N_("Ids of a check-in have 16 bytes each."), where="zone")
    return int.from_bytes(whole(spot)[:_AREA], "big") * _BELOW
