"""Somebody who was found, as an answer of the key service says it: shown to whoever asked, and forgotten."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from epiloop.core.ids import derived
from epiloop.vault.reach import Reach, reach_of


@dataclass(frozen=True, slots=True)
class Met:
    """One person over the threshold. `rank` counts from 1; `together`, `after`: minutes at the same places at the same
    time, and after the case had left.

    `code`: 16 bytes of `vault.reach`; `via`: in ring 2 the code of whom they met. `kinds` of places, never a place.
    `handle` names the person in a form and says nothing. `doubtful`: found only by check-ins that cannot both be, so
    nobody makes a contact of them without looking (PRIVACY R25).
    """

    handle: str
    code: bytes = field(repr=False)
    rank: int
    ring: int
    together: int
    after: int
    first_day: date
    last_day: date
    kinds: tuple[str, ...] = ()
    via: bytes | None = field(default=None, repr=False)
    doubtful: bool = False

    @property
    def subject(self) -> UUID | None:
        """Who it is, where the register knows them."""
        told = reach_of(self.code)
        return told if isinstance(told, UUID) else None

    @property
    def reach(self) -> Reach | None:
        """The number by which somebody unknown can be reached."""
        told = reach_of(self.code)
        return None if isinstance(told, UUID) else told


def person_of(stamp: bytes, code: bytes) -> UUID:
    """The subject; for a number that nobody knew, the id it gets when it is registered: the same one each time."""
    told = reach_of(code)
    if isinstance(told, UUID):
        return told
    return derived("met", hashlib.blake2b(code, digest_size=16, key=stamp[:64]).hexdigest())


def handle_of(stamp: bytes, request: UUID, code: bytes) -> str:
    """What names a person of an answer in a form: a keyed digest that fits this request only. Whoever is registered
    meanwhile, as somebody who was met, keeps it.
    """
    return hmac.new(stamp, request.bytes + person_of(stamp, code).bytes, "sha256").hexdigest()[:24]
