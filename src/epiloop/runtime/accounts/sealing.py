"""Secrets at rest and digests of secrets, under keys derived from the installation's secret key."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from epiloop.core.errors import N_, Broken

NONCE = 12


def _key(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"epiloop accounts " + purpose.encode(), hashlib.sha256)


def seal(plain: bytes, *, bound_to: bytes) -> bytes:
    """AES-256-GCM; `bound_to` (the account's id) must be the same when it is opened."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key("sealing")).encrypt(nonce, plain, bound_to)


def unseal(sealed: bytes, *, bound_to: bytes) -> bytes:
    """What was sealed. Raises Broken if the secret key changed or the row belongs to another account."""
    try:
        return AESGCM(_key("sealing")).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
    except InvalidTag:
        raise Broken(
            N_("A stored second factor cannot be opened."),
            remedy=N_("The installation's secret key was changed. Restore it, or reset the second factor."),
        ) from None


def keyed_digest(purpose: str, *parts: str) -> bytes:
    """HMAC-SHA256 under a key of its own for each purpose: the table alone does not tell what was digested."""
    return hmac.digest(_key(purpose), "\x1f".join(parts).encode(), hashlib.sha256)
