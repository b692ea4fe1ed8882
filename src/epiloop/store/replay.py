"""Reading the whole ledger in slices, and emptying and refilling the projections."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from psycopg import Connection, sql

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


def kinds(connection: Connection[Any]) -> dict[str, int]:
    """How many streams there are of each kind."""
    return dict(connection.execute(Q["kinds"]).fetchall())


def empty(connection: Connection[Any]) -> list[str]:
    """Empty all projections and drop their secondary indexes; the statements that make the indexes again."""
    names = [table.name for table in TABLES.values()]
    indexes = connection.execute(Q["secondary_indexes"], {"tables": names}).fetchall()
    everything = sql.SQL(", ").join(map(sql.Identifier, [*names, "tally", "tally_delta"]))
    connection.execute(sql.SQL("truncate {}").format(everything))
    for name, _ in indexes:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
    return [definition for _, definition in indexes]


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
