"""Ids are UUIDs. What comes from outside gets a derived one, so the same message twice is one thing."""

from datetime import datetime
from uuid import UUID, uuid5

EPILOOP = UUID("6f1d7c0e-52b5-5d0a-9b5a-3a4f0c2b7e11")


def derived(*parts: str) -> UUID:
    """The same id for the same parts, for ever (e.g. ("person", source system, outside id))."""
    return uuid5(EPILOOP, "\x1f".join(parts))


def timed(at: datetime, randomness: bytes) -> UUID:
    """A version 7 UUID (RFC 9562): sorts by milliseconds, ends in ten given random bytes."""
    millis = int(at.timestamp() * 1000).to_bytes(6, "big")
    raw = bytearray(millis + randomness[:10])
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return UUID(bytes=bytes(raw))
