"""Do one act (办理): load the streams, decide, append, project - all in one transaction, once per key.

The same function serves one sample and five thousand: everything inside works on sets. Bulk work is a row of acts,
each with a key of its own, so that it can be broken off anywhere and taken up again.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from psycopg import Connection, errors

from epiloop.core.errors import N_, Conflict, Refused, Unavailable
from epiloop.ledger.events import Act, Body, Draft, Event, Json
from epiloop.ledger.port import Head, Sealed
from epiloop.runtime.histories import History, begin, load
from epiloop.runtime.inbox import seal_visits
from epiloop.runtime.parts import Parts
from epiloop.runtime.projecting import project
from epiloop.runtime.reactions import react
from epiloop.store import writing
from epiloop.store.ledger import PgLedger
from epiloop.vault.sealing import NONCE_BYTES, seal
from epiloop.vault.visits import Said

TRIES = 5
log = logging.getLogger("epiloop.acts")
Histories = Mapping[UUID, History]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for an act, for what purpose, under which idempotency key (the same key twice is one act)."""

    actor: str
    purpose: str
    key: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What an act decided: the events to write and the result to give back (and to repeat for the same key).

    `visits` go to the inbox of sealed visits in the act's transaction: itineraries, trips, households.
    """

    drafts: Sequence[Draft] = ()
    result: Mapping[str, Json] = field(default_factory=dict)
    visits: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it. `events` is empty when the act had been done before; `result` is the same."""

    result: Mapping[str, Json]
    events: Sequence[Event] = ()
    repeated: bool = False


Decide = Callable[[Histories, datetime], Decision]


def perform(parts: Parts, asked: Asked, streams: Mapping[UUID, str], decide: Decide) -> Done:
    """Carry out one act on the streams given as id -> kind. Whatever `decide` raises, nothing is written.

    Raises Conflict if others keep changing the same streams.
    """
    for _ in range(TRIES):
        try:
            with parts.pool.connection() as connection, connection.transaction():
                return _once(parts, connection, asked, streams, decide)
        except (Conflict, errors.DeadlockDetected, errors.SerializationFailure):
            continue
    raise Conflict(N_("Others keep changing the same records."), remedy=N_("Try again in a moment."))


def _once(parts: Parts, connection: Connection[Any], asked: Asked, streams: Mapping[UUID, str], decide: Decide) -> Done:
    ledger = PgLedger(connection)
    before, histories = begin(ledger, asked.key, streams)
    if before is not None:
        return Done(before, repeated=True)
    now = parts.now()
    return record(parts, connection, asked, histories, decide(histories, now), now)


def record(
    parts: Parts, connection: Connection[Any], asked: Asked, histories: Histories, decision: Decision, now: datetime
) -> Done:
    """Append what was decided, and what it brings about elsewhere, and project it. The histories are locked."""
    ledger = PgLedger(connection)
    drafts = react(connection, _unsaid(decision.drafts, histories), histories)
    everyone = {**histories, **load(ledger, _missing(drafts, histories), lock=True)}
    act = Act(parts.new_id(), asked.actor, asked.purpose, asked.key, now, decision.result)
    events = append(parts, ledger, act, drafts, everyone)
    writing.audit(connection, act, events, at=now)
    if decision.visits:
        _hand_in(parts, connection, decision.visits)
    project(parts.shelf, connection, _grown(everyone, events), new=_new(everyone))
    return Done(decision.result, events)


def _hand_in(parts: Parts, connection: Connection[Any], visits: Sequence[Said]) -> None:
    """The visits into the inbox; those of days of which nothing is kept any more stay where they were told only.

    All of them do where there are no days: collecting has ended, was not decided on anew, or the key service never
    announced any. What somebody told in an interview is never lost for that; it comes with a trace as the case's own.
    """
    try:
        seal_visits(parts, connection, visits)
    except Unavailable:
        log.warning("visits that are told only: %d; there are no days to seal them for", len(visits))
    except Refused as wrong:
        gone = set(cast("list[str]", wrong.values.get("visits", [])))
        seal_visits(parts, connection, [one for one in visits if str(UUID(bytes=one.visit)) not in gone])


def _unsaid(drafts: Sequence[Draft], histories: Histories) -> list[Draft]:
    """The drafts that their streams were not told under the same name: a message that comes twice causes nothing."""
    named = {draft.stream for draft in drafts if draft.source_key is not None}
    said = {(stream, entry.source_key) for stream in named & histories.keys() for entry in histories[stream].entries}
    fresh: list[Draft] = []
    for draft in drafts:
        if draft.source_key is None or (draft.stream, draft.source_key) not in said:
            fresh.append(draft)
            said.add((draft.stream, draft.source_key))
    return fresh


def append(parts: Parts, ledger: PgLedger, act: Act, drafts: Sequence[Draft], histories: Histories) -> list[Event]:
    """Seal the drafts and put them behind the heads of their streams."""
    heads = {stream: history.head for stream, history in histories.items() if history.head}
    return ledger.append(act, sealed(parts, _unsaid(drafts, histories), histories), heads, unsaid=True)


def sealed(parts: Parts, drafts: Sequence[Draft], histories: Histories) -> list[Sealed]:
    """The drafts with their secret parts sealed, each under its stream's key."""
    split = [(draft, *draft.body.parts()) for draft in drafts]
    secretive = {draft.stream for draft, _, secret in split if secret}
    keys = parts.vault.keys(secretive, create=True) if secretive else {}
    nonces = parts.randomness(NONCE_BYTES * len(split))
    return [
        Sealed(
            draft.stream,
            histories[draft.stream].kind,
            draft.body.kind,
            draft.body.kind_version,
            draft.occurred_at,
            draft.jurisdiction,
            draft.source_key,
            opened,
            _seal(draft, secret, keys, nonces[NONCE_BYTES * n : NONCE_BYTES * (n + 1)]) if secret else None,
        )
        for n, (draft, opened, secret) in enumerate(split)
    ]


def _seal(draft: Draft, secret: Mapping[str, Json], keys: Mapping[UUID, bytes], nonce: bytes) -> bytes:
    return seal(secret, keys[draft.stream], stream=draft.stream, kind=draft.body.kind, nonce=nonce)


def _missing(drafts: Iterable[Draft], histories: Histories) -> dict[UUID, str]:
    """Streams that a reaction wrote to and that were not loaded; reactions only reach people."""
    return {draft.stream: "person" for draft in drafts if draft.stream not in histories}


def _grown(histories: Histories, events: Sequence[Event]) -> list[History]:
    by_stream: dict[UUID, list[Event]] = {}
    for event in events:
        by_stream.setdefault(event.stream, []).append(event)
    return [
        histories[stream].grown(some, Head(stream, histories[stream].kind, some[-1].version, some[-1].hash))
        for stream, some in by_stream.items()
    ]


def _new(histories: Histories) -> frozenset[UUID]:
    return frozenset(stream for stream, history in histories.items() if history.head is None)


def one(stream: UUID, body: Body, at: datetime, code: int, source_key: str | None = None) -> Decision:
    """The decision to write a single event."""
    return Decision([Draft(stream, body, at, code, source_key)])
