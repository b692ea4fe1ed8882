"""The ledger port on PostgreSQL. One object lives inside one transaction of the engine role."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from json import JSONDecoder
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor, errors
from psycopg.types.json import Json as AsJson

from epiloop.core.errors import N_, Conflict
from epiloop.core.subjects import EventRef
from epiloop.ledger.chain import Seal, act_digest, canonical, extend, seal
from epiloop.ledger.events import Act, Entry, Event, Json, decoder
from epiloop.ledger.port import Head, Sealed
from epiloop.store import binary
from epiloop.store.named import queries
from epiloop.vault.port import LedgerEnd

Q = queries("ledger")
parsed = JSONDecoder().raw_decode
EVENT_TYPES = (
    "uuid",
    "int4",
    "uuid",
    "text",
    "int2",
    "timestamptz",
    "timestamptz",
    "int8",
    "text",
    "bytea",  # the text of the open part, ready to send
    "bytea",
    "bytea",
    "bytea",
)
OPEN = Event._fields.index("open")


class PgLedger:
    """A `port.Ledger` on one open connection whose transaction the caller begins and ends."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection

    def result_of(self, key: str) -> Mapping[str, Json] | None:
        row = self.connection.execute(Q["result_of"], {"key": key}).fetchone()
        return row[0] if row else None

    def heads(self, streams: Iterable[UUID], *, lock: bool) -> dict[UUID, Head]:
        query = Q["heads_locked"] if lock else Q["heads"]
        rows = self.connection.execute(query, {"ids": sorted(streams)})
        return {row[0]: Head(*row) for row in rows}

    def append(
        self, act: Act, drafts: Sequence[Sealed], heads: Mapping[UUID, Head], *, unsaid: bool = False
    ) -> list[Event]:
        """As the port says. `unsaid`: the caller has read the streams and left out what they were told before."""
        events, texts, ends = extend(act, drafts if unsaid else self._new(drafts), heads)
        moved = {event.stream: ends[event.stream] for event in events}
        try:
            self._copy(events, texts)
            with self.connection.pipeline():  # one way to the server and back, not one for each
                done = [self._insert_act(act, events), *self._move_heads(moved, heads)]
        except errors.UniqueViolation as error:
            raise _conflict() from error
        if sum(cursor.rowcount for cursor in done) != 1 + len(moved):
            raise _conflict()
        return events

    def read(self, stream: UUID, *, known_at: datetime | None = None) -> list[Event]:
        return self.read_many([stream], known_at=known_at).get(stream, [])

    def read_many(self, streams: Iterable[UUID], *, known_at: datetime | None = None) -> dict[UUID, list[Event]]:
        """The events of several streams at once, each in recorded order."""
        found: dict[UUID, list[Event]] = {}
        for row in self.connection.execute(Q["read"], {"ids": list(streams), "known_at": known_at}, binary=True):
            found.setdefault(row[0], []).append(Event(*row))
        return found

    def entries(self, streams: Iterable[UUID]) -> dict[UUID, list[Entry]]:
        """The same with bodies read, without what only the chain needs: what histories are made of."""
        return _entries(self.connection.execute(Q["read_entries"], {"ids": list(streams)}, binary=True).fetchall())

    def begin(
        self, key: str, streams: Iterable[UUID]
    ) -> tuple[Mapping[str, Json] | None, dict[UUID, Head], dict[UUID, list[Entry]]]:
        """What an act asks first, in one way to the server: `result_of` its key, locked `heads`, `entries`."""
        ids = sorted(streams)
        with self.connection.pipeline():
            result = self.connection.execute(Q["result_of"], {"key": key})
            heads = self.connection.execute(Q["heads_locked"], {"ids": ids})
            entries = self.connection.execute(Q["read_entries"], {"ids": ids}, binary=True)
        done = result.fetchone()
        return done[0] if done else None, {row[0]: Head(*row) for row in heads}, _entries(entries.fetchall())

    def _new(self, drafts: Sequence[Sealed]) -> list[Sealed]:
        """The drafts whose source key their stream does not have yet; of equal ones in the list, the first."""
        named = {(draft.stream, draft.source_key): draft for draft in reversed(drafts) if draft.source_key is not None}
        if not named:
            return list(drafts)
        asked = {"streams": [name[0] for name in named], "keys": [name[1] for name in named]}
        for row in self.connection.execute(Q["known_source_keys"], asked):
            del named[row[0], row[1]]
        return [d for d in drafts if d.source_key is None or named.get((d.stream, d.source_key)) is d]

    def _insert_act(self, act: Act, events: Sequence[Event]) -> Cursor[Any]:
        row = {
            "id": act.id,
            "actor": act.actor,
            "purpose": act.purpose,
            "key": act.key,
            "recorded_at": act.recorded_at,
            "result": AsJson(act.result, canonical),
            "digest": act_digest(act, events),
        }
        return self.connection.execute(Q["insert_act"], row)

    def _copy(self, events: Sequence[Event], texts: Sequence[bytes]) -> None:
        rows = [(*event[:OPEN], text, *event[OPEN + 1 :]) for event, text in zip(events, texts, strict=True)]
        binary.copy(self.connection.cursor(), Q["copy_events"].encode(), [binary.packed(EVENT_TYPES, rows)])

    def _move_heads(self, ends: Mapping[UUID, Head], before: Mapping[UUID, Head]) -> Iterator[Cursor[Any]]:
        new = {stream: head for stream, head in ends.items() if stream not in before}
        moved = {stream: head for stream, head in ends.items() if stream in before}
        if new:
            yield self.connection.execute(Q["new_heads"], _columns(new))
        if moved:
            hashes = [before[stream].hash for stream in moved]
            yield self.connection.execute(Q["move_heads"], {**_columns(moved), "before": hashes})


def _entries(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, list[Entry]]:
    """Events as `read_entries` gives them, stream by stream."""
    found: dict[UUID, list[Entry]] = {}
    last, entries = -1, list[Entry]()
    for stream, version, kind, kind_version, text, *rest in rows:
        if stream.int != last:
            last, entries = stream.int, []
            found[stream] = entries
        body = decoder(kind, kind_version)(parsed(text)[0])
        entries.append(Entry(EventRef(stream, version), body, *rest))
    return found


def _columns(heads: Mapping[UUID, Head]) -> dict[str, list[Any]]:
    return {
        "ids": list(heads),
        "kinds": [head.kind for head in heads.values()],
        "versions": [head.version for head in heads.values()],
        "hashes": [head.hash for head in heads.values()],
    }


def seal_acts(connection: Connection[Any], *, at: datetime, limit: int = 10_000) -> Seal | None:
    """Chain the next seal over the acts waiting for one; None if none waits. Own transaction of the caller."""
    connection.execute(Q["lock_seals"])
    waiting = connection.execute(Q["unsealed"], {"limit": limit}).fetchall()
    if not waiting:
        return None
    last = connection.execute(Q["last_seal"]).fetchone()
    made = seal(Seal(*last) if last else None, [bytes(row[1]) for row in waiting], at=at)
    acts = [row[0] for row in waiting]
    fields = ("number", "sealed_at", "acts", "root", "prev", "hash")
    connection.execute(Q["insert_seal"], {name: getattr(made, name) for name in fields})
    connection.execute(Q["insert_seal_acts"], {"number": made.number, "acts": acts})
    connection.execute(Q["forget_unsealed"], {"acts": acts})
    return made


def seals(connection: Connection[Any]) -> list[Seal]:
    """All seals in order."""
    return [Seal(*row) for row in connection.execute(Q["seals"], binary=True)]


def day_ends(connection: Connection[Any], *, after: int, since: datetime, until: datetime) -> list[LedgerEnd]:
    """The last seal of each day (UTC) between two midnights, of seals after a number; the earliest first."""
    asked = {"after": after, "since": since, "until": until}
    return [LedgerEnd(*row) for row in connection.execute(Q["day_ends"], asked, binary=True)]


def seal_hashes(connection: Connection[Any], numbers: Sequence[int]) -> dict[int, bytes]:
    """The hashes of these seals, as far as there are such."""
    rows = connection.execute(Q["seal_hashes"], {"numbers": list(numbers)}, binary=True)
    return {row[0]: row[1] for row in rows}


def seal_digests(connection: Connection[Any], number: int) -> list[bytes]:
    """The digests of the acts under a seal, in the order they were sealed."""
    return [row[0] for row in connection.execute(Q["sealed_digests"], {"number": number}, binary=True)]


def _conflict() -> Conflict:
    return Conflict(N_("Somebody else changed this first."), remedy=N_("Load it again and repeat."))
