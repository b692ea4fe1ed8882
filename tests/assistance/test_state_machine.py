"""However messages are lost, doubled and overtaken: both sides come to know the same, and nothing goes back."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epiloop.core.errors import EpiloopError, InvalidInput, Refused
from epiloop.core.jurisdictions import code
from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Draft, Entry
from epiloop.operations.assistance import actions, messages, minimal, peers, sealing
from epiloop.operations.assistance import events as e
from epiloop.operations.assistance.events import Answer
from epiloop.operations.assistance.minimal import Kind, Result
from epiloop.operations.assistance.peers import OwnKeys
from epiloop.operations.assistance.queries import messages as all_messages
from epiloop.operations.assistance.state import STEPS, Request, fold

START = datetime(2022, 7, 1, 1, 0, tzinfo=UTC)
NEAR, FAR = int(code("450226")), int(code("330783"))
OUT, IN = UUID(int=1), UUID(int=2)
KEYS = OwnKeys(bytes(range(32)), bytes(range(32, 64)))
OTHER = OwnKeys(bytes(range(64, 96)), bytes(range(96, 128)))
THIRD = OwnKeys(bytes(range(128, 160)), bytes(range(160, 192)))


@dataclass
class Side:
    """One side without a database: its events, and the messages it has written so far."""

    stream: UUID
    entries: list[Entry] = field(default_factory=list)
    steps: list[str] = field(default_factory=lambda: ["new"])

    @property
    def state(self) -> Request:
        return fold(self.stream, self.entries)

    def write(self, drafts: list[Draft]) -> None:
        said = {entry.source_key for entry in self.entries} - {None}
        for draft in drafts:
            if draft.source_key not in said:
                ref = EventRef(self.stream, len(self.entries) + 1)
                self.entries.append(
                    Entry(ref, draft.body, draft.occurred_at, draft.occurred_at, draft.jurisdiction, draft.source_key)
                )
                self.steps.append(self.state.step)


def begun(people: int) -> tuple[Side, Side]:
    ids = tuple(UUID(int=100 + n) for n in range(people))
    words = ("clause", "post", "0772-1")
    items = tuple({"name": f"n{n}", "facts": []} for n in range(people))
    deadline = START + timedelta(hours=8)
    told = e.AssistanceAsked(OUT, Kind.TAKE_OVER, deadline, *words, ids, UUID(int=9), items, receiver=FAR)
    near, far = Side(OUT), Side(IN)
    near.write(actions.ask(OUT, told, at=START, jurisdiction=NEAR))
    come = e.AssistanceArrived(OUT, Kind.TAKE_OVER, deadline, *words, ids, UUID(int=8), sender=NEAR, made_at=START)
    far.write(actions.arrive(IN, come, at=START, jurisdiction=FAR))
    return near, far


DEEDS = st.one_of(
    st.tuples(st.just("receive"), st.just(0), st.just(Result.REFUSED)),
    st.tuples(st.just("answer"), st.integers(1, 3), st.sampled_from([Result.REFUSED, Result.TAKEN_OVER])),
    st.tuples(st.sampled_from(["close", "withdraw"]), st.just(0), st.just(Result.REFUSED)),
    st.tuples(st.just("deliver"), st.integers(0, 20), st.just(Result.REFUSED)),
)


@settings(max_examples=150, deadline=None)
@given(deeds=st.lists(DEEDS, max_size=25))
def test_both_sides_come_to_know_the_same(deeds: list[tuple[str, int, Result]]) -> None:
    near, far = begun(3)
    sent: list[tuple[str, object]] = []
    for turn, (deed, number, result) in enumerate(deeds):
        at = START + timedelta(minutes=turn + 1)
        try:
            _do(near, far, sent, deed, number, result, at)
        except EpiloopError:
            continue
        sent += [message for message in _written(far) if message not in sent]
    for message in sent:
        _deliver(near, message, START + timedelta(hours=9))
    for side in (near, far):
        for before, after in zip(side.steps, side.steps[1:], strict=False):
            assert after == before or after in STEPS[before], side.steps
    known = {n: one.result for n, one in near.state.answers.items()}
    theirs = {n: one.result for n, one in far.state.answers.items()}
    assert known.items() <= _ever_said(far)  # once closed, an answer that is changed afterwards is not taken any more
    if near.state.step != "closed":
        assert known == theirs
    if near.state.withdrawn:
        assert Result.TAKEN_OVER not in known.values()


def _ever_said(far: Side) -> set[tuple[int, Result]]:
    bodies = [entry.body for entry in far.entries if isinstance(entry.body, e.AssistanceAnswered)]
    return {said for body in bodies for said in zip(body.numbers, body.results, strict=True)}


def _do(near: Side, far: Side, sent: list, deed: str, number: int, result: Result, at: datetime) -> None:
    if deed == "receive":
        far.write(actions.receive(far.state, at=at))
    elif deed == "answer":
        far.write(actions.answer(far.state, [Answer(number, result, at)], None, at=at))
    elif deed == "deliver":
        if sent:
            _deliver(near, sent[number % len(sent)], at)
    else:
        near.write(actions.close(near.state, None, at=at, withdrawn=deed == "withdraw"))


def _written(far: Side) -> list[tuple[str, object]]:
    state = far.state
    return [
        (what, state.received_at if what == "receipt" else tuple(state.answers[n] for n in sorted(state.answers)))
        for what in all_messages(state)
    ]


def _deliver(near: Side, message: tuple[str, object], at: datetime) -> None:
    what, content = message
    state = near.state
    if what == "receipt":
        near.write(actions.receipt_came(state, what, at=at))
    else:
        older = what in {entry.source_key for entry in near.entries}
        if not older:
            near.write(actions.answer_came(state, content, None, what, int(what.partition("-")[2]), at=at))  # type: ignore[arg-type]


def test_a_letter_opens_for_its_receiver_only_and_only_as_its_sender_wrote_it() -> None:
    far_card, _ = sealing.card_of(OTHER, "far", (FAR,))
    near_card, _ = sealing.card_of(KEYS, "near", (NEAR,))
    third_card, _ = sealing.card_of(THIRD, "third", (NEAR,))
    raw = sealing.seal(b"who and where", KEYS, far_card, bytes(range(7, 39)))
    assert b"who and where" not in raw
    assert sealing.open_letter(sealing.read(raw), OTHER, near_card) == b"who and where"
    with pytest.raises(Refused, match="another installation"):
        sealing.open_letter(sealing.read(raw), THIRD, near_card)
    with pytest.raises(Refused, match="signature"):
        sealing.open_letter(sealing.read(raw), OTHER, third_card)
    stolen = _signed_anew(raw)
    with pytest.raises(Refused, match="not sealed to this installation by its sender"):
        sealing.open_letter(sealing.read(stolen), OTHER, third_card)


def _signed_anew(raw: bytes) -> bytes:
    """The ciphertext of another, signed by a third as its own."""
    import cbor2
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    letter, key = sealing.read(raw), Ed25519PrivateKey.from_private_bytes(THIRD.signing)
    name = sealing.id_of(key.public_key().public_bytes_raw())
    header = cbor2.dumps({1: -8, 4: name, 16: sealing.TYPE}, canonical=True)
    signed = cbor2.dumps(["Signature1", header, b"", letter.payload], canonical=True)
    return cbor2.dumps(cbor2.CBORTag(18, [header, {}, letter.payload, key.sign(signed)]), canonical=True)


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_no_altered_bit_passes(place: int, bit: int) -> None:
    far_card, _ = sealing.card_of(OTHER, "far", (FAR,))
    near_card, _ = sealing.card_of(KEYS, "near", (NEAR,))
    raw = bytearray(sealing.seal(b"x" * 50, KEYS, far_card, bytes(range(7, 39))))
    raw[place % len(raw)] ^= 1 << bit
    with pytest.raises((InvalidInput, Refused)):
        sealing.open_letter(sealing.read(bytes(raw)), OTHER, near_card)


def test_a_card_that_was_changed_is_refused() -> None:
    card, signature = sealing.card_of(KEYS, "Near county", (NEAR,), "https://near.example.org")
    raw = peers.written(card, signature)
    assert peers.read(raw) == card
    with pytest.raises(InvalidInput):
        peers.read(raw.replace(b"450226", b"450227"))
    for address in ("http://near.example.org", "ftp://x.org", "https://a:b@x.org"):
        with pytest.raises(InvalidInput):
            peers.check_address(address)


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_takes_what_it_needs_and_nothing_more(kind: Kind) -> None:
    everything = {"disease": "covid-19", "ring": 1, "last_exposure": "2022-06-29", "sample": "T1", "taken_on": None}
    everything |= {"place": "market", "since": "9", "until": "10", "facts": []}
    who = minimal.Identity("n", (("id-card", "1"),), ("2",), "here")
    said = minimal.item(kind, who, everything)
    minimal.check_items(kind, [said])
    rule = minimal.RULES[kind]
    assert said.keys() <= rule.identity | rule.facts
    for name in ("disease", "address", "place", "diagnosis"):
        if name not in said:
            with pytest.raises(InvalidInput, match="does not say"):
                minimal.check_items(kind, [{**said, name: "x"}])


def test_a_message_reads_as_it_was_written() -> None:
    envelope = messages.Envelope(b"1" * 8, b"2" * 8, OUT, "answer-2", START)
    told = messages.Answered((Answer(1, Result.ELSEWHERE, START, FAR), Answer(2, Result.REFUSED, START)), "note")
    assert messages.read(messages.written(envelope, told)) == (envelope, told)
    for wrong in (b"", b"\x00", messages.written(envelope, told)[:-3]):
        with pytest.raises(InvalidInput):
            messages.read(wrong)
