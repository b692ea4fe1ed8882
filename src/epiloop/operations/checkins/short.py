"""The short code of a zone's code, for people: ten signs that can be read out, typed and checked.

Nine signs out of a digest, and one that notices a wrong sign or two swapped ones. It opens nothing: it only finds the
name of a place, which stands on the door anyway.
"""

import hashlib
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""Thirty-one: a prime, so that weights 1 to 9 notice each wrong sign and each swap. No I, L, O, U, Z: they look like
others."""

LENGTH = 10
_LIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "Z": "2"})


def short_code(place: UUID, zone: str, number: int) -> str:
    """The short code of the code with this number, without its dash."""
    digest = hashlib.sha256(b"\x1f".join((place.bytes, zone.encode(), str(number).encode()))).digest()
    left, said = int.from_bytes(digest[:8], "big"), ""
    for _ in range(LENGTH - 1):
        left, sign = divmod(left, len(SIGNS))
        said += SIGNS[sign]
    return said + _check(said)


def spoken(code: str) -> str:
    """As it is printed: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def typed(text: str) -> str:
    """The short code somebody typed, in its one form. Raises InvalidInput if a sign must be wrong."""
    code = "".join(text.split()).replace("-", "").upper().translate(_LIKE)
    if len(code) != LENGTH or not set(code) <= set(SIGNS) or _check(code[:-1]) != code[-1]:
        raise InvalidInput(
            N_("This is no short code of a place."),
            remedy=N_("It has ten letters and digits and stands at the bottom of the poster; type it again."),
        )
    return code


def _check(said: str) -> str:
    return SIGNS[sum(weight * SIGNS.index(sign) for weight, sign in enumerate(said, 1)) % len(SIGNS)]
