"""The port of the ledger. One contract suite (tests/ledger/contract.py) runs on every implementation."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from epiloop.ledger.events import Act, Event, Json


class Head(NamedTuple):
    """The end of one stream: its kind (a SubjectKind or a book-keeping kind), last version and last hash."""

    stream: UUID
    kind: str
    version: int
    hash: bytes


class Sealed(NamedTuple):
    """A draft whose secret part is already sealed: what `append` takes. No plaintext crosses the port."""

    stream: UUID
    stream_kind: str
    kind: str
    kind_version: int
    occurred_at: datetime
    jurisdiction: int
    source_key: str | None
    open: Mapping[str, Json]
    sealed: bytes | None


class Ledger(Protocol):
    """Append-only streams of events in acts. All calls stand inside one transaction of the caller."""

    def result_of(self, key: str) -> Mapping[str, Json] | None:
        """The result of the act with this idempotency key, or None if there was none."""
        ...

    def heads(self, streams: Iterable[UUID], *, lock: bool) -> dict[UUID, Head]:
        """The heads of those streams that exist; `lock` takes them in id order until the transaction ends."""
        ...

    def append(self, act: Act, drafts: Sequence[Sealed], heads: Mapping[UUID, Head]) -> list[Event]:
        """Write the act and its events behind the given heads, in order.

        A draft whose (stream, source_key) exists already is left out: the same message twice is one fact.
        Raises Conflict if a stream's head is not the given one (absent = new stream), and if the key was used.
        """
        ...

    def read(self, stream: UUID, *, known_at: datetime | None = None) -> list[Event]:
        """The events of a stream in recorded order, those recorded up to `known_at`; empty if unknown."""
        ...
