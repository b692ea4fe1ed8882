"""From changed histories to rows, in the ledger's transaction. One behaviour for one subject and for five thousand."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from epiloop.registers.people.events import DeclaredSame, DeclaredSplit
from epiloop.registers.people.state import fold as person_of
from epiloop.runtime.histories import History, load
from epiloop.runtime.laws import Laws, Shelf
from epiloop.runtime.rows.people import lawful_rows, person_rows
from epiloop.runtime.rows.registers import adoption_rows, division_rows, place_rows, unit_rows
from epiloop.store import writing
from epiloop.store.ledger import PgLedger
from epiloop.store.tables import ComputedRow

Rows = Iterator[tuple[Any, ...]]

_ROWS: Mapping[str, Callable[[History], Rows]] = {
    "unit": unit_rows,
    "place": place_rows,
    "division": division_rows,
    "rulebook": adoption_rows,
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
    writing.replace(connection, list(everyone), rows, known=[stream for stream in everyone if stream not in new])


def change_laws(
    shelf: Shelf, connection: Connection[Any], histories: Mapping[UUID, History], stood: Mapping[UUID, bytes]
) -> None:
    """Bring rows that stood for other laws (by digest) under those adopted now; what reads the same stays untouched."""
    laws = shelf.laws(connection)
    earlier = {digest: shelf.earlier(connection, digest) for digest in set(stood.values())}
    exchange = writing.Exchange()
    others: list[History] = []
    for stream, history in histories.items():
        before = earlier[stood[stream]]
        if before is None or merged_with(history):
            others.append(history)
        else:
            exchange.add(stream, *lawful_rows(history, (before, laws)))
    exchange.carry_out(connection, laws.digest)
    project(shelf, connection, others, new=())


def rows_of(history: History, others: Mapping[UUID, History], laws: Laws, *, packed: bool) -> Rows:
    """All rows of one stream, `packed` for writing. `others` holds at least the streams merged with it."""
    make = _ROWS.get(history.kind)
    if make is not None:
        yield from make(history)
    elif history.kind == "person":
        absorbed = person_of(history.stream, history.entries).absorbed
        yield from person_rows(history, [others[other] for other in sorted(absorbed)], laws, packed=packed)
        yield ComputedRow(history.stream, history.entries[-1].ref.version, laws.digest)


def merged_with(history: History) -> set[UUID]:
    """The streams ever declared one person with this one, or split from it."""
    return {e.body.other for e in history.entries if isinstance(e.body, DeclaredSame | DeclaredSplit)}


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
