"""Messages in: what each brings about. All of a message is one act, done once however often the message comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import N_, Refused
from epiloop.core.ids import derived
from epiloop.core.jurisdictions import Code, short
from epiloop.ledger.events import Draft
from epiloop.operations.assistance import actions
from epiloop.operations.assistance import events as e
from epiloop.operations.assistance.messages import Answered, Asked, Closed, Content, Envelope, Received
from epiloop.operations.assistance.minimal import RULES, Kind, Result, facts_said, identity_of
from epiloop.operations.assistance.state import Request, fold
from epiloop.operations.investigation.events import HandedOver
from epiloop.registers.people.state import fold as fold_person
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.histories import load
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.runtime.requests.assistance import handing, letters
from epiloop.runtime.requests.assistance.asking import KIND
from epiloop.runtime.requests.assistance.own import Partner, own_card
from epiloop.store.ledger import PgLedger

PURPOSE = "case-investigation"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a message was: about which request of ours, which of its messages, and whether it had come before."""

    request: UUID
    what: str
    repeated: bool


def deliver(running: Running, raw: bytes) -> Delivered:
    """Take one message in. Raises InvalidInput and Refused in clear words; then nothing of it is kept."""
    sender, envelope, content = letters.opened(running, raw)
    by = By(f"peer:{sender.id.hex()}", PURPOSE, str(envelope.id))
    come = _Come(running, sender, envelope, by)
    if isinstance(content, Asked):
        done = _asked(come, content)
    elif isinstance(content, Closed):
        done = _closed(come, content)
    else:
        done = _answered(come, content)
    return Delivered(UUID(str(done.result["assistance"])), envelope.what, done.repeated or not done.events)


def deliver_file(running: Running, raw: bytes) -> list[Delivered]:
    """Take in a file of messages, in their order."""
    return [deliver(running, one) for one in letters.messages_in(raw)]


def incoming_id(sender: bytes, request: UUID) -> UUID:
    """The id under which a request of somebody else stands here."""
    return derived("assistance-in", sender.hex(), str(request))


@dataclass(frozen=True, slots=True)
class _Come:
    """A message that came: where, from whom, about what, in whose name."""

    running: Running
    sender: Partner
    envelope: Envelope
    by: By

    @property
    def parts(self) -> Parts:
        return self.running.parts

    @property
    def stream(self) -> UUID:
        """The request as it stands here, if it was made there."""
        return incoming_id(self.envelope.sender, self.envelope.request)


def _asked(come: _Come, told: Asked) -> Done:
    _check_places(come, told)
    stream, parts = come.stream, come.parts
    people = _people(come, told)
    body = e.AssistanceArrived(
        come.envelope.request,
        told.kind,
        told.deadline,
        told.clause,
        told.post,
        told.phone,
        people,
        come.sender.peer,
        tuple(facts_said(one) for one in told.items),
        told.note or None,
        sender=told.sender,
        made_at=told.made_at,
    )
    for one in told.items:
        handing.check_readable(one.get("facts", []))
    _keep_who(come, told, people)

    def decide(histories: Histories, at: datetime, _laws: Laws) -> Decision:
        known = histories[stream].head is not None
        drafts = [] if known else actions.arrive(stream, body, at=at, jurisdiction=told.receiver)
        return Decision(drafts, {"assistance": str(stream)})

    return carry_out(parts, come.by, {stream: KIND}, decide)


def _check_places(come: _Come, told: Asked) -> None:
    own = Partner(None, own_card(come.running.letters))
    if not come.sender.covers(told.sender):
        raise Refused(N_("The sender of this message does not stand for %(code)s."), code=short(Code(told.sender)))
    if not own.covers(told.receiver):
        raise Refused(
            N_("This request is for %(code)s, for which this installation does not stand."),
            code=short(Code(told.receiver)),
        )


def _people(come: _Come, told: Asked) -> tuple[UUID, ...]:
    """Ids of ours for those who are asked about; inside one installation they are whom they are."""
    if come.sender.peer is None:
        own = _state(come.parts, come.envelope.request).told
        return own.people if own else ()
    return tuple(derived("assistance-person", str(come.stream), str(n)) for n in range(1, len(told.items) + 1))


def _keep_who(come: _Come, told: Asked, people: Sequence[UUID]) -> None:
    """Who it is goes to the vault alone, before the act: what an act names can be looked up."""
    if come.sender.peer is None or not RULES[told.kind].identity:
        return
    if _state(come.parts, come.stream).told is not None:
        return
    who = {person: identity_of(one) for person, one in zip(people, told.items, strict=True)}
    come.parts.vault.put(who, jurisdictions=dict.fromkeys(people, told.receiver), key=str(come.envelope.id))


def _answered(come: _Come, told: Content) -> Done:
    """A receipt or results, of a request that we made to this sender."""
    stream = come.envelope.request
    state = _ours(come, _state(come.parts, stream))
    over = [_goes_on(come.parts, person) for person in _handed(state, told, come.envelope.round)]
    streams = {stream: KIND, **dict.fromkeys(over, "person")}

    def decide(histories: Histories, at: datetime, _laws: Laws) -> Decision:
        now = _ours(come, fold(stream, histories[stream].entries))
        drafts = _drafts(now, told, come.envelope, at)
        for person, answered_at in _handed(now, told, come.envelope.round).items():
            drafts += _hand_over(come, now, histories, _goes_on(come.parts, person), min(answered_at, at))
        return Decision(drafts, {"assistance": str(stream)})

    return carry_out(come.parts, come.by, streams, decide)


def _drafts(state: Request, told: Content, envelope: Envelope, at: datetime) -> list[Draft]:
    receipt = str(envelope.id)
    if isinstance(told, Received):
        return actions.receipt_came(state, receipt, at=_between(state, told.at, at))
    if isinstance(told, Answered):
        return actions.answer_came(state, told.answers, told.note or None, receipt, envelope.round, at=at)
    return []


def _between(state: Request, said: datetime, now: datetime) -> datetime:
    """When it happened there, on our clock: not before we asked, not ahead of now."""
    return min(max(said, state.made_at or said), now)


def _handed(state: Request, told: Content, number: int) -> dict[UUID, datetime]:
    """Whom the other side answers for from now on, and since when."""
    if state.told is None or state.told.asked is not Kind.TAKE_OVER or not isinstance(told, Answered):
        return {}
    if number <= state.heard or state.step == "closed":
        return {}
    known = state.answers
    return {
        state.told.people[one.number - 1]: one.at
        for one in told.answers
        if one.result is Result.TAKEN_OVER and 1 <= one.number <= state.people and known.get(one.number) != one
    }


def _hand_over(come: _Come, state: Request, histories: Histories, person: UUID, at: datetime) -> list[Draft]:
    """The evidence in the person's stream: with a peer it ends our loops, inside they go on in the other place."""
    own = fold_person(person, histories[person].entries)
    body = HandedOver(state.other, str(come.envelope.id), elsewhere=come.sender.peer is not None)
    return [Draft(person, body, at, own.jurisdiction, f"handed-over:{state.stream}")]


def _closed(come: _Come, told: Closed) -> Done:
    stream = come.stream
    state = _state(come.parts, stream)
    if state.told is None:
        raise Refused(
            N_("This message is about a request that has not arrived."), remedy=N_("Take the request itself in first.")
        )

    def decide(histories: Histories, at: datetime, _laws: Laws) -> Decision:
        now = fold(stream, histories[stream].entries)
        drafts = actions.closing_came(now, str(come.envelope.id), withdrawn=told.withdrawn, at=at)
        return Decision(drafts, {"assistance": str(stream)})

    done = carry_out(come.parts, come.by, {stream: KIND}, decide)
    if come.sender.peer is not None:
        forget_unregistered(come.parts, state)
    return done


def forget_unregistered(parts: Parts, state: Request) -> None:
    """Who was asked about and is no person of ours is nobody's business here any more: erased from the vault."""
    people = dict.fromkeys(state.told.people if state.told else (), "person")
    with parts.pool.connection() as connection:
        histories = load(PgLedger(connection), people, lock=False)
    parts.vault.erase([person for person, history in histories.items() if history.head is None])


def _ours(come: _Come, state: Request) -> Request:
    if state.told is None or not state.outgoing or state.told.peer != come.sender.peer:
        raise Refused(N_("This message is about no request that was made to its sender."))
    return state


def _state(parts: Parts, stream: UUID) -> Request:
    with parts.pool.connection() as connection:
        history = load(PgLedger(connection), {stream: KIND}, lock=False)[stream]
    return fold(stream, history.entries) if history.kind == KIND else Request(stream)


def _goes_on(parts: Parts, person: UUID) -> UUID:
    """The registration that goes on, if this one was merged into another meanwhile."""
    with parts.pool.connection() as connection:
        ledger = PgLedger(connection)
        while into := fold_person(person, load(ledger, {person: "person"}, lock=False)[person].entries).merged_into:
            person = into
    return person
