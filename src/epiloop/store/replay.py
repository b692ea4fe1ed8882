"""Reading the whole ledger in slices, and emptying and refilling the projections."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID

from psycopg import Connection, connect, sql

from epiloop.core.errors import N_, Conflict
from epiloop.ledger.events import Act
from epiloop.ledger.port import Head
from epiloop.store.named import queries
from epiloop.store.tables import TABLES, Table
from epiloop.store.writing import fold_tally

Q = queries("replay")
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)


def slices(parts: int) -> list[tuple[UUID, UUID]]:
    """The id space cut into equal slices (after, until]."""
    edges = [UUID(int=(2**128 - 1) * n // parts) for n in range(parts + 1)]
    return list(pairwise(edges))


def streams(
    connection: Connection[Any], kinds: Sequence[str], within: tuple[UUID, UUID], size: int
) -> Iterator[list[Head]]:
    """The heads of all streams of some kinds in a slice of the id space, `size` at a time, in id order."""
    after, until = within
    while True:
        asked = {"kinds": list(kinds), "after": after, "until": until, "limit": size}
        heads = [Head(*row) for row in connection.execute(Q["streams_after"], asked)]
        if not heads:
            return
        yield heads
        after = heads[-1].stream


def snapshot(connection: Connection[Any]) -> str:
    """What the open transaction sees, for others to see the same while it lasts."""
    (name,) = connection.execute("select pg_export_snapshot()").fetchone() or ("",)
    return str(name)


def see(connection: Connection[Any], snapshot: str) -> None:
    """Read what another open transaction sees, and nothing else; the first words of a transaction."""
    connection.execute("set transaction isolation level repeatable read read only")
    connection.execute(sql.SQL("set transaction snapshot {}").format(snapshot))


def kinds(connection: Connection[Any]) -> dict[str, int]:
    """How many streams there are of each kind."""
    return dict(connection.execute(Q["kinds"]).fetchall())


def empty(connection: Connection[Any]) -> None:
    """Empty all projections and drop their secondary indexes, noting what `finish` has to make again.

    In a transaction of the caller: either all of it is done and noted, or nothing.
    """
    everything = sql.SQL(", ").join(map(sql.Identifier, [*_names(), "tally", "tally_delta"]))
    connection.execute(sql.SQL("truncate {}").format(everything))
    connection.execute(Q["note_indexes"], {"tables": _names()})
    for name, _, there in connection.execute(Q["noted_indexes"]).fetchall():
        if there:
            connection.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))


def begin(connection: Connection[Any]) -> None:
    """Empty the projections; no other rebuild begins while this connection is open.

    Raises Conflict if one is under way, or a process of one that was killed still writes.
    """
    row = connection.execute(Q["take_alone"]).fetchone()
    if row != (True,):
        raise Conflict(N_("A rebuild is under way."), remedy=N_("Wait until it has ended, then start it again."))
    with connection.transaction():
        empty(connection)
    take_part(connection)
    connection.execute(Q["leave_alone"])


def take_part(connection: Connection[Any]) -> None:
    """Let no other rebuild begin while this connection is open."""
    connection.execute(Q["take_part"])


def is_unfinished(connection: Connection[Any]) -> bool:
    """Whether a rebuild is under way, or was broken off: then the projections are not whole."""
    row = connection.execute(Q["unfinished"]).fetchone()
    return bool(row and row[0])


def finish(dsn: str, connections: int) -> None:
    """Make the noted indexes over as many connections, tell the planner of the new rows, and note that all is done."""
    with connect(dsn, autocommit=True) as connection:
        missing = [definition for _, definition, there in connection.execute(Q["noted_indexes"]) if not there]
        with ThreadPoolExecutor(connections) as pool:
            list(pool.map(partial(_make_index, dsn), missing))
        for name in [*_names(), "tally"]:
            connection.execute(sql.SQL("analyze {}").format(sql.Identifier(name)))
        connection.execute(Q["finished"])


def _make_index(dsn: str, definition: str) -> None:
    with connect(dsn, autocommit=True) as connection:
        connection.execute("set max_parallel_maintenance_workers = 0")  # the others build an index of their own
        connection.execute(definition.encode())


def _names() -> list[str]:
    return [table.name for table in TABLES.values()]


def count_all(connection: Connection[Any]) -> None:
    """Fill the counts from the rows, after a rebuild."""
    connection.execute(Q["tally_all"])
    fold_tally(connection)


def tally_differs(connection: Connection[Any]) -> int:
    """How many counts are not what the rows say."""
    row = connection.execute(Q["tally_differs"]).fetchone()
    return row[0] if row else 0


def loose_events(connection: Connection[Any]) -> int:
    """How many events stand without their act or their stream."""
    row = connection.execute(Q["loose_events"]).fetchone()
    return row[0] if row else 0


def stored_rows(connection: Connection[Any], table: Table, subjects: Iterable[UUID]) -> list[tuple[Any, ...]]:
    """The rows a table has of these subjects."""
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    query = sql.SQL("select {} from {} where {} = any(%s)").format(
        columns, sql.Identifier(table.name), sql.Identifier(table.owner)
    )
    return connection.execute(query, [list(subjects)], binary=True).fetchall()


def acts(connection: Connection[Any]) -> Iterator[tuple[Act, bytes, list[bytes]]]:
    """Every act with its stored digest and the hashes of its events, in no order; a few thousand at a time."""
    with connection.cursor(name="acts", binary=True) as cursor:
        cursor.itersize = 5_000
        for *act, digest, hashes in cursor.execute(Q["acts"]):
            yield Act(*act), digest, hashes or []


def astray(connection: Connection[Any]) -> list[UUID]:
    """Some acts that a seal names and that are not there, and some that are there and are never sealed."""
    return [row[0] for name in ("unknown_acts", "never_sealed") for row in connection.execute(Q[name])]


def texts(connection: Connection[Any]) -> list[tuple[bytes, str]]:
    """The texts of rulebooks and the digests they are kept under."""
    return connection.execute(Q["texts"], binary=True).fetchall()


def of_no_stream(connection: Connection[Any], table: Table) -> list[UUID | None]:
    """Some owners of rows that belong to no stream of the ledger."""
    query = sql.SQL(
        "select distinct {owner} from {table}"
        " where not exists (select from stream where stream.id = {table}.{owner}) limit 10"
    ).format(owner=sql.Identifier(table.owner), table=sql.Identifier(table.name))
    return [row[0] for row in connection.execute(query, binary=True)]
