"""From changed histories to rows, in the ledger's transaction. One behaviour for one subject and for five thousand."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from epiloop.registers.people.events import DeclaredSame, DeclaredSplit
from epiloop.registers.people.state import fold as person_of
from epiloop.runtime.histories import History, load
from epiloop.runtime.laws import Laws, Shelf
from epiloop.runtime.rows.assistance import peer_rows, request_rows
from epiloop.runtime.rows.changes import Changes, changes
from epiloop.runtime.rows.people import person_rows, told_of
from epiloop.runtime.rows.registers import adoption_rows, division_rows, place_rows, unit_rows
from epiloop.runtime.rows.snapshots import Snapshot, read
from epiloop.runtime.rows.tracing import trace_rows
from epiloop.store import writing
from epiloop.store.ledger import PgLedger
from epiloop.store.tables import ComputedRow

Rows = Iterator[tuple[Any, ...]]
SAMENESS = (DeclaredSame, DeclaredSplit)
FEW = 50
"""Subjects whose events are read first when nobody alike is known yet."""

_ROWS: Mapping[str, Callable[[History], Rows]] = {
    "unit": unit_rows,
    "place": place_rows,
    "division": division_rows,
    "rulebook": adoption_rows,
    "trace": trace_rows,
    "peer": peer_rows,
}


def project(shelf: Shelf, connection: Connection[Any], histories: Iterable[History], *, new: Collection[UUID]) -> None:
    """Replace the rows of these subjects by what their histories give now. `new` ones have no rows yet.

    A registration that was merged into another brings the survivor along, and a survivor those it absorbed.
    """
    changed = {history.stream: history for history in histories}
    if not changed:
        return
    laws = shelf.laws(connection)
    everyone = _with_merged(PgLedger(connection), changed)
    rows = [row for stream in everyone for row in rows_of(everyone[stream], everyone, laws, packed=True)]
    writing.replace(connection, rows, known=[stream for stream in everyone if stream not in new])


def change_laws(shelf: Shelf, connection: Connection[Any], within: tuple[UUID, UUID], limit: int) -> int:
    """Bring some subjects' rows that stand for other laws under those adopted now; how many subjects.

    What reads the same under both stays untouched. Events are read only of those whom no change that was worked out
    before fits. `within`: a slice (after, until] of the id space.
    """
    laws = shelf.laws(connection)
    stale = writing.lock_stale(connection, laws.digest, within, limit)
    earlier = {digest: shelf.earlier(connection, digest) for digest in {stood for stood, _, _ in stale}}
    changed = {digest: changes(before, laws) for digest, before in earlier.items() if before}
    exchange = writing.Exchange()
    alone = {one: (changed[stood], read(kept)) for stood, one, kept in stale if kept and stood in changed}
    _exchange(connection, alone, exchange)
    exchange.carry_out(connection, laws.digest)
    others = {one: "person" for _, one, _ in stale if one not in alone}
    project(shelf, connection, load(PgLedger(connection), others, lock=True).values(), new=())
    return len(stale)


def _exchange(
    connection: Connection[Any], waiting: Mapping[UUID, tuple[Changes, Snapshot]], exchange: writing.Exchange
) -> None:
    """What changes for each of these subjects. Events are read of a few at first: others are often like them."""
    few = FEW
    while waiting := _filled(waiting, exchange):
        histories = load(PgLedger(connection), dict.fromkeys(list(waiting)[:few], "person"), lock=False)
        for subject, history in histories.items():
            exchange.add(subject, waiting[subject][0].worked_out(told_of(history)))
        waiting = {subject: one for subject, one in waiting.items() if subject not in histories}
        few *= 10


def _filled(
    waiting: Mapping[UUID, tuple[Changes, Snapshot]], exchange: writing.Exchange
) -> dict[UUID, tuple[Changes, Snapshot]]:
    """Exchanges the rows of those alike to somebody before; who is left."""
    left: dict[UUID, tuple[Changes, Snapshot]] = {}
    for subject, (change, known) in waiting.items():
        difference = change.known(known)
        if difference is None:
            left[subject] = change, known
        else:
            exchange.add(subject, difference)
    return left


def rows_of(history: History, others: Mapping[UUID, History], laws: Laws, *, packed: bool) -> Rows:
    """All rows of one stream, `packed` for writing. `others` holds at least the streams merged with it."""
    make = _ROWS.get(history.kind)
    if make is not None:
        yield from make(history)
    elif history.kind == "instruction":
        yield from request_rows(history, laws)
        yield ComputedRow(history.stream, history.entries[-1].ref.version, laws.digest)
    elif history.kind == "person":
        absorbed = person_of(history.stream, history.entries).absorbed
        yield from person_rows(history, [others[other] for other in sorted(absorbed)], laws, packed=packed)
        yield ComputedRow(history.stream, history.entries[-1].ref.version, laws.digest)


def merged_with(history: History) -> set[UUID]:
    """The streams ever declared one person with this one, or split from it."""
    return {e.body.other for e in history.entries if isinstance(e.body, SAMENESS)}


def _with_merged(ledger: PgLedger, changed: Mapping[UUID, History]) -> dict[UUID, History]:
    everyone = dict(changed)
    wanted = _unloaded(everyone.values(), everyone)
    while wanted:  # a survivor may itself have been merged on
        found = load(ledger, dict.fromkeys(wanted, "person"), lock=True)
        everyone |= found
        wanted = _unloaded(found.values(), everyone)
    return everyone


def _unloaded(histories: Iterable[History], everyone: Mapping[UUID, History]) -> Sequence[UUID]:
    return [other for history in histories for other in merged_with(history) if other not in everyone]
