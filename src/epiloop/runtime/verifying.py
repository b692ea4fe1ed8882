"""`epiloop verify`: the chains hold, the seals cover the acts, and the projections are what the ledger says."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import Connection, connect

from epiloop.core.errors import Broken
from epiloop.ledger.chain import Seal, check_chain, check_seal, digest_of
from epiloop.ledger.events import Event
from epiloop.ledger.port import Head
from epiloop.rules.loader import digest as digest_of_text
from epiloop.runtime.laws import Shelf, process_shelf
from epiloop.runtime.rebuilding import ORDER, differing
from epiloop.runtime.sharing import Progress, shared
from epiloop.store import replay
from epiloop.store.deadlines import SetAside, all_set_aside
from epiloop.store.ledger import PgLedger, seal_digests, seals
from epiloop.store.tables import TABLES

CHUNK = 1_000


@dataclass
class Report:
    """What was checked and what is wrong; nothing personal in it."""

    streams: int = 0
    events: int = 0
    seals: int = 0
    broken: list[str] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    """Subjects the clock could not deal with and tries again: nothing is lost, but somebody must look into it."""

    def add(self, other: "Report") -> None:
        """Take in what was found elsewhere."""
        self.streams += other.streams
        self.events += other.events
        self.broken += other.broken

    @property
    def ok(self) -> bool:
        """Whether everything is as it must be."""
        return not self.broken


def verify(
    connection: Connection[Any],
    *,
    dsn: str | None = None,
    processes: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check everything; reads in one snapshot, so acts may go on meanwhile.

    With `dsn` the streams of a large ledger are shared among processes (as many as there are processors, if not
    said), which connect there and see the same snapshot.
    """
    connection.execute("set transaction isolation level repeatable read read only")
    workers = processes or os.cpu_count() or 1
    streams = sum(replay.kinds(connection).values())
    if dsn is None or workers == 1 or streams < CHUNK:
        return examine(connection, progress=progress)
    # Each piece has a connection of its own, which has to learn the tables: not more of them than there are chunks.
    parts = replay.slices(max(workers, min(workers * 32, streams // CHUNK)))
    pieces = [(dsn, replay.snapshot(connection), kinds, part) for kinds in ORDER for part in parts]
    return _examined(connection, shared(examine_slice, pieces, workers), progress)


def examine(connection: Connection[Any], *, progress: Progress | None = None) -> Report:
    """The same in a transaction that is open already, in this process."""
    shelf, everything = Shelf(), (replay.FIRST, replay.LAST)
    found = (one for kinds in ORDER for one in _chunks(shelf, connection, kinds, everything))
    return _examined(connection, found, progress)


def examine_slice(dsn: str, snapshot: str, kinds: Sequence[str], within: tuple[UUID, UUID]) -> Report:
    """What is wrong with the streams of one slice, as another process's open transaction sees them."""
    report, shelf = Report(), process_shelf()
    with connect(dsn) as connection:
        replay.see(connection, snapshot)
        for one in _chunks(shelf, connection, kinds, within):
            report.add(one)
    return report


def _examined(connection: Connection[Any], streams: Iterable[Report], progress: Progress | None) -> Report:
    report, total = Report(), sum(replay.kinds(connection).values())
    for one in streams:
        report.add(one)
        if progress:
            progress(report.streams, total)
    if replay.is_unfinished(connection):
        report.broken.append("rebuild: it was broken off; start it again")
    _check_acts(connection, report)
    _check_seals(connection, report)
    _check_rows_and_texts(connection, report)
    _check_counts(connection, report)
    report.set_aside = all_set_aside(connection)
    return report


def _chunks(
    shelf: Shelf, connection: Connection[Any], kinds: Sequence[str], within: tuple[UUID, UUID]
) -> Iterator[Report]:
    for heads in replay.streams(connection, kinds, within, CHUNK):
        report = Report()
        whole = _check_streams(connection, heads, report)
        _check_rows(shelf, connection, whole, report)
        yield report


def _check_streams(connection: Connection[Any], heads: Sequence[Head], report: Report) -> list[Head]:
    """The streams that are whole; of the others it makes no sense to compute rows."""
    events = PgLedger(connection).read_many([head.stream for head in heads])
    report.streams += len(heads)
    report.events += sum(map(len, events.values()))
    return [head for head in heads if _is_whole(head, events.get(head.stream, []), report)]


def _is_whole(head: Head, chain: Sequence[Event], report: Report) -> bool:
    try:
        check_chain(chain)
    except Broken as error:
        report.broken.append(str(error))
        return False
    if not chain or (chain[-1].version, chain[-1].hash) != (head.version, head.hash):
        report.broken.append(f"stream {head.stream}: its head is not its last event")
        return False
    return True


def _check_rows(shelf: Shelf, connection: Connection[Any], heads: Sequence[Head], report: Report) -> None:
    try:
        wrong = differing(shelf, connection, heads)
    except Broken as error:  # a rulebook's text, or a stream merged with one of these
        report.broken.append(str(error))
        return
    report.broken += [f"{table}: rows of stream {stream} differ from the ledger" for table, stream in wrong]


def _check_acts(connection: Connection[Any], report: Report) -> None:
    for act, digest, hashes in replay.acts(connection):
        if digest_of(act, hashes) != digest:
            report.broken.append(f"act {act.id}: it or its events are not what was written")
    report.broken += [f"act {act}: it and the seals do not know each other" for act in replay.astray(connection)]


def _check_rows_and_texts(connection: Connection[Any], report: Report) -> None:
    """What no stream's own check can see: rows of nobody, and laws that are not what was adopted."""
    for table in TABLES.values():
        strangers = replay.of_no_stream(connection, table)
        report.broken += [f"{table.name}: rows of {owner}, which the ledger does not know" for owner in strangers]
    for digest, text in replay.texts(connection):
        if digest_of_text(text) != digest.hex():
            report.broken.append(f"rulebook text {digest.hex()} is not what was adopted")


def _check_seals(connection: Connection[Any], report: Report) -> None:
    before: Seal | None = None
    for seal in seals(connection):
        try:
            check_seal(before, seal, seal_digests(connection, seal.number))
        except Broken as error:
            report.broken.append(str(error))
        before, report.seals = seal, report.seals + 1


def _check_counts(connection: Connection[Any], report: Report) -> None:
    loose, wrong = replay.loose_events(connection), replay.tally_differs(connection)
    if loose:
        report.broken.append(f"{loose} events stand without their act or stream")
    if wrong:
        report.broken.append(f"{wrong} counts of the board differ from its rows")
