"""Streams read back as histories: events with their bodies decoded, secret fields left sealed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Entry, Event, Json, decode
from epiloop.ledger.port import Head
from epiloop.runtime import capabilities  # noqa: F401 - registers every body class before anything is decoded
from epiloop.store.ledger import PgLedger


@dataclass(frozen=True, slots=True)
class History:
    """One stream as read: its head (None if it does not exist yet) and its entries."""

    stream: UUID
    kind: str
    head: Head | None = None
    entries: Sequence[Entry] = ()

    def sealed_of(self, ref: EventRef | None) -> bytes | None:
        """The sealed part of one of its events."""
        return self.entries[ref.version - 1].sealed if ref else None

    def grown(self, events: Sequence[Event], head: Head) -> "History":
        """The same history with events appended."""
        return History(self.stream, self.kind, head, (*self.entries, *map(entry_of, events)))


def load(ledger: PgLedger, streams: Mapping[UUID, str], *, lock: bool) -> dict[UUID, History]:
    """The histories of streams given as id -> kind; `lock` holds their heads until the transaction ends."""
    if not streams:
        return {}
    heads = ledger.heads(streams, lock=lock)
    return {stream: History(stream, kind) for stream, kind in streams.items()} | histories(ledger, heads.values())


def begin(
    ledger: PgLedger, key: str, streams: Mapping[UUID, str]
) -> tuple[Mapping[str, Json] | None, dict[UUID, History]]:
    """`load` for an act, heads locked; and what came of it, if the act with this key was done before."""
    result, heads, entries = ledger.begin(key, streams)
    read = {stream: History(stream, heads[stream].kind, heads[stream], entries.get(stream, [])) for stream in heads}
    return result, {stream: read.get(stream) or History(stream, kind) for stream, kind in streams.items()}


def histories(ledger: PgLedger, heads: Iterable[Head]) -> dict[UUID, History]:
    """The histories behind these heads."""
    wanted = list(heads)
    entries = ledger.entries([head.stream for head in wanted]) if wanted else {}
    return {head.stream: History(head.stream, head.kind, head, entries.get(head.stream, [])) for head in wanted}


def entry_of(event: Event) -> Entry:
    """The event with its body read; secret fields keep their defaults."""
    return Entry(
        EventRef(event.stream, event.version),
        decode(event.kind, event.kind_version, event.open),
        event.occurred_at,
        event.recorded_at,
        event.jurisdiction,
        event.source_key,
        event.sealed,
    )
