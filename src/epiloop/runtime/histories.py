"""Streams read back as histories: events with their bodies decoded, secret fields left sealed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Entry, Event, decode
from epiloop.ledger.port import Head
from epiloop.runtime import capabilities  # noqa: F401 - registers every body class before anything is decoded
from epiloop.store.ledger import PgLedger


@dataclass(frozen=True, slots=True)
class History:
    """One stream as read: its head (None if it does not exist yet), entries and the events they came from."""

    stream: UUID
    kind: str
    head: Head | None = None
    entries: Sequence[Entry] = ()
    events: Sequence[Event] = field(default=(), repr=False)

    def sealed_of(self, ref: EventRef | None) -> bytes | None:
        """The sealed part of one of its events."""
        return self.events[ref.version - 1].sealed if ref else None

    def grown(self, events: Sequence[Event], head: Head) -> "History":
        """The same history with events appended."""
        entries = (*self.entries, *map(entry_of, events))
        return History(self.stream, self.kind, head, entries, (*self.events, *events))


def load(ledger: PgLedger, streams: Mapping[UUID, str], *, lock: bool) -> dict[UUID, History]:
    """The histories of streams given as id -> kind; `lock` holds their heads until the transaction ends."""
    heads = ledger.heads(streams, lock=lock)
    events = ledger.read_many(heads) if heads else {}
    return {
        stream: _history(stream, kind, heads.get(stream), events.get(stream, [])) for stream, kind in streams.items()
    }


def entry_of(event: Event) -> Entry:
    """The event with its body read; secret fields keep their defaults."""
    body = decode(event.kind, event.kind_version, event.open)
    ref = EventRef(event.stream, event.version)
    return Entry(ref, body, event.occurred_at, event.recorded_at, event.jurisdiction)


def entries_of(events: Iterable[Event]) -> list[Entry]:
    """Several events with their bodies read."""
    return [entry_of(event) for event in events]


def _history(stream: UUID, kind: str, head: Head | None, events: Sequence[Event]) -> History:
    return History(stream, head.kind if head else kind, head, entries_of(events), events)
