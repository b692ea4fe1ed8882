"""The envelope of the master key: the 32 bytes all keys derive from, wrapped under a key that lies somewhere else.

The wrapping key is a provider's (`keyservice.providers`): a file, the environment, a transit service, a hardware token.
Changing it writes a new envelope around the same master key, so nothing that is sealed has to be sealed anew. The
envelope is worthless without its provider and the provider's key without the envelope; keep backups of them apart.
"""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from epiloop.core.errors import N_, Broken
from epiloop.vault.keys import MASTER_BYTES

FORMAT = 1
_CHECK = b"epiloop master check v1"


class Provider(Protocol):
    """Where the wrapping key lies. Both calls raise Unavailable if the place does not answer."""

    @property
    def name(self) -> str:
        """What the settings call it."""
        ...

    def wrap(self, key: bytes) -> str:
        """The key as ASCII text that only `unwrap` opens."""
        ...

    def unwrap(self, wrapped: str) -> bytes:
        """What was wrapped. Raises Broken if it was wrapped under another key or changed."""
        ...

    def version(self, wrapped: str) -> str:
        """Which wrapping key it was, in the words of the place; never the key."""
        ...


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What may be known of an envelope: provider, version of its key, when the master key was made and last wrapped."""

    provider: str
    version: str
    made_at: datetime
    wrapped_at: datetime


def made(randomness: Callable[[int], bytes], provider: Provider, at: datetime) -> bytes:
    """The envelope of a new master key."""
    return _written(randomness(MASTER_BYTES), provider, made_at=at, at=at)


def opened(envelope: bytes, provider: Provider) -> bytes:
    """The master key. Raises Broken if the envelope is another provider's, was changed, or does not open."""
    parts = _parts(envelope)
    if parts["provider"] != provider.name:
        raise Broken(
            N_("The master key is wrapped by %(was)s, the settings name %(now)s."),
            where="key service",
            remedy=N_("Set back `master` in the settings, and change it with `epiloop keys rotate`."),
            was=str(parts["provider"]),
            now=provider.name,
        )
    master = provider.unwrap(str(parts["wrapped"]))
    if not hmac.compare_digest(_check(master), str(parts["check"])):
        raise Broken(N_("The master key that was unwrapped is not the one of this vault."), where="key service")
    return master


def wrapped_anew(envelope: bytes, old: Provider, new: Provider, at: datetime) -> bytes:
    """The envelope of the same master key under another wrapping key. Raises as `opened`."""
    written = _written(opened(envelope, old), new, made_at=about(envelope, old).made_at, at=at)
    opened(written, new)  # what cannot be read again is not kept
    return written


def about(envelope: bytes, provider: Provider) -> Wrapping:
    """What may be known of it, without unwrapping. Raises Broken."""
    parts = _parts(envelope)
    instants = (datetime.fromisoformat(str(parts[name])) for name in ("made_at", "wrapped_at"))
    return Wrapping(str(parts["provider"]), provider.version(str(parts["wrapped"])), *instants)


def _written(master: bytes, provider: Provider, *, made_at: datetime, at: datetime) -> bytes:
    parts = {
        "format": FORMAT,
        "provider": provider.name,
        "wrapped": provider.wrap(master),
        "check": _check(master),
        "made_at": made_at.isoformat(),
        "wrapped_at": at.isoformat(),
    }
    return json.dumps(parts, indent=2).encode() + b"\n"


def _parts(envelope: bytes) -> dict[str, Any]:
    try:
        parts = json.loads(envelope)
        known = parts["format"] == FORMAT
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise Broken(N_("The envelope of the master key cannot be read."), where="key service")
    return dict(parts)


def _check(master: bytes) -> str:
    """Sixteen bytes that tell this master key from others and nothing else about it."""
    return HKDF(SHA256(), 16, None, _CHECK).derive(master).hex()
