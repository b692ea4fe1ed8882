"""Adopt a rulebook, and bring everybody's rows under it: five thousand at a time, each batch a transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection, connect

from epiloop.core.jurisdictions import Code
from epiloop.ledger.events import Json
from epiloop.registers import rulebooks
from epiloop.registers.rulebooks.actions import adopt as adopt_it
from epiloop.registers.rulebooks.actions import stream_of
from epiloop.rules.model import Rulebook
from epiloop.runtime.acts import Asked, Decision, Done, Histories, perform
from epiloop.runtime.laws import Shelf, process_shelf
from epiloop.runtime.parts import Parts
from epiloop.runtime.projecting import change_laws
from epiloop.runtime.sharing import Counter, share_out
from epiloop.store import deadlines, laws, replay

CHUNK = 5_000


def adopt(
    parts: Parts, asked: Asked, book: Rulebook, *, jurisdiction: Code, at: datetime | None = None, reason: str = ""
) -> Done:
    """The text is the law from now on (or from `at`). Rows follow by `recompute`. Raises Refused if it is already."""
    stream = stream_of(book.name)
    with parts.pool.connection() as connection:
        laws.keep_text(connection, bytes.fromhex(book.digest), book.name, book.text)
    titles = book.title.get("en", ""), book.title.get("zh", "")
    told = rulebooks.RulebookAdopted(book.name, book.digest, *titles, reason)

    def decide(histories: Histories, now: datetime) -> Decision:
        before = rulebooks.fold(histories[stream].entries)
        drafts = adopt_it(before, told, at=at or now, jurisdiction=jurisdiction)
        result: Mapping[str, Json] = {"rulebook": book.name, "digest": book.digest}
        return Decision(drafts, result)

    return perform(parts, asked, {stream: "rulebook"}, decide)


def recompute(
    parts: Parts, *, dsn: str | None = None, processes: int = 1, progress: Callable[[int, int], None] | None = None
) -> int:
    """Bring the rows of everybody computed under other rulebooks up to date; how many subjects.

    With `dsn` (role engine) the work is shared by several processes, a slice of the id space at a time.
    """
    done = Counter(stale(parts), progress)
    if dsn is None or processes == 1:
        while some := recompute_some(parts):
            done.add(some)
        return done.done
    share_out(recompute_slice, [(dsn, part) for part in replay.slices(processes * 16)], processes, done)
    return done.done


def recompute_slice(dsn: str, within: tuple[UUID, UUID]) -> int:
    """Do one slice of the id space in this process."""
    shelf, total = process_shelf(), 0
    with connect(dsn, autocommit=True) as connection:
        while some := _batch(shelf, connection, within, CHUNK):
            total += some
    return total


def stale(parts: Parts) -> int:
    """How many subjects' rows still stand for other rulebooks than those adopted now."""
    with parts.pool.connection() as connection:
        return deadlines.stale(connection, parts.shelf.laws(connection).digest)


def recompute_some(parts: Parts, *, limit: int = CHUNK) -> int:
    """One batch of `recompute`; 0 when none is stale."""
    with parts.pool.connection() as connection:
        return _batch(parts.shelf, connection, (replay.FIRST, replay.LAST), limit)


def _batch(shelf: Shelf, connection: Connection[Any], within: tuple[UUID, UUID], limit: int) -> int:
    with connection.transaction():
        return change_laws(shelf, connection, within, limit)
