"""Messages out: composed from the ledger when they leave, sealed to the peer and signed. And opened, when they come in.

Nothing composed is kept: the same message composed again has the same id, so the receiver takes it once.
"""

from typing import Any
from uuid import UUID

import cbor2

from epiloop.core.errors import N_, InvalidInput
from epiloop.operations.assistance import messages, sealing
from epiloop.operations.assistance.messages import Answered, Asked, Closed, Content, Envelope, Received
from epiloop.operations.assistance.minimal import Kind
from epiloop.operations.assistance.queries import messages as all_messages
from epiloop.runtime.histories import History
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.assistance import handing
from epiloop.runtime.requests.assistance.asking import Opened, unsealed, with_identity
from epiloop.runtime.requests.assistance.own import Partner, by_key, own_card, partner
from epiloop.runtime.requests.knowing import known

MOST = 50
"""Messages in one file."""


def compose(running: Running, history: History, what: str, *, asker: str) -> bytes:
    """A message about a request as it leaves now. Raises Refused without a card of our own, NotFound without a peer."""
    parts, told = running.parts, unsealed(running.parts, history)
    assert told.state.told is not None
    to = partner(parts, running.letters, told.state.told.peer)
    envelope = Envelope(
        sealing.id_of(own_card(running.letters).signing), to.id, told.state.told.request, what, parts.now()
    )
    text = messages.written(envelope, _content(parts, told, what, asker))
    return sealing.seal(text, running.letters.keys(), to.card, parts.randomness(sealing.ONCE_BYTES))


def file_of(running: Running, history: History, *, asker: str) -> tuple[bytes, tuple[str, ...]]:
    """All messages about a request that the other side should have, as a file to carry; and which they are."""
    state = unsealed(running.parts, history).state
    whats = all_messages(state)
    return cbor2.dumps([compose(running, history, what, asker=asker) for what in whats], canonical=True), whats


def messages_in(raw: bytes) -> list[bytes]:
    """The messages of a file. Raises InvalidInput if it is none."""
    if raw[:1] == b"\xd2":  # a single message: the CBOR tag of COSE_Sign1
        return [raw]
    try:
        found = cbor2.loads(raw) if len(raw) <= MOST * sealing.LONGEST else None
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError):
        found = None
    if not isinstance(found, list) or not 1 <= len(found) <= MOST or not all(isinstance(one, bytes) for one in found):
        raise InvalidInput(
            N_("This is not a file of messages of another installation."),
            remedy=N_("Choose the file that the other side gave you."),
        )
    return found


def opened(running: Running, raw: bytes) -> tuple[Partner, Envelope, Content]:
    """Who sent a message and what it says. Raises InvalidInput and Refused in clear words for whatever is wrong."""
    letter = sealing.read(raw)
    sender = by_key(running.parts, running.letters, letter.sender)
    text = sealing.open_letter(letter, running.letters.keys(), sender.card)
    envelope, content = messages.read(text)
    receiver = sealing.id_of(own_card(running.letters).signing)
    messages.check_envelope(envelope, sender=letter.sender, receiver=receiver, at=running.parts.now())
    return sender, envelope, content


def _content(parts: Parts, told: Opened, what: str, asker: str) -> Content:
    state = told.state
    assert state.told is not None
    assert state.made_at is not None
    if what == "request":
        return Asked(
            kind=state.told.asked,
            sender=state.jurisdiction,
            receiver=state.other,
            made_at=state.made_at,
            deadline=state.told.deadline,
            clause=state.told.clause,
            post=state.told.post,
            phone=state.told.phone,
            items=_items(parts, told, asker),
            note=told.note,
        )
    if what == "receipt":
        return Received(state.received_at or state.made_at)
    if what == "closed":
        return Closed(state.withdrawn)
    return Answered(tuple(state.answers[number] for number in sorted(state.answers)), told.answer)


def _items(parts: Parts, told: Opened, asker: str) -> tuple[dict[str, Any], ...]:
    """What is said of each person; the facts of people who are handed over are those known by now."""
    state = told.state
    assert state.told is not None
    facts = list(told.items)
    if state.told.asked is Kind.TAKE_OVER:
        facts = [_facts_now(parts, person, said, asker) for person, said in zip(state.told.people, facts, strict=True)]
    return with_identity(parts, asker, state.told.asked, state.told.people, facts)


def _facts_now(parts: Parts, person: UUID, said: Any, asker: str) -> dict[str, Any]:
    one = known(parts, By(asker, "transfer", "compose"), person, parts.now())
    return {"facts": handing.handed_over(one)} if handing.open_loops(one) else dict(said)
