"""Sealing: turning the secret part of a fact into bytes that only its subject's key reads.

A sealed part is `version (1 byte) | nonce (12 bytes) | AES-256-GCM ciphertext and tag`. The content is CBOR (RFC 8949),
written in half the time of JSON. The associated data binds the part to its place, stream and kind, so that a sealed
part copied to another person's stream, or under another kind, does not open.
"""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

import cbor2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from epiloop.core.errors import N_, Broken, InvalidInput

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
VERSION = b"\x01"
_HEADER = len(VERSION) + NONCE_BYTES


def seal(part: Mapping[str, Json], key: bytes, *, stream: UUID, kind: str, nonce: bytes) -> bytes:
    """The part sealed under a 32-byte key for one place (stream, kind).

    The nonce (12 random bytes) must never be used twice with the same key: GCM then gives both texts away.
    Raises InvalidInput if key or nonce have another length.
    """
    if len(key) != KEY_BYTES or len(nonce) != NONCE_BYTES:
        raise InvalidInput(N_("Sealing needs a key of 32 bytes and a nonce of 12 bytes."), where="seal")
    return VERSION + nonce + AESGCM(key).encrypt(nonce, cbor2.dumps(dict(part)), _place(stream, kind))


def unseal(sealed: bytes, key: bytes, *, stream: UUID, kind: str) -> dict[str, Json]:
    """What was sealed at this place under this key.

    Raises Broken if the bytes were changed, moved from another stream or kind, or sealed under another key. The
    message says where by stream id only.
    """
    if sealed[:1] != VERSION or len(sealed) < _HEADER + TAG_BYTES:
        raise Broken(
            N_("This sealed part has a format that this version of Epiloop does not read."), where=f"{stream}/{kind}"
        )
    try:
        plain = AESGCM(key).decrypt(sealed[len(VERSION) : _HEADER], sealed[_HEADER:], _place(stream, kind))
    except (InvalidTag, ValueError):
        raise Broken(
            N_("This sealed part does not open: it was changed or moved, or the key is another one."),
            where=f"{stream}/{kind}",
        ) from None
    return cast("dict[str, Json]", cbor2.loads(plain))


def _place(stream: UUID, kind: str) -> bytes:
    # The id has a fixed length, so no two places have the same bytes.
    return stream.bytes + kind.encode()
