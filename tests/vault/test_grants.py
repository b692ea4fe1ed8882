"""What people sign: one text for one authorisation, within limits, and signatures of files and browsers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import EpiloopError, InvalidInput, NotAllowed, Refused
from epiloop.core.purposes import PURPOSES
from epiloop.vault import answers, cases, grants, results, wire
from epiloop.vault.answers import DayCount, Grant, MetPerson, SeenAt, Signer, TraceAnswer, Visits
from epiloop.vault.grants import Authorisation, GrantKind, Told
from epiloop.vault.reach import ReachKind, code_of
from epiloop.vault.results import Found, LaboratoryResult
from epiloop.vault.signatures import KeyKind, PublicKey, Signature, check_signed, public_of, signed

NOW = datetime(2022, 7, 5, 8, tzinfo=UTC)
ZONE = bytes(range(16))
LAW = {"clause": "a test", "window_days": 2, "ring_1": {"minutes": 15}, "kinds": {"default": {"weight": 0.5}}}
HISTORY = Authorisation(
    id=UUID(int=1),
    kind=GrantKind.HISTORY,
    subject=UUID(int=7),
    since=NOW - timedelta(days=3),
    until=NOW,
    staff=("officer 7",),
    creator="officer 7",
    unit="centre",
    purpose="case-investigation",
    made_at=NOW,
    expires=NOW + timedelta(days=1),
)
TOLD = Told(ZONE, "restaurant/room", NOW - timedelta(days=1), NOW - timedelta(hours=23), 2)
TRACE = replace(
    HISTORY, kind=GrantKind.TRACE, terms=LAW, version="1", digest=bytes(32), kinds=("shop", "bus"), told=(TOLD,)
)
LAWFUL = {"statute": "ihr-2005-45", "authority": "National IHR Focal Point", "reference": "2022/17"}
ORDER = replace(HISTORY, kind=GrantKind.LEGAL_ORDER, purpose="data-export", **LAWFUL)
GLASS = replace(HISTORY, kind=GrantKind.BREAK_GLASS, reason="a child is missing", expires=NOW + timedelta(minutes=60))
RESULT = LaboratoryResult("central", "S-1", NOW, Found.CONFIRMED, code_of(ReachKind.PHONE, "13812345678"))


@pytest.mark.parametrize("given", [HISTORY, TRACE, ORDER, GLASS, replace(TRACE, second_until=NOW)])
def test_an_authorisation_is_read_as_it_was_written(given):
    assert grants.read(grants.write(given)) == given
    assert "officer" not in repr(given)


def changed(**parts: object) -> bytes:
    return cbor2.dumps({**cbor2.loads(grants.write(TRACE)), **parts}, canonical=True)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        grants.write(TRACE) + b"\0",
        cbor2.dumps(dict(reversed(cbor2.loads(grants.write(TRACE)).items()))),
        changed(more=1),
        changed(form="another"),
        changed(since=cbor2.loads(grants.write(TRACE))["since"] + 0.5),
        changed(made_at=str(NOW)),
        changed(staff=["b", "a"]),
        changed(terms={"clause": NOW.isoformat().encode()}) + bytes(grants.MOST_BYTES),
    ],
)
def test_any_other_text_is_refused(text):
    with pytest.raises(InvalidInput):
        grants.read(text)


@given(st.integers(0, len(grants.write(TRACE)) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_another_authorisation(at, by):
    text = bytearray(grants.write(TRACE))
    text[at] ^= by
    try:
        found = grants.read(bytes(text))
    except EpiloopError:
        return
    assert grants.write(found) == bytes(text) != grants.write(TRACE)


@pytest.mark.parametrize(
    "parts",
    [
        {"purpose": "police"},
        {"purpose": "data-export"},
        {"expires": NOW + timedelta(days=7, seconds=1)},
        {"expires": NOW},
        {"since": NOW - timedelta(days=29)},
        {"until": NOW + timedelta(days=2)},
        {"second_until": NOW + timedelta(days=2)},
        {"since": NOW, "until": NOW},
    ],
)
def test_what_passes_a_limit_is_refused(parts):
    with pytest.raises(Refused):
        replace(TRACE, **parts)


def test_breaking_the_glass_is_for_an_hour_and_for_one():
    for parts in ({"expires": NOW + timedelta(minutes=61)}, {"staff": ("officer 7", "officer 8")}):
        with pytest.raises(Refused):
            replace(GLASS, **parts)


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        (TRACE, {"terms": None}),
        (TRACE, {"digest": b"short"}),
        (HISTORY, {"told": (TOLD,)}),
        (HISTORY, {"statute": "ihr-2005-45"}),
        (HISTORY, {"reference": "2022/17"}),
        (ORDER, {"statute": " "}),
        (ORDER, {"statute": "a law of one's own"}),
        (ORDER, {"authority": ""}),
        (ORDER, {"reference": "r" * 201}),
        (GLASS, {"reason": ""}),
        (HISTORY, {"staff": ()}),
        (HISTORY, {"unit": ""}),
    ],
)
def test_each_kind_has_its_own_parts_and_no_other(given, parts):
    with pytest.raises(InvalidInput):
        replace(given, **parts)


def test_no_kind_has_a_purpose_that_nobody_may_read_for():
    assert {purpose for some in grants.PURPOSES.values() for purpose in some} <= set(PURPOSES)


def in_a_browser(text: bytes) -> tuple[PublicKey, Signature]:
    pair = ec.generate_private_key(ec.SECP256R1())
    content = pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = PublicKey(KeyKind.P256, content)
    r, s = decode_dss_signature(pair.sign(text, ec.ECDSA(SHA256())))
    return key, Signature(key.name, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@pytest.mark.parametrize("way", [in_a_browser, lambda text: (public_of(bytes(32)), signed(text, bytes(32)))])
def test_a_signature_fits_its_text_and_key_only(way):
    key, signature = way(b"some text")
    check_signed(b"some text", signature, key)
    other = public_of(bytes([1]) * 32)
    for text, sign, of in (
        (b"other text", signature, key),
        (b"some text", replace(signature, value=bytes(64)), key),
        (b"some text", replace(signature, key=other.name), other),
        (b"some text", signature, other),
    ):
        with pytest.raises(NotAllowed):
            check_signed(text, sign, of)


@pytest.mark.parametrize(("kind", "content"), [("ed25519", b"x"), ("p256", bytes(65)), ("p256", b"\x02" + bytes(32))])
def test_what_is_no_key_is_refused(kind, content):
    with pytest.raises(InvalidInput):
        PublicKey(KeyKind(kind), content)


def test_a_laboratory_result_has_one_text_and_names_no_subject():
    assert results.read(results.write(RESULT)) == RESULT
    for text in (b"", results.write(RESULT) + b"\0", grants.write(TRACE)):
        with pytest.raises(InvalidInput):
            results.read(text)
    with pytest.raises(InvalidInput):
        replace(RESULT, person=UUID("0b0e2f3c-5a55-4f0e-8a5b-2f3c5a554f0e").bytes)


def travelled(value):
    return wire.unpack(wire.pack(value))


def test_answers_travel_unchanged():
    days = (NOW.date(), NOW.date())
    person = MetPerson(bytes(16), 1, 20, 0, *days, ("bus",), "张伟", ("13812345678",), via=bytes(16))
    answer = TraceAnswer((person,), 1, 0, answers.steps_of([20]), prepared=False)
    stay = SeenAt(ZONE, "bus", NOW, NOW + timedelta(minutes=1), presumed=True, source=1)
    visits = Visits([stay], [NOW.date()])
    told = [Grant(UUID(int=1), GrantKind.TRACE, "open", "a", "u", NOW, NOW, 1, 0, due) for due in (None, NOW)]
    signers = [Signer(public_of(bytes(32)), "centre", NOW, waiting=True)]
    counts = [DayCount(NOW.date(), 1, 2, 3, 4, 5, 6, 7, 8, 900, (NOW.date(),)), DayCount(NOW.date())]
    sent = ((cases.TRACE, answer), (cases.HISTORY, visits), (cases.GRANTS, told), (cases.SIGNERS, signers))
    for call, value in (*sent, (cases.COUNTS, counts)):
        assert call.answered(travelled(call.answering(value))) == value
    assert "张伟" not in repr(answer) + repr(person)


def test_what_is_asked_travels_unchanged():
    signature, one = signed(b"text", bytes(32)), UUID(int=1)
    for call, sent in (
        (cases.ENROL, {"key": public_of(bytes(32)), "person": "officer 7", "unit": "centre"}),
        (cases.PROPOSE, {"text": b"text", "signature": signature}),
        (cases.APPROVE, {"grant": one, "signature": signature}),
        (cases.REVIEW, {"grant": one, "signature": signature, "justified": True}),
        (cases.TRACE, {"grant": one, "asker": "officer 7"}),
        (cases.COUNTS, {"after": NOW.date()}),
    ):
        assert call.asked(travelled(call.asking(**sent))) == sent


def test_the_histogram_counts_each_person_once():
    assert answers.steps_of([0, 14, 15, 29, 30, 500]) == (2, 2, 1, 0, 0, 0, 1)
