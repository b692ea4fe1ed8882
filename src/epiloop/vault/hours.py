"""Keys of the hour, wrapped to the keeper's public key of a day; and those public keys, signed, for days ahead.

Whoever has a day's public key can seal for that day while the keeper is down; nobody but the keeper opens. Wrapping is
X25519 (RFC 7748) with a key pair made for this one wrapping, HKDF-SHA256 (RFC 5869) over both public keys, the day
and the hour, and ChaCha20-Poly1305 (RFC 8439). The nonce is zero: each wrapping has a key of its own. A wrapped key
takes 86 bytes:

    day 2 | hour 4 | public key of the wrapping 32 | ciphertext and tag 48            big-endian

Days are calendar days of the jurisdiction, counted from 1970-01-01. Public keys are announced as

    "epiloop days v1" | signer 32 | (day 2, public key 32) each, by day | Ed25519 signature (RFC 8032) 64

The signer names itself, so that who hears it for the first time can keep its key and hold later announcements to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from struct import Struct

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from epiloop.core.errors import N_, Broken, InvalidInput
from epiloop.vault.visits import KEY_BYTES, KEY_ID_BYTES, Opener, Sealer

FIRST = date(1970, 1, 1)
_HEAD = Struct(">HI32s")
WRAPPED_BYTES = _HEAD.size + KEY_BYTES + 16
_INFO = b"epiloop hour v1"
_NONCE = bytes(12)
_TITLE = b"epiloop days v1"
_SIGNER = b"epiloop days signing v1"
_DAY = Struct(">H32s")
_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class HourKey:
    """A key of an hour, for visits of a calendar day; as wrapped it may be stored anywhere, `key` nowhere."""

    day: date
    hour: int
    key: bytes = field(repr=False)
    wrapped: bytes

    @property
    def identifier(self) -> bytes:
        """8 bytes that name it."""
        return identifier(self.wrapped)

    def sealer(self) -> Sealer:
        """What seals under it: one only, see `Sealer`."""
        return Sealer(self.key, identifier=self.identifier, hour=self.hour)

    def opener(self) -> Opener:
        """What opens its rows."""
        return Opener(self.key, identifier=self.identifier, hour=self.hour)


def wrap(public: bytes, day: date, *, hour: int, key: bytes, once: bytes) -> HourKey:
    """A key of the hour (32 random bytes) for a day, wrapped to the day's public key.

    `once`: 32 further random bytes, used for nothing else. Raises InvalidInput.
    """
    if len(key) != KEY_BYTES or len(once) != KEY_BYTES or not 0 <= hour < 2**32:
        raise InvalidInput(N_("A key of the hour has 32 bytes, its id 8, and an hour."), where="check-in")
    private = X25519PrivateKey.from_private_bytes(once)
    head = _HEAD.pack(number_of(day), hour, private.public_key().public_bytes_raw())
    sealed = ChaCha20Poly1305(_shared(private, public, head, public)).encrypt(_NONCE, key, head)
    return HourKey(day, hour, key, head + sealed)


def day_of(wrapped: bytes) -> date:
    """The day a wrapped key belongs to. Raises InvalidInput."""
    return day_at(_head(wrapped)[0])


def unwrap(wrapped: bytes, private: bytes) -> HourKey:
    """The key of the hour, by the day's private key (32 bytes). Raises Broken if it does not open, InvalidInput."""
    number, hour, other = _head(wrapped)
    mine = X25519PrivateKey.from_private_bytes(private)
    head = wrapped[: _HEAD.size]
    shared = _shared(mine, other, head, mine.public_key().public_bytes_raw())
    try:
        key = ChaCha20Poly1305(shared).decrypt(_NONCE, wrapped[_HEAD.size :], head)
    except InvalidTag:
        raise Broken(N_("A wrapped key of the hour does not open."), where="check-in") from None
    return HourKey(day_at(number), hour, key, wrapped)


def identifier(wrapped: bytes) -> bytes:
    """The 8 bytes that name a wrapped key: the beginning of its SHA-256, so that nothing can take its name."""
    return sha256(wrapped).digest()[:KEY_ID_BYTES]


def signing_key(master: bytes) -> bytes:
    """The keeper's Ed25519 key for announcements (32 bytes), from its master key, as that of `vault.heads`."""
    return HKDF(SHA256(), 32, None, _SIGNER).derive(master)


def announce(publics: Mapping[date, bytes], signer: bytes) -> bytes:
    """Public keys of days, signed with the keeper's Ed25519 key (32 bytes)."""
    key = Ed25519PrivateKey.from_private_bytes(signer)
    rows = [_DAY.pack(number_of(day), publics[day]) for day in sorted(publics)]
    text = _TITLE + key.public_key().public_bytes_raw() + b"".join(rows)
    return text + key.sign(text)


def signer_of(text: bytes) -> bytes:
    """The public key (32 bytes) that an announcement says it is signed with. Raises Broken for what is none."""
    signer = text[len(_TITLE) : len(_TITLE) + 32]
    if not text.startswith(_TITLE) or len(signer) != 32:
        raise _damaged()
    return signer


def announced(text: bytes, verifier: bytes) -> dict[date, bytes]:
    """The public keys of days in an announcement. Raises Broken unless it is whole and signed by the keeper."""
    body, signature = text[:-_SIGNATURE_BYTES], text[-_SIGNATURE_BYTES:]
    try:
        Ed25519PublicKey.from_public_bytes(verifier).verify(signature, body)
    except (InvalidSignature, ValueError):
        raise Broken(
            N_("The public keys of days are not signed by the key service."), where="public keys of days"
        ) from None
    rows = body[len(_TITLE) + 32 :]
    if signer_of(body) != verifier or len(rows) % _DAY.size:
        raise _damaged()
    return {day_at(number): public for number, public in _DAY.iter_unpack(rows)}


def _damaged() -> Broken:
    return Broken(N_("The public keys of days are damaged."), where="public keys of days")


def number_of(day: date) -> int:
    """Days since 1970. Raises InvalidInput for a day before, or after 2149."""
    number = (day - FIRST).days
    if not 0 <= number < 2**16:
        raise InvalidInput(N_("A number in a check-in is out of range."), where="check-in")
    return number


def day_at(number: int) -> date:
    """The day so many days after 1970-01-01."""
    return FIRST + timedelta(days=number)


def _head(wrapped: bytes) -> tuple[int, int, bytes]:
    if len(wrapped) != WRAPPED_BYTES:
        raise InvalidInput(N_("This is not a wrapped key of the hour."), where="check-in")
    number, hour, public = _HEAD.unpack_from(wrapped)
    return number, hour, public


def _shared(private: X25519PrivateKey, other: bytes, head: bytes, receiver: bytes) -> bytes:
    """The key of one wrapping."""
    try:
        secret = private.exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError:
        # Of another length, or one of the few points whose exchange gives nothing secret.
        raise InvalidInput(N_("This is not a public key of a day."), where="check-in") from None
    return HKDF(SHA256(), KEY_BYTES, receiver, _INFO + head).derive(secret)
