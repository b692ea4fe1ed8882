"""The keys of venue codes: who may sign for which area and when, and the port of whoever signs.

Algorithms are those of RFC 9053: EdDSA with Ed25519, and ES256 with the smaller of the two values that would verify,
so that a signature has one form. Both are deterministic here: the same code signed twice is the same picture.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from epiloop.core.errors import N_, InvalidInput, Unavailable
from epiloop.core.jurisdictions import Scope

SEED_BYTES = 32
SIGNATURE_BYTES = 64
KEY_ID_BYTES = 8

_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve P-256 (FIPS 186-5)."""


class Algorithm(IntEnum):
    """The allow-list of algorithms, by their COSE numbers."""

    EDDSA = -8
    ES256 = -7


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that codes are verified with.

    `area`: where it may sign for. Codes it signed are taken if issued in [since, until). `dropped_at`: from then on
    nothing it ever signed is taken, for a key that got into other hands.
    """

    algorithm: Algorithm
    public: bytes
    area: Scope
    since: datetime
    until: datetime | None = None
    dropped_at: datetime | None = None

    @property
    def id(self) -> bytes:
        """The key's name in codes."""
        return hashlib.sha256(self.public).digest()[:KEY_ID_BYTES]

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature over the message is this key's, in its one form."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            _VERIFY[self.algorithm](self.public, signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Trusted:
    """The allow-list of keys, by their ids."""

    keys: tuple[PublicKey, ...] = ()
    _by_id: dict[bytes, PublicKey] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {key.id: key for key in self.keys})

    def get(self, key: bytes) -> PublicKey | None:
        """The key of that id, if it is on the list."""
        return self._by_id.get(key)


class Signer(Protocol):
    """Whoever signs venue codes: a key of this process, of a key service, of a device."""

    @property
    def key_id(self) -> bytes:
        """The id of the key that signs now."""
        ...

    @property
    def algorithm(self) -> Algorithm:
        """How it signs."""
        ...

    def sign(self, message: bytes, /) -> bytes:
        """64 bytes. Raises Unavailable if the key cannot be reached."""
        ...


class LocalSigner:
    """Signs with a key made of 32 secret bytes. Its text form shows nothing."""

    def __init__(self, seed: bytes, algorithm: Algorithm = Algorithm.EDDSA) -> None:
        if len(seed) != SEED_BYTES:
            raise InvalidInput(N_("A signing key is made of 32 bytes."))
        self.algorithm = algorithm
        self._key = _private(seed, algorithm)
        self.public = _public(self._key)
        self.key_id = hashlib.sha256(self.public).digest()[:KEY_ID_BYTES]

    def sign(self, message: bytes) -> bytes:
        """The one signature of this key over the message."""
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(message)
        r, s = utils.decode_dss_signature(self._key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True)))
        return r.to_bytes(32, "big") + min(s, _P256 - s).to_bytes(32, "big")

    def public_key(self, area: Scope, since: datetime, until: datetime | None = None) -> PublicKey:
        """Its other half, for the allow-list."""
        return PublicKey(self.algorithm, self.public, area, since, until)


@dataclass(frozen=True, slots=True)
class VenueKeys:
    """The keys of venue codes of an installation: who signs, and whom it trusts."""

    signer: Signer
    trusted: Trusted


class _Nobody:
    """Signs nothing."""

    key_id = b""
    algorithm = Algorithm.EDDSA

    def sign(self, _message: bytes) -> bytes:
        raise Unavailable(N_("Nobody signs venue codes here."), remedy=N_("Start Epiloop with `epiloop`."))


def no_venue_keys() -> VenueKeys:
    """Where there are no keys: nothing can be signed, and no code is believed."""
    return VenueKeys(_Nobody(), Trusted())


def _private(seed: bytes, algorithm: Algorithm) -> Ed25519PrivateKey | ec.EllipticCurvePrivateKey:
    if algorithm is Algorithm.EDDSA:
        return Ed25519PrivateKey.from_private_bytes(seed)
    return ec.derive_private_key(int.from_bytes(seed, "big") % (_P256 - 1) + 1, ec.SECP256R1())


def _public(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return key.public_key().public_bytes_raw()
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _verify_eddsa(public: bytes, signature: bytes, message: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def _verify_es256(public: bytes, signature: bytes, message: bytes) -> None:
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    if s > _P256 // 2:
        raise InvalidSignature
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))


_VERIFY = {Algorithm.EDDSA: _verify_eddsa, Algorithm.ES256: _verify_es256}
