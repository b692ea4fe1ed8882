"""Drafts as the ledger would give them back: what tests of capabilities feed to `fold`."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Draft, Entry, decode

START = datetime(2022, 7, 1, 8, tzinfo=UTC)


def recorded(drafts: Iterable[Draft], *, start: datetime = START) -> list[Entry]:
    """The drafts as entries, a second apart, each body once through its stored form; repeated source keys left out."""
    versions: Counter[UUID] = Counter()
    seen: set[tuple[UUID, str]] = set()
    entries = []
    for number, draft in enumerate(drafts):
        if draft.source_key is not None:
            if (draft.stream, draft.source_key) in seen:
                continue
            seen.add((draft.stream, draft.source_key))
        versions[draft.stream] += 1
        open_part, secret_part = draft.body.parts()
        body = decode(draft.body.kind, draft.body.kind_version, open_part | secret_part)
        ref = EventRef(draft.stream, versions[draft.stream])
        entries.append(Entry(ref, body, draft.occurred_at, start + timedelta(seconds=number), draft.jurisdiction))
    return entries
