"""The in-memory twin of the ledger: obvious, for tests and for what-if copies. Same contract as PostgreSQL's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import N_, Conflict
from epiloop.ledger.chain import extend
from epiloop.ledger.events import Act, Event, Json
from epiloop.ledger.port import Head, Sealed


class MemoryLedger:
    """A `port.Ledger` in dictionaries; one caller at a time, so locks mean nothing here."""

    def __init__(self) -> None:
        self.acts: dict[str, Act] = {}
        self.streams: dict[UUID, list[Event]] = {}
        self._heads: dict[UUID, Head] = {}

    def result_of(self, key: str) -> Mapping[str, Json] | None:
        act = self.acts.get(key)
        return act.result if act else None

    def heads(self, streams: Iterable[UUID], *, lock: bool) -> dict[UUID, Head]:  # noqa: ARG002 - nobody to lock out
        return {stream: self._heads[stream] for stream in streams if stream in self._heads}

    def append(self, act: Act, drafts: Sequence[Sealed], heads: Mapping[UUID, Head]) -> list[Event]:
        streams = {draft.stream for draft in drafts}
        if act.key in self.acts or any(self._heads.get(stream) != heads.get(stream) for stream in streams):
            raise Conflict(N_("Somebody else changed this first."), remedy=N_("Load it again and repeat."))
        events, _, ends = extend(act, self._new(drafts), heads)
        self.acts[act.key] = act
        self._heads.update(ends)
        for event in events:
            self.streams.setdefault(event.stream, []).append(event)
        return events

    def _new(self, drafts: Sequence[Sealed]) -> list[Sealed]:
        known = {(stream, event.source_key) for stream in self.streams for event in self.streams[stream]}
        fresh: list[Sealed] = []
        for draft in drafts:
            name = (draft.stream, draft.source_key)
            if draft.source_key is None or name not in known:
                known.add(name)
                fresh.append(draft)
        return fresh

    def read(self, stream: UUID, *, known_at: datetime | None = None) -> list[Event]:
        events = self.streams.get(stream, [])
        return [event for event in events if known_at is None or event.recorded_at <= known_at]
