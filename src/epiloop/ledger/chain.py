"""Chains: each event's hash covers the one before it in its stream; each seal's root covers the acts since the last.

All hashes are SHA-256 over length-prefixed parts, so no two different rows give the same bytes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from epiloop.core.errors import N_, Broken
from epiloop.ledger.events import Act, Event, Json
from epiloop.ledger.port import Head, Sealed

GENESIS = bytes(32)
"""`prev` of the first event of a stream and of the first seal."""


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Mapping[str, Json]) -> str:
    """The one text of a JSON object: the ledger stores this text and hashes it."""
    return _ENCODER.encode(value)


def _digest(*parts: bytes) -> bytes:
    return sha256(b"".join([len(part).to_bytes(4, "big") + part for part in parts])).digest()


def _micros(at: datetime) -> bytes:
    # Kept only of UTC: elsewhere two instants of the night when clocks go back are equal.
    return _written(at.astimezone(UTC))


@lru_cache(maxsize=10_000)
def _written(at: datetime) -> bytes:
    # An act has one instant of recording, and a file's facts happened at few.
    return at.isoformat(timespec="microseconds").encode()


def event_hash(prev: bytes, version: int, act: UUID, recorded_at: datetime, draft: Sealed, open_text: bytes) -> bytes:
    """The hash of an event: over its place in the stream, its act and everything it says, sealed part as ciphertext."""
    return _digest(
        prev,
        draft.stream.bytes,
        version.to_bytes(4, "big"),
        act.bytes,
        f"{draft.kind}/{draft.kind_version}/{draft.jurisdiction}".encode(),
        _micros(draft.occurred_at),
        _micros(recorded_at),
        (draft.source_key or "").encode(),
        open_text,
        draft.sealed or b"",
    )


class Extended(NamedTuple):
    """Events, the texts of their open parts as they were hashed, and where streams end now."""

    events: list[Event]
    texts: list[bytes]
    ends: dict[UUID, Head]


def extend(act: Act, drafts: Iterable[Sealed], heads: Mapping[UUID, Head]) -> Extended:
    """The events that put `drafts` behind `heads`, in order, and the new heads. Pure; used by every implementation."""
    ends = dict(heads)
    events: list[Event] = []
    texts: list[bytes] = []
    for draft in drafts:
        head = ends.get(draft.stream) or Head(draft.stream, draft.stream_kind, 0, GENESIS)
        version = head.version + 1
        text = canonical(draft.open).encode()
        hashed = event_hash(head.hash, version, act.id, act.recorded_at, draft, text)
        texts.append(text)
        events.append(
            Event(
                draft.stream,
                version,
                act.id,
                draft.kind,
                draft.kind_version,
                draft.occurred_at,
                act.recorded_at,
                draft.jurisdiction,
                draft.source_key,
                draft.open,
                draft.sealed,
                head.hash,
                hashed,
            )
        )
        ends[draft.stream] = Head(draft.stream, head.kind, version, hashed)
    return Extended(events, texts, ends)


def check_chain(events: Sequence[Event], stream_kind: str = "") -> None:
    """Raises Broken, naming stream and version, unless the events of one stream chain from their start."""
    prev = GENESIS
    for number, event in enumerate(events, start=1):
        text = canonical(event.open).encode()
        again = event_hash(prev, number, event.act, event.recorded_at, _as_draft(event, stream_kind), text)
        if (event.version, event.prev, event.hash) != (number, prev, again):
            raise Broken(
                N_("The chain of stream %(stream)s is broken at version %(version)s."),
                stream=event.stream,
                version=number,
            )
        prev = event.hash


def _as_draft(event: Event, stream_kind: str) -> Sealed:
    return Sealed(
        event.stream,
        stream_kind,
        event.kind,
        event.kind_version,
        event.occurred_at,
        event.jurisdiction,
        event.source_key,
        event.open,
        event.sealed,
    )


def act_digest(act: Act, events: Sequence[Event]) -> bytes:
    """What a seal covers of an act: itself and the hashes of its events."""
    return digest_of(act, [event.hash for event in events])


def digest_of(act: Act, hashes: Iterable[bytes]) -> bytes:
    """The same from the hashes alone, sorted: in which order an act's events were written is stored nowhere."""
    return _digest(
        act.id.bytes,
        act.actor.encode(),
        act.purpose.encode(),
        act.key.encode(),
        _micros(act.recorded_at),
        canonical(act.result).encode(),
        *sorted(hashes),
    )


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root of a binary Merkle tree (RFC 6962 shape: prefixes keep leaves and nodes apart)."""
    if not leaves:
        return sha256(b"").digest()
    level = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [sha256(b"\x01" + pair[0] + pair[1]).digest() if len(pair) > 1 else pair[0] for pair in pairs]
    return level[0]


@dataclass(frozen=True, slots=True)
class Seal:
    """One link of the chain of seals: the root over the acts sealed at `sealed_at`, chained to the seal before."""

    number: int
    sealed_at: datetime
    acts: int
    root: bytes
    prev: bytes
    hash: bytes


def seal(before: Seal | None, digests: Sequence[bytes], *, at: datetime) -> Seal:
    """The next seal over the given act digests."""
    number, prev = (before.number + 1, before.hash) if before else (1, GENESIS)
    root = merkle_root(digests)
    return Seal(number, at, len(digests), root, prev, _seal_hash(number, at, len(digests), root, prev))


def check_seal(before: Seal | None, this: Seal, digests: Sequence[bytes]) -> None:
    """Raises Broken unless `this` follows `before` and covers exactly these act digests."""
    if this != seal(before, digests, at=this.sealed_at):
        raise Broken(N_("Seal %(number)s does not cover the acts it names."), number=this.number)


def _seal_hash(number: int, at: datetime, acts: int, root: bytes, prev: bytes) -> bytes:
    return _digest(prev, number.to_bytes(8, "big"), _micros(at), acts.to_bytes(8, "big"), root)
