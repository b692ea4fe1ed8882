"""Rows as PostgreSQL's COPY takes them in binary, written by hand for the few types our tables have.

Each value is its length and its bytes, big-endian; null is the length -1. (PostgreSQL manual, COPY, "Binary Format".)
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from struct import Struct
from typing import Any
from uuid import UUID

from psycopg import Cursor

from epiloop.ledger.chain import canonical

HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
_LENGTH, _INT2, _INT4, _INT8, _FLOAT8 = Struct("!i"), Struct("!ih"), Struct("!ii"), Struct("!iq"), Struct("!id")
_COUNT, _ARRAY = Struct("!h"), Struct("!iiiii")
_EPOCH, _FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC), date(2000, 1, 1).toordinal()
_EPOCH_MICROS = 10_957 * 86_400_000_000
_TEXT_OID = 25

Encode = Callable[[Any], bytes]


def _bytes(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


@lru_cache(maxsize=20_000)
def _text(value: str) -> bytes:
    # Most texts are the same few words again and again: kinds, measures, keys of duties.
    return _bytes(value.encode())


def _uuid(value: UUID) -> bytes:
    return b"\0\0\0\x10" + value.bytes


def _instant(value: datetime) -> bytes:
    since = value - _EPOCH
    return _INT8.pack(8, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def _date(value: date) -> bytes:
    return _INT4.pack(4, value.toordinal() - _FIRST_DAY)


def _texts(value: Sequence[str]) -> bytes:
    if not value:
        return _bytes(Struct("!iii").pack(0, 0, _TEXT_OID))
    return _bytes(_ARRAY.pack(1, 0, _TEXT_OID, len(value), 1) + b"".join(map(_text, value)))


_ENCODERS: dict[str, Encode] = {
    "uuid": _uuid,
    "text": _text,
    "int2": lambda value: _INT2.pack(2, value),
    "int4": lambda value: _INT4.pack(4, value),
    "int8": lambda value: _INT8.pack(8, value),
    "float8": lambda value: _FLOAT8.pack(8, value),
    "bool": lambda value: b"\0\0\0\1\1" if value else b"\0\0\0\1\0",
    "timestamptz": _instant,
    "date": _date,
    "bytea": _bytes,
    "text[]": _texts,
    "json": lambda value: _bytes(canonical(value).encode()),
}


def encoder(type_name: str) -> Encode:
    """How a value of a column of this type is written; None is `NULL`."""
    return _ENCODERS[type_name]


def instant_field(at: int) -> bytes:
    """A value of a column of type timestamptz; `at` in microseconds since 1970."""
    return _INT8.pack(8, at - _EPOCH_MICROS)


def packed(types: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows of columns of these types, without the head and the end of a COPY."""
    writers, fields = [_ENCODERS[name] for name in types], _COUNT.pack(len(types))
    parts: list[bytes] = []
    for row in rows:
        parts.append(fields)
        parts += [NULL if value is None else write(value) for write, value in zip(writers, row, strict=True)]
    return b"".join(parts)


def fields(types: Sequence[str]) -> bytes:
    """What stands before each row of columns of these types."""
    return _COUNT.pack(len(types))


def copy(cursor: Cursor[Any], query: bytes, pieces: Iterable[bytes]) -> None:
    """COPY packed rows; `query` says where."""
    with cursor.copy(query) as stream:
        stream.write(HEAD)
        for piece in pieces:
            stream.write(piece)
        stream.write(END)
