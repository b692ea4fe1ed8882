"""A fresh confirmation for the visitor's screen that a guard tells from a photo: it changes every 30 seconds.

A colour, a word and a number follow from a key of the place and the time; the guard's screen shows the same. The phone
gets only the next few after a check-in that was accepted, never the key. A picture taken earlier shows another one: by
chance the same in one of 9,600.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from epiloop.core.errors import N_

STEP = timedelta(seconds=30)
AHEAD = 10
"""How many a phone gets at once: five minutes, enough to walk to the door."""

COLOURS = {
    "blue": N_("blue"),
    "orange": N_("orange"),
    "violet": N_("violet"),
    "teal": N_("teal"),
    "brown": N_("brown"),
    "grey": N_("grey"),
}
"""None of them is a colour that statuses have: green, amber and red say nothing here."""

WORDS = (
    *(N_("mountain"), N_("river"), N_("bridge"), N_("tea"), N_("boat"), N_("lamp"), N_("bamboo"), N_("cloud")),
    *(N_("stone"), N_("door"), N_("bell"), N_("horse"), N_("bird"), N_("flute"), N_("rain"), N_("field")),
)
NUMBERS = 100
_COLOURS = tuple(COLOURS)
_SECONDS = STEP // timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sign:
    """What both screens show from `since` until `until`: words are message ids."""

    colour: str
    word: str
    number: int
    since: datetime
    until: datetime

    @property
    def digits(self) -> str:
        """The number as it is shown."""
        return f"{self.number:02d}"


def place_key(secret: bytes, place: UUID) -> bytes:
    """The key of a place, out of a secret of the installation."""
    return hmac.digest(secret, b"venue confirmation\x1f" + place.bytes, hashlib.sha256)


def sign_at(key: bytes, zone: str, at: datetime) -> Sign:
    """What the screens of a zone show at an instant."""
    return _sign(key, zone, step(at))


def signs(key: bytes, zone: str, at: datetime, *, ahead: int = AHEAD) -> tuple[Sign, ...]:
    """The present one and those that follow, for a phone whose check-in was accepted."""
    first = step(at)
    return tuple([_sign(key, zone, first + n) for n in range(ahead)])


def is_fresh(shown: Sign, key: bytes, zone: str, at: datetime) -> bool:
    """Whether what a visitor shows is what the guard's screen shows now, or showed until a moment ago."""
    return shown in (sign_at(key, zone, at), sign_at(key, zone, at - STEP))


def step(at: datetime) -> int:
    """The number of the stretch of time in which a zone shows one sign."""
    return int(at.timestamp()) // _SECONDS


def _sign(key: bytes, zone: str, count: int) -> Sign:
    drawn = int.from_bytes(hmac.digest(key, f"{count}\x1f{zone}".encode(), "sha256")[:8], "big")
    drawn, colour = divmod(drawn, len(_COLOURS))
    drawn, word = divmod(drawn, len(WORDS))
    since = _EPOCH + count * STEP
    return Sign(_COLOURS[colour], WORDS[word], drawn % NUMBERS, since, since + STEP)
