"""Signatures of people and laboratories, under keys that the application does not have.

A key is an Ed25519 pair in a file (RFC 8032), or an ECDSA P-256 pair that a browser made and does not give away
(FIPS 186-5; WebCrypto: SHA-256, the two numbers r and s one after the other, IEEE P1363). The public half is 32 bytes,
or the uncompressed point of 65. A key is named by the first 16 bytes of the SHA-256 of its kind and public half.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from epiloop.core.errors import N_, InvalidInput, NotAllowed

SIGNATURE_BYTES, NAME_BYTES, PRIVATE_BYTES = 64, 16, 32
_HALF = SIGNATURE_BYTES // 2


class KeyKind(StrEnum):
    """How a key signs. The words are stored."""

    ED25519 = "ed25519"
    P256 = "p256"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a signature is checked with. Raises InvalidInput for bytes that are no key of this kind."""

    kind: KeyKind
    content: bytes

    def __post_init__(self) -> None:
        try:
            _readers[self.kind](self.content)
        except ValueError:
            raise InvalidInput(N_("This is no public key of kind %(kind)s."), kind=self.kind.value) from None

    @classmethod
    def of(cls, text: str) -> "PublicKey":
        """The key in its text form, `kind:hexadecimal`. Raises InvalidInput."""
        kind, _, content = text.strip().partition(":")
        try:
            return cls(KeyKind(kind), bytes.fromhex(content))
        except ValueError:
            raise InvalidInput(N_("A public key is written as kind:hexadecimal.")) from None

    @property
    def text(self) -> str:
        """Its text form."""
        return f"{self.kind.value}:{self.content.hex()}"

    @property
    def name(self) -> bytes:
        """16 bytes that stand for it; what two people read to each other is their hexadecimal form."""
        return sha256(self.kind.encode() + self.content).digest()[:NAME_BYTES]


@dataclass(frozen=True, slots=True)
class Signature:
    """64 bytes, and the name of the key that made them. Raises InvalidInput for another length."""

    key: bytes
    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) != NAME_BYTES or len(self.value) != SIGNATURE_BYTES:
            raise InvalidInput(N_("A signature has 64 bytes and the name of its key."), where="signature")

    @classmethod
    def of(cls, text: str) -> "Signature":
        """The signature in its text form, two hexadecimal numbers. Raises InvalidInput."""
        key, _, value = text.strip().partition(":")
        try:
            return cls(bytes.fromhex(key), bytes.fromhex(value))
        except ValueError:
            raise InvalidInput(N_("A signature has 64 bytes and the name of its key."), where="signature") from None

    @property
    def text(self) -> str:
        """Its text form."""
        return f"{self.key.hex()}:{self.value.hex()}"


def check_signed(text: bytes, signature: Signature, key: PublicKey) -> None:
    """Raise NotAllowed unless the signature is one of this key over this text."""
    try:
        if signature.key != key.name:
            raise InvalidSignature
        _checks[key.kind](key.content, signature.value, text)
    except (InvalidSignature, ValueError):
        raise NotAllowed(N_("This signature is not one of its key over this text."), where="signature") from None


def signed(text: bytes, private: bytes) -> Signature:
    """A text signed with an Ed25519 key of 32 bytes. Raises InvalidInput for another length."""
    return Signature(public_of(private).name, _private(private).sign(text))


def public_of(private: bytes) -> PublicKey:
    """The public half of an Ed25519 key of 32 bytes. Raises InvalidInput for another length."""
    return PublicKey(KeyKind.ED25519, _private(private).public_key().public_bytes_raw())


def _private(content: bytes) -> Ed25519PrivateKey:
    if len(content) != PRIVATE_BYTES:
        raise InvalidInput(N_("A signing key has 32 bytes."), where="signature")
    return Ed25519PrivateKey.from_private_bytes(content)


def _check_ed25519(key: bytes, value: bytes, text: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(key).verify(value, text)


def _check_p256(key: bytes, value: bytes, text: bytes) -> None:
    r, s = int.from_bytes(value[:_HALF], "big"), int.from_bytes(value[_HALF:], "big")
    _point(key).verify(encode_dss_signature(r, s), text, ECDSA(SHA256()))


def _point(content: bytes) -> EllipticCurvePublicKey:
    if content[:1] != b"\x04":  # one key has one form, so that it has one name
        raise ValueError
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), content)


_readers = {KeyKind.ED25519: Ed25519PublicKey.from_public_bytes, KeyKind.P256: _point}
_checks = {KeyKind.ED25519: _check_ed25519, KeyKind.P256: _check_p256}
