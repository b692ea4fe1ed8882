"""`epiloop verify`: the chains hold, the seals cover the acts, and the projections are what the ledger says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from epiloop.core.errors import Broken
from epiloop.ledger.chain import Seal, check_chain, check_seal
from epiloop.runtime.laws import Shelf
from epiloop.runtime.rebuilding import ORDER, differing
from epiloop.store import replay
from epiloop.store.ledger import PgLedger, seal_digests, seals

CHUNK = 1_000


@dataclass
class Report:
    """What was checked and what is wrong; nothing personal in it."""

    streams: int = 0
    events: int = 0
    seals: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything is as it must be."""
        return not self.broken


def verify(connection: Connection[Any], *, progress: Callable[[int, int], None] | None = None) -> Report:
    """Check everything; reads in one snapshot, so acts may go on meanwhile."""
    connection.execute("set transaction isolation level repeatable read read only")
    report = Report()
    total = sum(replay.kinds(connection).values())
    shelf = Shelf()
    for kinds in ORDER:
        for heads in replay.streams(connection, kinds, (replay.FIRST, replay.LAST), CHUNK):
            _check_streams(connection, heads, report)
            wrong = differing(shelf, connection, heads)
            report.broken += [f"{table}: rows of stream {stream} differ from the ledger" for table, stream in wrong]
            if progress:
                progress(report.streams, total)
    _check_seals(connection, report)
    _check_counts(connection, report)
    return report


def _check_streams(connection: Connection[Any], heads: list[Any], report: Report) -> None:
    events = PgLedger(connection).read_many([head.stream for head in heads])
    for head in heads:
        chain = events.get(head.stream, [])
        report.streams += 1
        report.events += len(chain)
        try:
            check_chain(chain)
        except Broken as error:
            report.broken.append(str(error))
        if not chain or (chain[-1].version, chain[-1].hash) != (head.version, head.hash):
            report.broken.append(f"stream {head.stream}: its head is not its last event")


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
