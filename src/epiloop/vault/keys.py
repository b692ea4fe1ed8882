"""Keys and what they derive from.

Every key comes from the vault's master key by HKDF-SHA256 (RFC 5869): the salt makes subjects independent, the info
makes purposes independent. HKDF costs 6 microseconds here, about as much as the sealing itself, so there is
no reason for anything less standard. Without the salt the key cannot be made again: forgetting it is erasure.
"""

from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from epiloop.core.errors import N_, InvalidInput

MASTER_BYTES = 32
SALT_BYTES = 32

_FACTS = b"epiloop facts v1"
_IDENTITY = b"epiloop identity v1"
_TOKENS = b"epiloop tokens v1"
_STATEMENTS = b"epiloop statements v1"
_GRANTS = b"epiloop authorisations v1"


def subject_key(master: bytes, salt: bytes, subject: UUID) -> bytes:
    """The 32-byte key under which the application seals the facts of a subject."""
    return _derive(master, salt, _FACTS + subject.bytes)


def identity_key(master: bytes, salt: bytes, subject: UUID) -> bytes:
    """The 32-byte key of a subject's identity; it never leaves the vault, so a facts key opens no identity."""
    return _derive(master, salt, _IDENTITY + subject.bytes)


def token_key(master: bytes) -> bytes:
    """The 32-byte key of all tokens. It has no salt of its own: equal texts must give equal tokens."""
    return _derive(master, bytes(SALT_BYTES), _TOKENS)


def statement_key(master: bytes) -> bytes:
    """The 32-byte key under which signed results of laboratories are kept."""
    return _derive(master, bytes(SALT_BYTES), _STATEMENTS)


def grant_key(master: bytes, salt: bytes, subject: UUID) -> bytes:
    """The 32-byte key of the authorisations about a subject."""
    return _derive(master, salt, _GRANTS + subject.bytes)


def _derive(master: bytes, salt: bytes, info: bytes) -> bytes:
    if len(master) != MASTER_BYTES or len(salt) != SALT_BYTES:
        raise InvalidInput(N_("A master key and a salt have 32 bytes each."), where="vault keys")
    return HKDF(SHA256(), 32, salt, info).derive(master)
