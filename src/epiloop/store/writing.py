"""Projections are written by replacing all rows of the subjects whose streams changed, in the ledger's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from psycopg import Connection, sql

from epiloop.ledger.events import Act, Event
from epiloop.store import binary
from epiloop.store.named import queries
from epiloop.store.tables import TABLES, DutyRow, LoopRow, Packed, Table

Q = queries("writing")
Rows = Iterable[tuple[Any, ...]]


def replace(connection: Connection[Any], subjects: Sequence[UUID], rows: Rows, *, known: Sequence[UUID]) -> None:
    """Make `rows` all the rows there are of `subjects`, and the tally with them.

    `known` are those subjects that may have rows already; new ones need no deleting.
    """
    if known:
        connection.execute(Q["tally"], {"subjects": list(known), "sign": -1})
        connection.execute(_forget_all(), {"subjects": list(known)})
    insert(connection, rows)
    connection.execute(Q["tally"], {"subjects": list(subjects), "sign": 1})


@dataclass(slots=True)
class Exchange:
    """Rows of subjects before and after a change that leaves most tables as they are."""

    subjects: list[UUID] = field(default_factory=list)
    _changed: dict[type, list[UUID]] = field(default_factory=dict)
    _rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, subject: UUID, before: Rows, after: Rows) -> None:
        """Another subject: `before` are all its rows in the tables concerned, `after` what they are to be."""
        self.subjects.append(subject)
        was, will = _by_class(before), _by_class(after)
        for row_class in was.keys() | will.keys():
            new = will.get(row_class, [])
            if was.get(row_class) != new:
                self._changed.setdefault(row_class, []).append(subject)
                self._rows += new

    def carry_out(self, connection: Connection[Any], rulebooks: bytes) -> None:
        """Write what changed, count it, and note that the rows of all these subjects stand for these rulebooks."""
        counted = list({*self._changed.get(LoopRow, ()), *self._changed.get(DutyRow, ())})
        if counted:
            connection.execute(Q["tally"], {"subjects": counted, "sign": -1})
        for row_class, subjects in self._changed.items():
            table = TABLES[row_class]
            names = sql.Identifier(table.name), sql.Identifier(table.owner)
            connection.execute(sql.SQL("delete from {} where {} = any(%b)").format(*names), [subjects])
        insert(connection, self._rows)
        if counted:
            connection.execute(Q["tally"], {"subjects": counted, "sign": 1})
        connection.execute(Q["computed"], {"subjects": self.subjects, "rulebooks": rulebooks})


def _by_class(rows: Rows) -> dict[type, list[tuple[Any, ...]]]:
    found: dict[type, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row.of if isinstance(row, Packed) else type(row), []).append(row)
    return found


def insert(connection: Connection[Any], rows: Rows) -> None:
    """Add rows of any of the tables, without counting them; some may be packed already."""
    by_class: dict[type, list[tuple[Any, ...]]] = {}
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


@cache
def _copy_into(table: Table) -> bytes:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return sql.SQL("copy {} ({}) from stdin (format binary)").format(sql.Identifier(table.name), columns).as_bytes()


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
def _forget_all() -> bytes:
    """One statement that deletes from every table, so that a long list of subjects is sent once."""
    deletes = [
        sql.SQL("from_{} as (delete from {} where {} = any(%(subjects)b))").format(
            sql.SQL(str(number)), sql.Identifier(table.name), sql.Identifier(table.owner)
        )
        for number, table in enumerate(TABLES.values())
    ]
    return sql.SQL("with {} select").format(sql.SQL(", ").join(deletes)).as_bytes()
