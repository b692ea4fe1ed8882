"""What imports keep: remembered mappings, runs with their results, sealed files of rejected rows until they expire."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Json

from epiloop.store.named import queries

Q = queries("intake")


class Run(NamedTuple):
    """One import as it stands. `rejects` is sealed; None when there were none or they expired."""

    id: UUID
    started_at: datetime
    finished_at: datetime | None
    account: str
    jurisdiction: int
    what: str
    total: int
    result: Mapping[str, Any]
    rejects: bytes | None
    rejects_expire_at: datetime | None


def told_keys(
    connection: Connection[Any], streams: Collection[UUID], *, before: str | None = None
) -> dict[UUID, list[str]]:
    """The source keys of each stream in recorded order; those from before the act with the key `before`, if given."""
    found: dict[UUID, list[str]] = {}
    query = "told_keys_before" if before else "told_keys"
    for stream, key in connection.execute(Q[query], {"streams": list(streams), "key": before}):
        found.setdefault(stream, []).append(key)
    return found


def links_of_system(connection: Connection[Any], system: str) -> list[tuple[UUID, str, str, int, str]]:
    """The standing links told by lists of a system: contact, link, disease, jurisdiction, the last source key."""
    return connection.execute(Q["links_of_system"], {"system": system}).fetchall()


def known_people(connection: Connection[Any], ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that are registered people."""
    return {row[0] for row in connection.execute(Q["known_people"], {"ids": list(ids)})}


def stays(connection: Connection[Any], ids: Collection[UUID]) -> dict[UUID, int]:
    """Where those of the ids that are registered people stay."""
    return dict(connection.execute(Q["stays"], {"ids": list(ids)}).fetchall())


def remember_mapping(connection: Connection[Any], signature: str, mapping: str, *, account: str, at: datetime) -> None:
    """Keep the mapping for files with these headings."""
    row = {"signature": signature, "mapping": mapping, "at": at, "account": account}
    connection.execute(Q["remember_mapping"], row)


def remembered_mapping(connection: Connection[Any], signature: str) -> str | None:
    """The mapping last used for files with these headings."""
    row = connection.execute(Q["remembered_mapping"], {"signature": signature}).fetchone()
    return row[0] if row else None


def start_run(
    connection: Connection[Any], run: UUID, *, account: str, jurisdiction: int, what: str, total: int, at: datetime
) -> None:
    """Note that an import began."""
    row = {"id": run, "at": at, "account": account, "jurisdiction": jurisdiction, "what": what, "total": total}
    connection.execute(Q["start_run"], row)


def note_progress(connection: Connection[Any], run: UUID, result: Mapping[str, Any]) -> None:
    """How far an import is."""
    connection.execute(Q["note_progress"], {"id": run, "result": Json(result)})


def finish_run(
    connection: Connection[Any],
    run: UUID,
    result: Mapping[str, Any],
    *,
    rejects: bytes | None,
    expire_at: datetime,
    at: datetime,
) -> None:
    """Note how an import ended, with the sealed file of rejected rows."""
    row = {"id": run, "result": Json(result), "rejects": rejects, "expire_at": expire_at, "at": at}
    connection.execute(Q["finish_run"], row)


def run(connection: Connection[Any], wanted: UUID) -> Run | None:
    """One import."""
    row = connection.execute(Q["run"], {"id": wanted}).fetchone()
    return Run(*row) if row else None


def drop_expired(connection: Connection[Any], now: datetime) -> int:
    """Forget the files of rejected rows whose time is over."""
    return connection.execute(Q["drop_expired"], {"now": now}).rowcount
