"""Making a request, and what people do with one: receive it with one tap, answer it, close or withdraw it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from epiloop.core.errors import N_, NotFound
from epiloop.ledger.events import Draft, Json
from epiloop.operations.assistance import actions
from epiloop.operations.assistance import events as e
from epiloop.operations.assistance.events import Answer
from epiloop.operations.assistance.minimal import RULES, Kind, item
from epiloop.operations.assistance.state import Request, fold
from epiloop.operations.duties.actions import acknowledge
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.capabilities import facts_of
from epiloop.runtime.histories import History, load
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By, carry_out, check_open
from epiloop.runtime.requests.assistance import handing
from epiloop.runtime.requests.knowing import known
from epiloop.runtime.requests.people import Known
from epiloop.store.ledger import PgLedger
from epiloop.vault.port import Identity
from epiloop.vault.sealing import unseal

ASK, ANSWER, READ, IDENTITY = "contact.write", "duty.write", "case.read", "person.identity"
"""The rights to make and close requests, to receive, send and answer them, to see them, and to see who it is."""
KIND = "instruction"

Decide = Callable[[Request, datetime, Laws], Sequence[Draft]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for. `people` are ours; `given` is typed for each (a sample, a part of an itinerary)."""

    kind: Kind
    jurisdiction: int
    receiver: int
    deadline: datetime
    clause: str
    post: str
    phone: str
    people: tuple[UUID, ...]
    peer: UUID | None = None
    note: str = ""
    given: Mapping[UUID, Mapping[str, Json]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A request with what is sealed of it. Its text form shows nothing of that."""

    state: Request
    items: tuple[Mapping[str, Any], ...] = field(repr=False)
    note: str = field(repr=False)
    answer: str = field(default="", repr=False)
    """The note of the last answer."""


def ask(parts: Parts, by: By, wanted: Wanted) -> Done:
    """Make a request; `assistance` in the result is its id. It leaves by itself, or as a file.

    Raises NotAllowed, NotFound for people out of reach, InvalidInput and Refused with the reason.
    """
    by.check(ASK, wanted.jurisdiction)
    stream = by.new_id("assistance")
    now = parts.now()
    told = e.AssistanceAsked(
        stream,
        wanted.kind,
        wanted.deadline,
        wanted.clause.strip(),
        wanted.post.strip(),
        wanted.phone.strip(),
        wanted.people,
        wanted.peer,
        items_of(parts, by, wanted.kind, wanted.people, wanted.given, at=now),
        wanted.note.strip() or None,
        receiver=wanted.receiver,
    )
    check_open(e.AssistanceAsked(**{**told.__dict__, "phone": "", "items": ()}))

    def decide(_histories: Histories, at: datetime, _laws: Laws) -> Decision:
        drafts = actions.ask(stream, told, at=at, jurisdiction=wanted.jurisdiction)
        return Decision(drafts, {"assistance": str(stream)})

    return carry_out(parts, by, {stream: KIND}, decide)


def items_of(
    parts: Parts,
    by: By,
    kind: Kind,
    people: Sequence[UUID],
    given: Mapping[UUID, Mapping[str, Json]],
    *,
    at: datetime,
) -> tuple[dict[str, Json], ...]:
    """What is said of each person, as things stand now. The vault logs whose identity was read."""
    known_ones: list[Known] = [known(parts, by, person, at) for person in people]
    facts = [handing.facts_for(kind, one, given.get(one.person.person, {})) for one in known_ones]
    return with_identity(parts, by.actor, kind, people, facts)


def with_identity(
    parts: Parts, asker: str, kind: Kind, people: Sequence[UUID], facts: Sequence[Mapping[str, Json]]
) -> tuple[dict[str, Json], ...]:
    """The facts with who it is, as much of that as the kind needs."""
    purpose = "transfer" if kind is Kind.TAKE_OVER else "case-investigation"
    who = parts.vault.reveal(list(people), asker=asker, purpose=purpose) if RULES[kind].identity else {}
    return tuple(item(kind, who.get(one, Identity()), said) for one, said in zip(people, facts, strict=True))


def receive(parts: Parts, by: By, stream: UUID) -> Done:
    """One tap: the request is received (签收); the receipt leaves by itself, or as a file."""
    return act(parts, by, stream, ANSWER, lambda state, at, _: actions.receive(state, at=at))


def answer(parts: Parts, by: By, stream: UUID, answers: Sequence[Answer], note: str = "") -> Done:
    """Results of some people. Who is taken over is answered by `taking.take_up`."""
    return act(parts, by, stream, ANSWER, lambda state, at, _: actions.answer(state, answers, note or None, at=at))


def close(parts: Parts, by: By, stream: UUID, *, withdrawn: bool = False, reason: str = "") -> Done:
    """We are done with our request, or withdraw it."""

    def decide(state: Request, at: datetime, _laws: Laws) -> Sequence[Draft]:
        return actions.close(state, reason or None, at=at, withdrawn=withdrawn)

    return act(parts, by, stream, ASK, decide)


def take(parts: Parts, by: By, stream: UUID, loop: str, duty: str, *, login: str) -> Done:
    """Sign for a duty about a request."""

    def decide(histories: Histories, at: datetime, laws: Laws) -> Decision:
        state = _found(stream, histories[stream])
        by.check(ANSWER, state.jurisdiction)
        plan = laws.plan(facts_of(histories[stream].entries), state.jurisdiction)
        return Decision(
            [acknowledge(plan.duties, stream, state.jurisdiction, loop, duty, by=login, at=at)],
            {"assistance": str(stream), "loop": loop, "duty": duty},
        )

    return carry_out(parts, by, {stream: KIND}, decide)


def act(parts: Parts, by: By, stream: UUID, right: str, decide: Decide) -> Done:
    """An act in a request's stream by somebody who holds the right in its jurisdiction. Raises NotFound."""

    def decide_now(histories: Histories, now: datetime, laws: Laws) -> Decision:
        state = _found(stream, histories[stream])
        if not by.can(READ, state.jurisdiction):
            raise no_such_request()
        by.check(right, state.jurisdiction)
        return Decision(decide(state, now, laws), {"assistance": str(stream)})

    return carry_out(parts, by, {stream: KIND}, decide_now)


def opened(parts: Parts, by: By, stream: UUID) -> Opened:
    """A request with what is said of the people, without who they are. Raises NotFound for one out of reach."""
    history = history_of(parts, stream)
    state = _found(stream, history)
    if not by.can(READ, state.jurisdiction):
        raise no_such_request()
    return unsealed(parts, history, by)


def covered(parts: Parts, by: By, stream: UUID) -> Opened:
    """A request with nothing opened, for while the key service is away. Raises NotFound for one out of reach."""
    history = history_of(parts, stream)
    state = _found(stream, history)
    if not by.can(READ, state.jurisdiction):
        raise no_such_request()
    return _with_key(history, state, None)


def unsealed(parts: Parts, history: History, by: By | None = None) -> Opened:
    """A request with what is sealed of it. Whoever reads it is in the key service's log first (PRIVACY R11); `by` None
    is this program, which sends it on.
    """
    state = _found(history.stream, history)
    vault, wanted = parts.vault, [history.stream]
    keys = vault.unlock(wanted, asker=by.actor, purpose=by.purpose) if by else vault.keys(wanted, create=False)
    return _with_key(history, state, keys.get(history.stream))


def _with_key(history: History, state: Request, key: bytes | None) -> Opened:
    told = _open(history, state.said_at, key)
    noted = [entry for entry in history.entries if isinstance(entry.body, e.AssistanceAnswered) and entry.sealed]
    last = _open(history, noted[-1].ref.version, key).get("note", "") if noted else ""
    items = told.get("items") or [{} for _ in range(state.people)]
    return Opened(state, tuple(items), str(told.get("note", "")), str(last))


def people_known(parts: Parts, by: By, opened_one: Opened) -> dict[UUID, Identity]:
    """Who the people of a request are, after the vault has logged the look."""
    state = opened_one.state
    by.check(IDENTITY, state.jurisdiction)
    if state.told is None:
        return {}
    ids = {*state.told.people, *state.matched.values()}
    return parts.vault.reveal(sorted(ids), asker=by.actor, purpose=by.purpose)


def is_request(parts: Parts, stream: UUID) -> bool:
    """Whether an id is a request's."""
    with parts.pool.connection() as connection:
        return load(PgLedger(connection), {stream: "person"}, lock=False)[stream].kind == KIND


def history_of(parts: Parts, stream: UUID) -> History:
    """The history of a request. Raises NotFound if there is none."""
    with parts.pool.connection() as connection:
        history = load(PgLedger(connection), {stream: KIND}, lock=False)[stream]
    _found(stream, history)
    return history


def no_such_request() -> NotFound:
    """What is raised for an id that is no request's, or one of another jurisdiction."""
    return NotFound(N_("There is no such request."), remedy=N_("Choose it from the list."))


def _found(stream: UUID, history: History) -> Request:
    state = fold(stream, history.entries) if history.head and history.kind == KIND else Request(stream)
    if state.told is None:
        raise no_such_request()
    return state


def _open(history: History, version: int, key: bytes | None) -> dict[str, Any]:
    entry = history.entries[version - 1]
    if entry.sealed is None or key is None:
        return {}
    return dict(unseal(entry.sealed, key, stream=history.stream, kind=entry.body.kind))
