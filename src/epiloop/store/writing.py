"""Projections are written by replacing all rows of the subjects whose streams changed, in the ledger's transaction.

What rows count for on the board is worked out from the rows as they are written, and taken back from those deleted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, sql

from epiloop.ledger.events import Act, Event
from epiloop.store import binary
from epiloop.store.counting import HOUR, Place, counted, instant, tally
from epiloop.store.named import queries
from epiloop.store.tables import TABLES, DutyRow, EscalationRow, LoopRow, Packed, SnapshotRow, Table

Q = queries("writing")
Row = tuple[Any, ...]
Rows = Iterable[Row]
Held = tuple[datetime | None, datetime | None]

COUNTED: tuple[type[Row], ...] = (LoopRow, DutyRow, EscalationRow)
"""The rows that count for something."""
TALLY_TYPES = ("int8", "text", "text", "text", "text", "timestamptz", "int8")


def replace(connection: Connection[Any], rows: Rows, *, known: Sequence[UUID]) -> None:
    """Make `rows` all the rows there are of their subjects, and the tally with them.

    `known` are those subjects that may have rows already; new ones need no deleting.
    """
    counts: Counter[Place] = Counter()
    if known:
        counts.subtract(tally(counted(_take_out(connection, known))))
    _insert(connection, rows, counts)


def insert(connection: Connection[Any], rows: Rows) -> None:
    """Add rows of any of the tables, and what they count for; some may be packed already."""
    _insert(connection, rows, Counter())


class Difference(NamedTuple):
    """How the rows of a subject change.

    `gone` are the keys of rows that go, by class; `rows` come. `counts` tells how much more often something counts,
    `held` since when and until when a status restricts the last time, None if that stays.
    """

    gone: Sequence[tuple[type[Row], tuple[Any, ...]]]
    rows: Sequence[Row]
    counts: Sequence[tuple[Place, int]]
    held: Held | None


@dataclass(slots=True)
class Exchange:
    """The rows of some subjects before and after a rule change: only what differs is written."""

    _subjects: list[UUID] = field(default_factory=list)
    _gone: dict[type[Row], list[tuple[Any, ...]]] = field(default_factory=dict)
    _rows: list[Row] = field(default_factory=list)
    _counts: Counter[Place] = field(default_factory=Counter)
    _held: list[tuple[UUID, datetime | None, datetime | None]] = field(default_factory=list)

    def add(self, subject: UUID, difference: Difference) -> None:
        """Another subject."""
        self._subjects.append(subject)
        for row_class, key in difference.gone:
            self._gone.setdefault(row_class, []).append(key)
        self._rows += difference.rows
        for place, n in difference.counts:
            self._counts[place] += n
        if difference.held:
            self._held.append((subject, *difference.held))

    def carry_out(self, connection: Connection[Any], rulebooks: bytes) -> None:
        """Write what changes, and note that the rows of all these subjects stand for these rulebooks."""
        for row_class, keys in self._gone.items():
            columns = list(map(list, zip(*keys, strict=True)))
            connection.execute(_forget(TABLES[row_class]), columns)
        _copy(connection, self._rows)
        _count(connection, self._counts)
        if self._held:
            ids, since, until = map(list, zip(*self._held, strict=True))
            connection.execute(Q["held"], {"ids": ids, "since": since, "until": until})
        connection.execute(Q["computed"], {"subjects": self._subjects, "rulebooks": rulebooks})


def lock_stale(
    connection: Connection[Any], rulebooks: bytes, within: tuple[UUID, UUID], limit: int
) -> list[tuple[bytes, UUID, SnapshotRow | None]]:
    """Subjects inside a slice (after, until] of the id space whose rows stand for other rulebooks than these.

    Each with the rulebooks its rows stand for and its snapshot, if it has one. Their heads are locked until the
    transaction ends, at most `limit` of them; several times fewer than that does not mean that no more are left.
    """
    asked = {"rulebooks": rulebooks, "after": within[0], "until": within[1], "limit": limit}
    subjects = [row[0] for row in connection.execute(Q["lock_stale"], asked, binary=True)]
    asked = {"rulebooks": rulebooks, "subjects": subjects}
    rows = connection.execute(Q["standing"], asked, binary=True) if subjects else ()
    return [(row[0], row[1], SnapshotRow(*row[1:]) if row[4] is not None else None) for row in rows]


def _take_out(connection: Connection[Any], subjects: Sequence[UUID]) -> Iterable[Row]:
    """Delete all rows of some subjects, and give back those that count; in one way to the server."""
    with connection.pipeline():
        taken = [connection.execute(_return(TABLES[of]), [subjects], binary=True) for of in COUNTED]
        connection.execute(_forget_the_rest(), {"subjects": list(subjects)})
    for row_class, rows in zip(COUNTED, taken, strict=True):
        for row in rows:
            yield tuple.__new__(row_class, row)


def _insert(connection: Connection[Any], rows: Rows, counts: Counter[Place]) -> None:
    some = list(rows)
    counts.update(tally(counted(some)))
    for row in some:
        if isinstance(row, Packed):
            for place, n in row.counts:
                counts[place] += n
    _copy(connection, some)
    _count(connection, counts)


def _copy(connection: Connection[Any], rows: Rows) -> None:
    by_class: dict[type, list[Row]] = {}
    packed: dict[type, list[bytes]] = {}
    for row in rows:
        if isinstance(row, Packed):
            packed.setdefault(row.of, []).append(row.rows)
        else:
            by_class.setdefault(type(row), []).append(row)
    for row_class, table in TABLES.items():
        if row_class in by_class or row_class in packed:
            copy_rows(connection, table, by_class.get(row_class, ()), packed.get(row_class, ()))


def copy_rows(connection: Connection[Any], table: Table, rows: Rows, packed: Sequence[bytes] = ()) -> None:
    """Binary COPY of rows into a table."""
    binary.copy(connection.cursor(), _copy_into(table), [b"".join(packed), binary.packed(table.types, rows)])


def _count(connection: Connection[Any], counts: Mapping[Place, int]) -> None:
    """Leave delta rows of what counts more often now, or less."""
    rows = [(place, *sort, instant(hour * HOUR), n) for (place, sort, hour), n in counts.items() if n]
    if rows:
        binary.copy(connection.cursor(), Q["copy_tally"].encode(), [binary.packed(TALLY_TYPES, rows)])


def fold_tally(connection: Connection[Any]) -> None:
    """Add the waiting delta rows to the counts."""
    connection.execute(Q["fold_tally"])


def audit(connection: Connection[Any], act: Act, events: Sequence[Event], *, at: datetime) -> None:
    """One line per jurisdiction an act touched: who, for what, how much; no content."""
    touched: dict[int, list[Event]] = {}
    for event in events:
        touched.setdefault(event.jurisdiction, []).append(event)
    counts: Mapping[str, list[int]] = {
        "codes": list(touched),
        "subjects": [len({event.stream for event in some}) for some in touched.values()],
        "events": [len(some) for some in touched.values()],
    }
    row = {"act": act.id, "at": at, "actor": act.actor, "purpose": act.purpose}
    connection.execute(Q["audit"], {**row, **counts})


def audit_reading(connection: Connection[Any], act: Act, *, jurisdiction: int, subjects: int) -> None:
    """The audit line of an act that took data out without changing anything: how many subjects' data."""
    row = {"act": act.id, "at": act.recorded_at, "actor": act.actor, "purpose": act.purpose}
    connection.execute(Q["audit"], {**row, "codes": [jurisdiction], "subjects": [subjects], "events": [0]})


@cache
def _copy_into(table: Table) -> bytes:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return sql.SQL("copy {} ({}) from stdin (format binary)").format(sql.Identifier(table.name), columns).as_bytes()


@cache
def _return(table: Table) -> bytes:
    """Deletes all rows of some subjects and gives them back."""
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    names = sql.Identifier(table.name), sql.Identifier(table.owner)
    return sql.SQL("delete from {} where {} = any(%b) returning {}").format(*names, columns).as_bytes()


@cache
def _forget(table: Table) -> bytes:
    """Deletes rows by primary key, its columns given one after the other."""
    types = dict(zip(table.columns, table.types, strict=True))
    return (
        sql.SQL("delete from {table} using unnest({lists}) as gone ({key}) where ({ours}) = ({theirs})")
        .format(
            table=sql.Identifier(table.name),
            lists=sql.SQL(", ").join(sql.SQL("%b::{}[]").format(sql.SQL(types[name])) for name in table.key),
            key=sql.SQL(", ").join(map(sql.Identifier, table.key)),
            ours=sql.SQL(", ").join(sql.Identifier(table.name, name) for name in table.key),
            theirs=sql.SQL(", ").join(sql.Identifier("gone", name) for name in table.key),
        )
        .as_bytes()
    )


@cache
def _forget_the_rest() -> bytes:
    """One statement that deletes from every table with rows that do not count, so that a long list is sent once."""
    deletes = [
        sql.SQL("from_{} as (delete from {} where {} = any(%(subjects)b))").format(
            sql.SQL(str(number)), sql.Identifier(table.name), sql.Identifier(table.owner)
        )
        for number, (row_class, table) in enumerate(TABLES.items())
        if row_class not in COUNTED
    ]
    return sql.SQL("with {} select").format(sql.SQL(", ").join(deletes)).as_bytes()
