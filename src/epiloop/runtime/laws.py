"""The adopted rulebooks, compiled once per text: what `rules` needs beside a subject's facts."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from epiloop.rules.engine import evaluate
from epiloop.rules.facts import Fact
from epiloop.rules.loader import load_text
from epiloop.rules.model import Rulebook
from epiloop.rules.plan import Plan
from epiloop.rules.regimes import Adoption, Context
from epiloop.rules.stream import LAST_INSTANT
from epiloop.store import laws as stored
from epiloop.store.tables import AdoptionRow

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Laws:
    """All adoptions there are. `digest` stands for the lot: rows computed under another one are stale."""

    adoptions: tuple[Adoption, ...] = ()
    digest: bytes = hashlib.sha256(b"").digest()
    _contexts: dict[int, Context] = field(default_factory=dict, compare=False, repr=False)
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What others worked out from these laws alone and keep with them."""

    def plan(self, facts: Sequence[Fact], jurisdiction: int, *, known_at: datetime = LAST_INSTANT) -> Plan:
        """What the rules say about a subject that stays in a jurisdiction, from these facts."""
        if not facts:
            return Plan()
        return evaluate(facts, self.adoptions, self.context(jurisdiction), known_at=known_at)

    def context(self, jurisdiction: int) -> Context:
        """The zone of a jurisdiction's calendar days: of the most local rulebook that covers it.

        The same object for the same jurisdiction: the engine keeps what it worked out for it.
        """
        if jurisdiction not in self._contexts:
            self._contexts[jurisdiction] = Context(self.zone(jurisdiction), jurisdiction)
        return self._contexts[jurisdiction]

    def zone(self, jurisdiction: int) -> tzinfo:
        """The time zone of a jurisdiction."""
        here = [one.rulebook for one in self.adoptions if _covers(one.rulebook, jurisdiction)]
        local = min(here, key=lambda book: (book.scope is None, book.name), default=None)
        return ZoneInfo(local.timezone) if local else DEFAULT_ZONE

    def books(self) -> dict[str, Rulebook]:
        """The rulebooks as adopted last, by name."""
        return {one.rulebook.name: one.rulebook for one in self.adoptions}


@dataclass(slots=True)
class Shelf:
    """Compiled rulebooks by digest; safe to share between threads."""

    _books: dict[bytes, Rulebook] = field(default_factory=dict)
    _laws: dict[tuple[AdoptionRow, ...], Laws] = field(default_factory=dict)
    _earlier: dict[tuple[tuple[AdoptionRow, ...], bytes], Laws | None] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def laws(self, connection: Connection[Any]) -> Laws:
        """The laws as adopted now, seen by this transaction."""
        rows = tuple(stored.adoptions(connection))
        with self._lock:
            if rows not in self._laws:
                self._laws = {rows: self._compile(connection, rows)}
            return self._laws[rows]

    def compiled(self, connection: Connection[Any]) -> Laws | None:
        """The laws as adopted now, for who may see adoptions but no texts; None if they are not compiled yet."""
        return self._laws.get(tuple(stored.adoptions(connection)))

    def earlier(self, connection: Connection[Any], digest: bytes) -> Laws | None:
        """The laws as they stood after some earlier adoption, if their digest is this one."""
        rows = tuple(stored.adoptions(connection))
        if (rows, digest) not in self._earlier:
            one_by_one = sorted(rows, key=lambda row: (row.recorded_at, row.adopted_at, row.rulebook))
            counts = range(1, len(rows))
            all_before = [self._compile(connection, [row for row in rows if row in one_by_one[:n]]) for n in counts]
            self._earlier = {(rows, digest): None, **{(rows, laws.digest): laws for laws in all_before}}
        return self._earlier[rows, digest]

    def book(self, connection: Connection[Any], digest: bytes) -> Rulebook:
        """One adopted rulebook. Raises Broken if its text is missing."""
        if digest not in self._books:
            self._books[digest] = load_text(stored.text(connection, digest))
        return self._books[digest]

    def _compile(self, connection: Connection[Any], rows: Iterable[AdoptionRow]) -> Laws:
        adoptions: list[Adoption] = []
        hashed = hashlib.sha256()
        for row in rows:
            first = all(one.rulebook.name != row.rulebook for one in adoptions)
            # The first text of a rulebook speaks for all time before it; a later one only from its adoption on.
            since = None if first else row.adopted_at
            adoptions.append(Adoption(self.book(connection, row.digest), row.recorded_at, since))
            hashed.update(row.digest + (row.adopted_at.isoformat().encode() if since else b""))
        return Laws(tuple(adoptions), hashed.digest())


@cache
def process_shelf() -> Shelf:
    """The shelf of a process that does bulk work piece by piece: rulebooks are compiled once for all pieces."""
    return Shelf()


def _covers(book: Rulebook, jurisdiction: int) -> bool:
    return book.scope is None or jurisdiction in book.scope
