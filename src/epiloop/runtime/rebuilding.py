"""Rebuild the projections from the ledger, from zero, to identical rows; and check that they are what it says.

Streams are read in id order, a slice of the id space per process. What others depend on comes first: rulebooks, then
the registers, then people.
"""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection, connect

from epiloop.ledger.chain import canonical
from epiloop.ledger.port import Head
from epiloop.runtime.histories import History, histories, load
from epiloop.runtime.laws import Shelf, process_shelf
from epiloop.runtime.projecting import merged_with, rows_of
from epiloop.runtime.sharing import Counter, Progress, share_out
from epiloop.store import replay, writing
from epiloop.store.ledger import PgLedger
from epiloop.store.tables import TABLES

ORDER = (
    ("rulebook",),
    ("division", "unit", "place", "trace", "peer"),
    ("person", "vehicle", "vessel", "consignment", "instruction"),
)
CHUNK = 2_000


def rebuild(dsn: str, *, processes: int | None = None, progress: Progress | None = None) -> dict[str, int]:
    """Empty every projection and fill it again from the ledger; how many streams of each kind were read.

    Nobody else may write meanwhile: the caller stops the server, or accepts that acts wait. A rebuild that was broken
    off leaves a note in the database; the next one starts from zero again and makes whole what it left. Raises Conflict
    if another one is under way.
    """
    with connect(dsn, autocommit=True) as connection:
        counts = replay.kinds(connection)
        replay.begin(connection)
        done = Counter(sum(counts.values()), progress)
        workers = processes or os.cpu_count() or 1
        for kinds in ORDER:
            _refill(dsn, kinds, sum(counts.get(kind, 0) for kind in kinds), workers, done)
        writing.fold_tally(connection)
        replay.finish(dsn, workers)
    return counts


def is_broken_off(dsn: str) -> bool:
    """Whether the projections are not whole since a rebuild was broken off (or goes on at this moment)."""
    with connect(dsn) as connection:
        return replay.is_unfinished(connection)


def _refill(dsn: str, kinds: Sequence[str], streams: int, workers: int, done: Counter) -> None:
    if streams < CHUNK or workers == 1:
        refill_slice(dsn, kinds, (replay.FIRST, replay.LAST), done.add)
        return
    # Each piece has a connection of its own, which has to learn the tables: not more of them than there are chunks.
    pieces = replay.slices(max(workers, min(workers * 32, streams // CHUNK)))
    share_out(refill_slice, [(dsn, kinds, part) for part in pieces], workers, done)


def refill_slice(
    dsn: str, kinds: Sequence[str], within: tuple[UUID, UUID], tell: Callable[[int], None] | None = None
) -> int:
    """Fill the rows of all streams in one slice; how many streams."""
    total = 0
    shelf = process_shelf()
    with connect(dsn) as connection:
        replay.take_part(connection)
        for heads in replay.streams(connection, kinds, within, CHUNK):
            rows = _rows(shelf, connection, heads, packed=True)
            writing.insert(connection, rows)
            connection.commit()
            total += len(heads)
            if tell:
                tell(len(heads))
    return total


def _rows(shelf: Shelf, connection: Connection[Any], heads: Sequence[Head], *, packed: bool) -> list[tuple[Any, ...]]:
    own = histories(PgLedger(connection), heads)
    laws = shelf.laws(connection)
    everyone = own | _merged(connection, own)
    return [row for stream in own for row in rows_of(own[stream], everyone, laws, packed=packed)]


def _merged(connection: Connection[Any], own: dict[UUID, History]) -> dict[UUID, History]:
    others = {other for history in own.values() for other in merged_with(history) if other not in own}
    return load(PgLedger(connection), dict.fromkeys(others, "person"), lock=False) if others else {}


def differing(shelf: Shelf, connection: Connection[Any], heads: Sequence[Head]) -> list[tuple[str, UUID]]:
    """The (table, stream) pairs whose stored rows are not what the ledger says."""
    wanted: dict[type, list[tuple[Any, ...]]] = {}
    for row in _rows(shelf, connection, heads, packed=False):
        wanted.setdefault(type(row), []).append(tuple(row))
    ids = [head.stream for head in heads]
    found: list[tuple[str, UUID]] = []
    for row_class, table in TABLES.items():
        owner = table.columns.index(table.owner)
        stored = {plain(row): row[owner] for row in replay.stored_rows(connection, table, ids)}
        expected = {plain(row): row[owner] for row in wanted.get(row_class, [])}
        found += [(table.name, {**stored, **expected}[text]) for text in stored.keys() ^ expected.keys()]
    return found


def plain(row: tuple[Any, ...]) -> str:
    """A row as text that is equal when the values are: one zone for instants, one order for JSON."""
    return repr([_plain(value) for value in row])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return canonical(value) if isinstance(value, dict) else value
