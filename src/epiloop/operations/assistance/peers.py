"""Peers: other installations, known by a small public card that people exchange and compare by telephone.

A card is one line of JSON with the installation's name, its jurisdictions, two public keys and an address, signed by
the first key so that a slip of copying is noticed. Whose keys they are only the fingerprint tells: ask for it on the
telephone and compare all digits.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from epiloop.core.errors import N_, EpiloopError, InvalidInput, Unavailable
from epiloop.core.jurisdictions import Code, code, short
from epiloop.ledger.events import Entry
from epiloop.operations.assistance import events as e

TITLE = "epiloop peer card 1"
LONGEST = 4_000
"""Bytes of a card."""
KEY_BYTES = 32
DIGITS, GROUP = 30, 5
"""Of a fingerprint: about 100 bits, in groups that can be read out."""


@dataclass(frozen=True, slots=True)
class Card:
    """What an installation tells others of itself. Nothing in it is secret."""

    name: str
    jurisdictions: tuple[int, ...]
    signing: bytes
    opening: bytes
    address: str = ""

    @property
    def fingerprint(self) -> str:
        """30 digits in groups of five: the same on both telephones, or the cards are not the same."""
        return fingerprint(self.signing, self.opening)


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer as this installation knows it."""

    peer: UUID
    card: Card | None = None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """What this installation signs and opens with: 32 secret bytes each. Its text form shows nothing."""

    signing: bytes = field(repr=False)
    opening: bytes = field(repr=False)


class OwnLetters(Protocol):
    """The keys and the card of this installation."""

    def keys(self) -> OwnKeys:
        """What it signs and opens with."""
        ...

    def card(self) -> tuple[Card, bytes] | None:
        """Its card with the signature; None if it has not introduced itself."""
        ...

    def introduce(self, name: str, jurisdictions: tuple[int, ...], address: str) -> None:
        """What its card says from now on."""
        ...


class NoLetters:
    """Where there are no keys: nothing is exchanged."""

    def keys(self) -> OwnKeys:
        """Raises Unavailable."""
        raise Unavailable(N_("This installation has no keys for messages."), remedy=N_("Start it with `epiloop`."))

    def card(self) -> tuple[Card, bytes] | None:
        """None."""
        return None

    def introduce(self, name: str, jurisdictions: tuple[int, ...], address: str) -> None:
        """Raises Unavailable."""
        del name, jurisdictions, address
        self.keys()


def fingerprint(signing: bytes, opening: bytes) -> str:
    """What people compare on the telephone."""
    number = int.from_bytes(hashlib.sha256(b"epiloop peer" + signing + opening).digest(), "big") % 10**DIGITS
    digits = f"{number:0{DIGITS}d}"
    return " ".join(digits[n : n + GROUP] for n in range(0, DIGITS, GROUP))


def unsigned(card: Card) -> bytes:
    """What of a card is signed."""
    said = {
        "epiloop": TITLE,
        "name": card.name,
        "jurisdictions": [short(Code(one)) for one in card.jurisdictions],
        "signing": base64.b64encode(card.signing).decode(),
        "opening": base64.b64encode(card.opening).decode(),
        "address": card.address,
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def written(card: Card, signature: bytes) -> bytes:
    """The card as a file."""
    said = json.loads(unsigned(card))
    said["signature"] = base64.b64encode(signature).decode()
    return (json.dumps(said, ensure_ascii=False, sort_keys=True) + "\n").encode()


def read(raw: bytes) -> Card:
    """The card in a file. Raises InvalidInput for anything else, and for one that was changed."""
    try:
        said = json.loads(raw[: LONGEST + 1])
        card, signature = _card(said), base64.b64decode(said["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(card.signing).verify(signature, unsigned(card))
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, InvalidSignature, EpiloopError) as wrong:
        raise InvalidInput(
            N_("This is not the card of an installation, or it was changed."),
            remedy=N_("Ask the other side to send its card again."),
        ) from wrong
    return card


def _card(said: Mapping[str, Any]) -> Card:
    if said["epiloop"] != TITLE:
        raise ValueError(said["epiloop"])
    signing, opening = (base64.b64decode(said[name], validate=True) for name in ("signing", "opening"))
    codes = tuple(int(code(one)) for one in said["jurisdictions"])
    if len(signing) != KEY_BYTES or len(opening) != KEY_BYTES or not codes or not str(said["name"]).strip():
        raise ValueError("card")
    return Card(str(said["name"])[:100], codes, signing, opening, check_address(str(said["address"])))


def check_address(address: str) -> str:
    """The address, if messages may be sent to it: https, or http on this very machine for trials; "" for none."""
    if not address:
        return ""
    parts = urlsplit(address)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if not parts.hostname or not plain or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise InvalidInput(N_("A peer is reached at an https address."), where="address")
    return address.rstrip("/")


def fold(peer: UUID, history: Iterable[Entry]) -> Peer:
    """The peer after these events."""
    found = Peer(peer)
    for entry in history:
        told = entry.body
        if isinstance(told, e.PeerAdded):
            keys = bytes.fromhex(told.signing), bytes.fromhex(told.opening)
            found = Peer(peer, Card(told.name, told.jurisdictions, *keys, told.address))
        elif isinstance(told, e.PeerAddressSet) and found.card:
            found = replace(found, card=replace(found.card, address=told.address))
        elif isinstance(told, e.PeerDropped):
            found = replace(found, dropped=True)
    return found
