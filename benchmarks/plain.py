"""What contact search is compared with: the same visits and the same query in PostgreSQL and in DuckDB."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import psycopg

from epiloop.exposure import Columns, Traced
from epiloop.project.home import Installation, installation_at
from epiloop.project.postgres import hold
from homes import own_home, stopped
from town import KINDS, STAYS, TERMS, Town

SQL = dict(
    part.split("\n", 1) for part in Path(__file__).with_name("trace.sql").read_text("utf-8").split("-- name: ")[1:]
)
SQL["trace"] = SQL["trace"].replace("{threshold}", str(TERMS.first))
Answer = dict[tuple[int, int], tuple[int, int]]
"""Minutes together and minutes after of each (number of the case, person)."""


@dataclass(frozen=True)
class Taken:
    """An answer and the milliseconds until it was there; those that this engine's process computed, if it can tell."""

    ms: float
    cpu_ms: float | None
    answer: Answer
    opened: int | None = None


class Engine(Protocol):
    """Something that answers the query."""

    name: str

    @property
    def rows(self) -> int:
        """Visits."""

    def open(self) -> None:
        """Start cold: a new process, which has looked at nothing. The system has read the files through before."""

    def trace(self, cases: Sequence[Traced]) -> Taken:
        """The answer, once."""

    def size(self) -> int:
        """Bytes on disk."""


def read_through(folder: Path) -> None:
    """Have the system keep the files below a folder in memory, as the key service has it do when it starts."""
    buffer = bytearray(1 << 20)
    for path in (found for found in folder.rglob("*") if found.is_file()):
        with path.open("rb") as file:
            while file.readinto(buffer):
                pass


def bytes_below(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def scale() -> list[tuple[int, ...]]:
    """The terms as rows; `longest`: seconds of the longest stay by kind, without which an index is of little use."""
    settings = [(TERMS.setting(kind), round(high * 3600) + 1) for kind, (_, high) in zip(KINDS, STAYS, strict=True)]
    return [
        (number, one.minimum, one.lag, one.lag_minimum, one.weight, one.lag_weight, longest)
        for number, (one, longest) in enumerate(settings)
    ]


def asked(cases: Sequence[Traced]) -> list[tuple[int, ...]]:
    """The cases as rows."""
    return [(number, one.person, one.since, one.until) for number, one in enumerate(cases)]


BINARY = np.dtype(
    [
        ("fields", ">i2"),
        *((f"{part}{at}", kind) for at in range(4) for part, kind in (("size", ">i4"), ("value", ">i8"))),
        ("size4", ">i4"),
        ("value4", ">i2"),
    ]
)
"""A row of `visits` in PostgreSQL's binary COPY."""


def binary(day: Columns) -> bytes:
    """A day in PostgreSQL's binary COPY, without head and foot."""
    rows = np.zeros(len(day), BINARY)
    rows["fields"] = 5
    for at, column in enumerate((day.person, day.place, day.entered, day.left, day.kind)):
        rows[f"size{at}"] = 2 if at == 4 else 8
        rows[f"value{at}"] = column
    return rows.tobytes()


@dataclass
class Postgres:
    """A table with two indexes in a PostgreSQL of its own."""

    installation: Installation
    stack: ExitStack
    name: str = "postgresql"
    rows: int = 0
    connection: Any = None

    def load(self, days: Iterator[Columns]) -> None:
        """Fill the table and index it."""
        self.stack.enter_context(hold(self.installation))
        with psycopg.connect(self.installation.dsn("admin"), autocommit=True) as connection:
            connection.execute(SQL["visits"])
            with connection.cursor().copy("copy visits from stdin (format binary)") as copy:
                copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
                for day in days:
                    self.rows += len(day)
                    copy.write(binary(day))
                copy.write(b"\xff\xff")
            connection.execute(SQL["indexes"])
            connection.execute("vacuum (analyze) visits")
            connection.execute("checkpoint")

    def open(self) -> None:
        """Restart the server."""
        if self.connection is not None:
            self.connection.close()
        self.stack.close()
        stopped(self.installation)
        read_through(self.installation.home)
        self.stack.enter_context(hold(self.installation))
        self.connection = psycopg.connect(self.installation.dsn("admin"))
        self.connection.execute(SQL["asked"])
        _insert(self.connection.cursor(), "terms", scale(), "%s")

    def trace(self, cases: Sequence[Traced]) -> Taken:
        """See `Engine`. The server computes in processes of its own."""
        cursor = self.connection.cursor()
        cursor.execute("truncate cases")
        _insert(cursor, "cases", asked(cases), "%s")
        cursor.execute("analyze cases")
        started = time.perf_counter()
        cursor.execute(SQL["trace"])
        found = cursor.fetchall()
        return Taken(1000 * (time.perf_counter() - started), None, minutes(found))

    def size(self) -> int:
        """The table with its indexes."""
        row = self.connection.execute("select pg_total_relation_size('visits')").fetchone()
        return int(row[0])


def minutes(found: list[tuple[Any, ...]]) -> Answer:
    """Rows of seconds as whole minutes."""
    return {(source, person): (int(together) // 60, int(after) // 60) for source, person, together, after in found}


def _insert(cursor: Any, table: str, rows: list[tuple[int, ...]], mark: str) -> None:
    marks = ", ".join([mark] * len(rows[0]))
    cursor.executemany(f"insert into {table} values ({marks})", rows)


@dataclass
class Duck:
    """A DuckDB file: columns, without an index, as such files are."""

    folder: Path
    name: str = "duckdb"
    rows: int = 0
    connection: Any = None

    def load(self, days: Iterator[Columns]) -> None:
        """Fill the table."""
        import duckdb

        with duckdb.connect(str(self.folder / "visits.duckdb")) as connection:
            connection.execute(SQL["visits"])
            for day in days:
                self.rows += len(day)
                rows = {  # found by its name in the statement
                    "person": day.person.astype(np.int64),
                    "place": day.place.astype(np.int64),
                    "entered": day.entered,
                    "left_at": day.left,
                    "kind": day.kind.astype(np.int16),
                }
                connection.execute("insert into visits select * from rows")
                del rows

    def open(self) -> None:
        """Connect anew."""
        import duckdb

        if self.connection is not None:
            self.connection.close()
        read_through(self.folder)
        self.connection = duckdb.connect(str(self.folder / "visits.duckdb"))
        self.connection.execute(SQL["asked"])
        _insert(self.connection, "terms", scale(), "?")

    def trace(self, cases: Sequence[Traced]) -> Taken:
        """See `Engine`."""
        self.connection.execute("delete from cases")
        _insert(self.connection, "cases", asked(cases), "?")
        started, busy = time.perf_counter(), time.process_time()
        found = self.connection.execute(SQL["trace"]).fetchall()
        ended = time.perf_counter(), time.process_time()
        return Taken(1000 * (ended[0] - started), 1000 * (ended[1] - busy), minutes(found))

    def size(self) -> int:
        """The file."""
        return bytes_below(self.folder)


@contextmanager
def postgres(town: Town) -> Iterator[Postgres]:
    """A filled PostgreSQL, gone afterwards."""
    with own_home() as home, ExitStack() as stack:
        installation = installation_at(home).lay_out(postgres__shared_buffers="2GB", postgres__max_wal_size="8GB")
        engine = Postgres(installation, stack)
        engine.load(town.segments())
        try:
            yield engine
        finally:
            if engine.connection is not None:
                engine.connection.close()


@contextmanager
def duck(town: Town) -> Iterator[Duck]:
    """A filled DuckDB, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="epiloop-bench-") as place:
        engine = Duck(Path(place))
        engine.load(town.segments())
        yield engine
        if engine.connection is not None:
            engine.connection.close()
