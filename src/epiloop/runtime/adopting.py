"""Adopt a rulebook, and bring everybody's rows under it: five thousand at a time, each batch a transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime

from epiloop.core.jurisdictions import Code
from epiloop.ledger.events import Json
from epiloop.registers import rulebooks
from epiloop.registers.rulebooks.actions import adopt as adopt_it
from epiloop.registers.rulebooks.actions import stream_of
from epiloop.rules.model import Rulebook
from epiloop.runtime.acts import Asked, Decision, Done, Histories, perform
from epiloop.runtime.histories import load
from epiloop.runtime.parts import Parts
from epiloop.runtime.projecting import project
from epiloop.store import deadlines, laws
from epiloop.store.ledger import PgLedger

CHUNK = 5_000


def adopt(parts: Parts, asked: Asked, book: Rulebook, *, jurisdiction: Code, at: datetime | None = None) -> Done:
    """The text is the law from now on (or from `at`). Rows follow by `recompute`. Raises Refused if it is already."""
    stream = stream_of(book.name)
    with parts.pool.connection() as connection:
        laws.keep_text(connection, bytes.fromhex(book.digest), book.name, book.text)
    told = rulebooks.RulebookAdopted(book.name, book.digest, book.title.get("en", ""), book.title.get("zh", ""))

    def decide(histories: Histories, now: datetime) -> Decision:
        before = rulebooks.fold(histories[stream].entries)
        drafts = adopt_it(before, told, at=at or now, jurisdiction=jurisdiction)
        result: Mapping[str, Json] = {"rulebook": book.name, "digest": book.digest}
        return Decision(drafts, result)

    return perform(parts, asked, {stream: "rulebook"}, decide)


def recompute(parts: Parts, *, progress: Callable[[int, int], None] | None = None) -> int:
    """Bring the rows of everybody computed under other rulebooks up to date; how many subjects."""
    total = stale(parts)
    done = 0
    while some := recompute_some(parts):
        done += some
        if progress:
            progress(done, max(done, total))
    return done


def stale(parts: Parts) -> int:
    """How many subjects' rows still stand for other rulebooks than those adopted now."""
    with parts.pool.connection() as connection:
        return deadlines.stale(connection, parts.shelf.laws(connection).digest)


def recompute_some(parts: Parts, *, limit: int = CHUNK) -> int:
    """One batch of `recompute`; 0 when none is stale."""
    with parts.pool.connection() as connection, connection.transaction():
        digest = parts.shelf.laws(connection).digest
        subjects = deadlines.some_stale(connection, digest, limit)
        histories = load(PgLedger(connection), dict.fromkeys(subjects, "person"), lock=True)
        project(parts.shelf, connection, histories.values(), new=())
        return len(subjects)
