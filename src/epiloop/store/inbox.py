"""The inbox of check-ins: sealed blocks on their way to the key service, counts, and the public keys of days."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.errors import UniqueViolation

from epiloop.store.named import queries

Q = queries("inbox")


class Counted(NamedTuple):
    """What a coming counts for: a zone, an hour (hours since 1970 in UTC), a way, and the zone's jurisdiction."""

    place: UUID
    zone: str
    hour: int
    way: str
    jurisdiction: int


class Block(NamedTuple):
    """Rows that were taken together, 92 bytes each, and the wrapped keys that they need, 86 bytes each."""

    id: int
    keys: bytes
    sealed: bytes


class Waiting(NamedTuple):
    """What waits for the key service: blocks, bytes of sealed rows, and since when the oldest waits."""

    blocks: int
    bytes: int
    oldest: datetime | None


class Announced(NamedTuple):
    """The public keys of days as they were announced last, the key they are signed with, and when that was."""

    text: bytes
    signer: bytes
    fetched_at: datetime


class DoorRow(NamedTuple):
    """What the register says of a zone."""

    place: UUID
    zone: str
    hours: str
    closed_at: datetime | None
    capacity: int | None


class FaceRow(NamedTuple):
    """What stands over a door: names, where there are any, and hours."""

    name_zh: str
    name_en: str | None
    zone_zh: str | None
    zone_en: str | None
    hours: str


def take(
    connection: Connection[Any],
    batches: Mapping[UUID, bytes],
    block: tuple[bytes, bytes],
    counts: Mapping[Counted, int],
    at: datetime,
) -> bool:
    """Take batches (with digests of 8 bytes), all of them or none, in one statement: their ids, the block of their
    rows with its keys, and what they count for. False, and nothing is done, if one of them was taken before.
    """
    asked = {"ids": list(batches), "digests": list(batches.values()), "at": _minute(at), **_columns(counts)}
    try:
        taken = connection.execute(Q["take"], {**asked, "sealed": block[0], "keys": block[1]}, binary=True).fetchone()
    except UniqueViolation:  # somebody else took one just now
        return False
    return taken is not None


def fresh(connection: Connection[Any], batches: Mapping[UUID, bytes], at: datetime) -> set[UUID]:
    """Those of the batches (with digests of 8 bytes) that were not taken before. They are from now on, if the
    transaction is.
    """
    asked = {"ids": list(batches), "digests": list(batches.values()), "at": _minute(at)}
    return {row[0] for row in connection.execute(Q["fresh"], asked, binary=True)}


def digests(connection: Connection[Any], batches: Collection[UUID]) -> dict[UUID, bytes]:
    """The digests of those batches that were taken, as they were taken."""
    return dict(connection.execute(Q["digests"], {"ids": list(batches)}, binary=True).fetchall())


def put(connection: Connection[Any], sealed: bytes, keys: bytes, at: datetime) -> None:
    """A block of sealed rows, with the wrapped keys they need."""
    connection.execute(Q["put"], {"at": _minute(at), "keys": keys, "sealed": sealed})


def count(connection: Connection[Any], counts: Mapping[Counted, int]) -> None:
    """Add to the counts."""
    if counts:
        connection.execute(Q["count"], _columns(counts))


def _columns(counts: Mapping[Counted, int]) -> dict[str, list[Any]]:
    places, zones, hours, ways, codes = map(list, zip(*counts, strict=True)) if counts else ([], [], [], [], [])
    told = {"places": places, "zones": zones, "hours": hours, "ways": ways, "codes": codes}
    return {**told, "ns": list(counts.values())}


def fold(connection: Connection[Any]) -> None:
    """Add what was counted since to the counts by hour."""
    connection.execute(Q["fold"])


def drop_batches(connection: Connection[Any], before: datetime) -> int:
    """Forget that batches were taken before an instant."""
    return connection.execute(Q["drop_batches"], {"before": before}).rowcount


def counts(
    connection: Connection[Any], place: UUID, zone: str, since: datetime, until: datetime
) -> dict[datetime, int]:
    """How many came to a zone in each hour of [since, until) that had any. Under row security."""
    asked = {"place": place, "zone": zone, "since": since, "until": until}
    return dict(connection.execute(Q["counts"], asked).fetchall())


def some(connection: Connection[Any], *, blocks: int = 5_000, size: int = 4_000_000) -> list[Block]:
    """The oldest blocks, locked until the transaction ends: at most so many, and (the last aside) so many bytes.

    Those that others are at are left to them.
    """
    asked = {"blocks": blocks, "bytes": size}
    return [Block(*row) for row in connection.execute(Q["some"], asked, binary=True)]


def forget(connection: Connection[Any], blocks: Sequence[int]) -> None:
    """Blocks whose rows the key service keeps."""
    connection.execute(Q["forget"], {"ids": list(blocks)})


def waiting(connection: Connection[Any]) -> Waiting:
    """What waits for the key service."""
    row = connection.execute(Q["waiting"]).fetchone()
    return Waiting(*row) if row else Waiting(0, 0, None)


def announcement(connection: Connection[Any]) -> Announced | None:
    """The public keys of days as announced last; None before the first time."""
    row = connection.execute(Q["announcement"], binary=True).fetchone()
    return Announced(*row) if row else None


def keep_announcement(connection: Connection[Any], text: bytes, signer: bytes, at: datetime) -> bool:
    """Keep it in place of the last one; False, and nothing is kept, if that was signed with another key."""
    asked = {"announcement": text, "signer": signer, "at": at}
    return connection.execute(Q["keep_announcement"], asked).fetchone() is not None


def doors(connection: Connection[Any], spots: Collection[tuple[UUID, str]]) -> list[DoorRow]:
    """What the register says of these zones; those of other registers are left out."""
    places, zones = map(list, zip(*spots, strict=True)) if spots else ([], [])
    return [DoorRow(*row) for row in connection.execute(Q["doors"], {"places": places, "zones": zones}, binary=True)]


def face(connection: Connection[Any], place: UUID, zone: str) -> FaceRow | None:
    """What stands over the door of a zone; None for a place that is not in this register."""
    row = connection.execute(Q["face"], {"place": place, "zone": zone}).fetchone()
    return FaceRow(*row) if row else None


def endings(connection: Connection[Any]) -> dict[tuple[UUID, str, int], datetime]:
    """The revocation list of venue codes: when codes that end do, by place, zone and number."""
    return {row[:3]: row[3] for row in connection.execute(Q["endings"], binary=True)}


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
