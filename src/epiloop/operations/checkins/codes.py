"""Venue codes: what a poster's code says of one zone of a place, signed, and whether it may be believed.

The code is the address of the check-in page with the signed claims behind the `#`, which browsers send to nobody. All
of it is capitals and digits, so that QR codes take it in their compact mode (11 bits for two signs, ISO/IEC 18004).
It holds nothing about any person.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import cbor2

from epiloop.core.errors import N_, InvalidInput, Refused
from epiloop.core.instants import instant
from epiloop.core.jurisdictions import Scope
from epiloop.operations.checkins import cose
from epiloop.operations.checkins.cose import Message, not_a_code
from epiloop.operations.checkins.keys import Algorithm, PublicKey, Signer, Trusted

TYPE = "epiloop-venue+cbor"
VERSION = 1
PAGE = "/C/"
"""Path of the check-in page. Capitals, for the compact mode."""

LONGEST_NAME = 24
"""Signs of a name in a code; a longer one is cut, since every sign makes the picture finer."""

AHEAD = timedelta(minutes=5)
"""How far the clock of whoever issued a code may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a code says: which zone of which place, what it is called, which number its code has, from when until when.

    `zone` is empty where a place is checked in to as a whole. Times are whole seconds. Raises InvalidInput.
    """

    place: UUID
    zone: str
    number: int
    place_kind: str
    zone_kind: str
    name_zh: str
    name_en: str
    zone_zh: str
    zone_en: str
    jurisdiction: int
    issued: datetime
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.number < 1 or not self.name_zh:
            raise InvalidInput(N_("A venue code has a number and the name of a place."))
        if self.until is not None and self.until <= self.issued:
            raise InvalidInput(N_("A venue code cannot end before it is issued."))
        object.__setattr__(self, "issued", _whole(self.issued))
        object.__setattr__(self, "until", _whole(self.until) if self.until else None)
        for name in ("name_zh", "name_en", "zone_zh", "zone_en"):
            object.__setattr__(self, name, cut(getattr(self, name)))

    @property
    def spot(self) -> tuple[UUID, str]:
        """What people check in to: a zone of a place."""
        return self.place, self.zone


_NEVER = datetime.max.replace(tzinfo=UTC)

_BASE_32 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_AS_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghijklmnopqrstuv")

Ended = Callable[[UUID, str, int], datetime | None]
"""The revocation list: when the code of this number of a zone ends or ended; None for one that holds."""


def none_ended(_place: UUID, _zone: str, _number: int) -> datetime | None:
    """An empty revocation list."""
    return None


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who verifies: with which keys, for which area (None: any that a key may sign for), by which revocation list."""

    trusted: Trusted
    area: Scope | None = None
    ended: Ended = none_ended

    def verify(self, text: str, at: datetime) -> Claims:
        """What the code says. Raises InvalidInput or Refused with what to do, unless every one of algorithm, key,
        signature, type, version, area and time is as it must be.
        """
        claims, key = self.believed(text)
        self.check_at(claims, key, at)
        return claims

    def believed(self, text: str) -> tuple[Claims, PublicKey]:
        """What the code says and whose key signed it: the part of `verify` that stays as it is."""
        message = read(text)
        key = self._key(message)
        if message.type != TYPE:
            raise not_a_code()
        if not key.verifies(message.signature, message.signed):
            raise Refused(
                N_("This venue code was altered: its signature is not that of what it says."),
                remedy=N_("Do not use it, and tell the staff of the place."),
            )
        claims = _claims(message.payload)
        self._check_area(claims, key)
        return claims, key

    def check_at(self, claims: Claims, key: PublicKey, at: datetime) -> None:
        """Raise Refused unless a code that is believed holds at an instant."""
        _check_key_time(claims, key, at)
        self._check_time(claims, at)

    def held(self, claims: Claims, key: PublicKey) -> tuple[datetime, datetime]:
        """From when until when `check_at` lets a code pass that it let pass once."""
        ends = (self.ended(*claims.spot, claims.number), claims.until, key.dropped_at)
        return claims.issued - AHEAD, min((end for end in ends if end is not None), default=_NEVER)

    def _key(self, message: Message) -> PublicKey:
        key = self.trusted.get(message.key)
        if key is None or message.algorithm not in tuple(Algorithm) or key.algorithm != message.algorithm:
            raise Refused(
                N_("This venue code was signed by somebody who is not known here."),
                remedy=N_("Use a code of this jurisdiction, or ask the staff to enter your visit."),
            )
        return key

    def _check_area(self, claims: Claims, key: PublicKey) -> None:
        if claims.jurisdiction not in key.area or (self.area is not None and claims.jurisdiction not in self.area):
            raise Refused(
                N_("This venue code belongs to another jurisdiction."),
                remedy=N_("Use the check-in page that the poster names."),
            )

    def _check_time(self, claims: Claims, at: datetime) -> None:
        ends = self.ended(*claims.spot, claims.number)
        ends = min((end for end in (ends, claims.until) if end is not None), default=None)
        if ends is not None and at >= ends:
            raise Refused(
                N_("This venue code has ended; the place has a newer one."),
                remedy=N_("Scan the newer poster, or ask the staff to enter your visit."),
            )


def _check_key_time(claims: Claims, key: PublicKey, at: datetime) -> None:
    if claims.issued > at + AHEAD:
        raise Refused(
            N_("This venue code is not in force yet."), remedy=N_("Check the clock of the device, then try again.")
        )
    dropped = key.dropped_at is not None and at >= key.dropped_at
    if dropped or claims.issued < key.since or (key.until is not None and claims.issued >= key.until):
        raise Refused(
            N_("The key of this venue code is no longer trusted."),
            remedy=N_("Scan the newer poster, or ask the staff to enter your visit."),
        )


def signed(claims: Claims, signer: Signer) -> str:
    """The code: the signed claims as capitals and digits (base 32 of RFC 4648 without filling)."""
    payload = _payload(claims)
    header = cose.protected(signer.algorithm, signer.key_id, TYPE)
    signature = signer.sign(cose.to_be_signed(header, payload))
    raw = cose.written(Message(signer.algorithm, signer.key_id, TYPE, payload, signature))
    return base64.b32encode(raw).decode("ascii").rstrip("=")


def address(site: str, code: str) -> str:
    """What the picture holds: the check-in page of a site ("https://epi.example") with the code behind the `#`."""
    return f"{site.rstrip('/').upper()}{PAGE}#{code}"


def read(text: str) -> Message:
    """The message in a code, or in the address of a picture. Raises InvalidInput."""
    return cose.read(_bytes_of(text.strip().rpartition("#")[2]))


def _bytes_of(code: str) -> bytes:
    """Base 32 in its one form, read as a number: fifty times as fast as letter by letter."""
    length, spare = divmod(5 * len(code), 8)
    if not 0 < len(code) <= 2 * cose.LONGEST or spare > 4 or not _BASE_32.issuperset(code):
        raise not_a_code()
    number = int(code.translate(_AS_DIGITS), 32)
    if number & ((1 << spare) - 1):
        raise not_a_code()
    return (number >> spare).to_bytes(length, "big")


def cut(name: str) -> str:
    """The name, at most `LONGEST_NAME` signs of it."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _payload(claims: Claims) -> bytes:
    parts = [
        VERSION,
        claims.place.bytes,
        claims.zone,
        claims.number,
        claims.place_kind,
        claims.zone_kind,
        claims.name_zh,
        claims.name_en,
        claims.zone_zh,
        claims.zone_en,
        claims.jurisdiction,
        int(claims.issued.timestamp()),
        int(claims.until.timestamp()) if claims.until else None,
    ]
    return cbor2.dumps(parts, canonical=True)


def _claims(payload: bytes) -> Claims:
    """Of a payload whose signature was verified: whoever signed it may still have said something else in it."""
    try:
        said: Any = cbor2.loads(payload)
        if not isinstance(said, list) or not said or type(said[0]) is not int:
            raise TypeError("parts")
        if said[0] != VERSION:
            raise InvalidInput(
                N_("This venue code is of a newer kind than this page can read."),
                remedy=N_("Load the page again; if that does not help, ask the staff to enter your visit."),
            )
        return _built(said[1:])
    except (cbor2.CBORError, ValueError, TypeError, OverflowError) as wrong:
        raise not_a_code() from wrong


_NAMES = tuple(spec.name for spec in fields(Claims))
_TYPES = (bytes, str, int, *[str] * 6, int, int)


def _built(said: list[Any]) -> Claims:
    if tuple(map(type, said[:-1])) != _TYPES:
        raise TypeError("parts")
    given = dict(zip(_NAMES, said, strict=True))
    place, issued, until = UUID(bytes=given["place"]), _moment(given["issued"]), given["until"]
    return Claims(**{**given, "place": place, "issued": issued, "until": _moment(until) if until is not None else None})


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _whole(at: datetime) -> datetime:
    return instant(at).replace(microsecond=0)
