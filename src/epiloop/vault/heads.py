"""The daily heads of the key service's log: what stood at its end when a day was over, signed.

Whoever keeps a head can tell later whether the log up to that day is still what it was (PRIVACY R19). The key is
Ed25519, derived from the master key, so it needs no file of its own and outlives every wrapping. A head says how many
looks there were and nothing of whom or by whom.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from epiloop.vault.port import Head

KEPT = timedelta(days=3 * 365 + 1)
"""So long looks are kept (PRIVACY R19); the key service ends them from the beginning of the chain."""
_SLACK = timedelta(days=7)
_KEY = b"epiloop log signing v1"
_HEAD = b"epiloop log head v1"


def signed(day: date, entries: int, digest: bytes, master: bytes) -> Head:
    """The head of a day: the number of entries until its end (UTC), and the hash of the last."""
    key = Ed25519PrivateKey.from_private_bytes(HKDF(SHA256(), 32, None, _KEY).derive(master))
    return Head(day, entries, digest, key.public_key().public_bytes_raw(), key.sign(_said(day, entries, digest)))


def is_signed(head: Head) -> bool:
    """Whether its signature is that of its key."""
    try:
        Ed25519PublicKey.from_public_bytes(head.key).verify(head.signature, _said(head.day, head.entries, head.hash))
    except (InvalidSignature, ValueError):
        return False
    return True


def ends_before(at: datetime) -> datetime:
    """The first look that stays at an instant: a midnight (UTC). Some days later than it might be, so that no head is
    missed whose keeper's clock goes behind.
    """
    return datetime.combine((at - KEPT - _SLACK).astimezone(UTC).date(), time(), UTC)


def differing(kept: Sequence[Head], hashes: Mapping[int, bytes], at: datetime) -> Iterator[str]:
    """What does not agree between the heads that were kept and the hashes that the key service's entries of their
    numbers have now.

    A head is of the entries up to one; its day only says when. So a clock that jumped a day ahead and back, which puts
    days out of order, is no false alarm. Only heads older than `KEPT` at the instant may be without their entry.
    """
    for head in kept:
        digest = hashes.get(head.entries)
        if not is_signed(head):
            yield f"key service: the head of {head.day} that was kept is not signed by its key"
        elif digest is None and head.day < (at - KEPT).astimezone(UTC).date():
            continue
        elif digest != head.hash:
            yield f"key service: its log until {head.day} is not what it was when that day was over"
    if len({head.key for head in kept}) > 1:
        yield "key service: heads were signed by more than one key"


def _said(day: date, entries: int, digest: bytes) -> bytes:
    return b"|".join((_HEAD, day.isoformat().encode(), str(entries).encode(), digest))
