"""Venue codes: what is signed comes back; each mutation, end, unknown key, foreign area is refused, with what to do."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import cbor2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import EpiloopError, InvalidInput, Refused
from epiloop.core.ids import derived
from epiloop.core.jurisdictions import code as jurisdiction
from epiloop.core.jurisdictions import scope
from epiloop.operations.checkins import codes, cose, short
from epiloop.operations.checkins.codes import Claims, Verifier
from epiloop.operations.checkins.keys import Algorithm, LocalSigner, PublicKey, Trusted
from epiloop.papers import pictures

AT = datetime(2022, 7, 1, 4, tzinfo=UTC)
PLACE = derived("place", "1")
COUNTY = jurisdiction("450226")
SEED = bytes(range(32))
SIGNERS = {algorithm: LocalSigner(SEED, algorithm) for algorithm in Algorithm}
CLAIMS = Claims(
    place=PLACE,
    zone="wards",
    number=1,
    place_kind="hospital",
    zone_kind="ward",
    name_zh="三江侗族自治县人民医院",
    name_en="Sanjiang County Hospital",
    zone_zh="住院部",
    zone_en="Wards",
    jurisdiction=int(jurisdiction("450226100")),
    issued=AT,
)


def public(algorithm: Algorithm = Algorithm.EDDSA) -> PublicKey:
    return SIGNERS[algorithm].public_key(scope(COUNTY), AT - timedelta(days=30))


def verifier(**said: object) -> Verifier:
    return Verifier(Trusted(tuple(public(algorithm) for algorithm in Algorithm)), **said)


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
claims = st.builds(
    Claims,
    place=st.uuids(),
    zone=st.from_regex(r"\A[a-z0-9-]{0,20}\Z"),
    number=st.integers(1, 2**31),
    place_kind=st.just("market"),
    zone_kind=st.sampled_from(["", "hall"]),
    name_zh=names.filter(bool),
    name_en=names,
    zone_zh=names,
    zone_en=names,
    jurisdiction=st.integers(int(jurisdiction("450226")), int(jurisdiction("450226")) + 10**10 - 1),
    issued=st.datetimes(datetime(2022, 6, 10), datetime(2022, 7, 1), timezones=st.just(UTC)),
    until=st.none() | st.datetimes(datetime(2022, 7, 2), datetime(2050, 1, 1), timezones=st.just(UTC)),
)


@given(claims, st.sampled_from(Algorithm))
def test_what_was_signed_is_what_is_read(said: Claims, algorithm: Algorithm) -> None:
    assert verifier().verify(codes.signed(said, SIGNERS[algorithm]), AT) == said


@given(st.data(), st.sampled_from(Algorithm))
def test_any_flipped_bit_is_refused(data: st.DataObject, algorithm: Algorithm) -> None:
    raw = bytearray(codes.signed(CLAIMS, SIGNERS[algorithm]).encode())
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    with pytest.raises(EpiloopError) as wrong:
        verifier().verify(raw.decode("latin-1"), AT)
    assert wrong.value.remedy


@given(st.data(), st.sampled_from(Algorithm))
def test_any_flipped_bit_of_the_message_inside_is_refused(data: st.DataObject, algorithm: Algorithm) -> None:
    """The same below base 32, where every byte string is some text."""
    raw = bytearray(cose.written(codes.read(codes.signed(CLAIMS, SIGNERS[algorithm]))))
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    with pytest.raises((InvalidInput, Refused)):
        verifier().verify(as_text(bytes(raw)), AT)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_nothing_else_is_a_code(raw: bytes) -> None:
    for text in (as_text(raw), raw.decode("latin-1")):
        with pytest.raises(InvalidInput, match="not a venue code"):
            verifier().verify(text, AT)


def as_text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


def rebuilt(**header: object) -> str:
    """A message with another header, signed properly over it."""
    signer = SIGNERS[Algorithm.EDDSA]
    payload = codes.read(codes.signed(CLAIMS, signer)).payload
    said = {"algorithm": -8, "key": signer.key_id, "type": codes.TYPE, "payload": payload, **header}
    message = cose.Message(**said, signature=b"")
    return as_text(cose.written(replace(message, signature=signer.sign(message.signed))))


STRANGER = LocalSigner(b"s" * 32)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (codes.signed(CLAIMS, STRANGER), "not known here"),
        (rebuilt(algorithm=-7), "not known here"),
        (rebuilt(algorithm=-257), "not known here"),
        (rebuilt(algorithm=0), "not known here"),
        (rebuilt(type="epiloop-pass+cbor"), "not a venue code"),
        (rebuilt(payload=cbor2.dumps([2, PLACE.bytes, *["x"] * 10, None])), "newer kind"),
        (rebuilt(payload=cbor2.dumps({"place": 1})), "not a venue code"),
        (rebuilt(payload=cbor2.dumps([1, b"short", *["x"] * 9, 1, None])), "not a venue code"),
    ],
)
def test_only_the_listed_algorithm_key_and_type_are_taken(text: str, match: str) -> None:
    with pytest.raises(EpiloopError, match=match):
        verifier().verify(text, AT)


def test_signed_bytes_with_anything_else_around_them_are_refused() -> None:
    message = codes.read(codes.signed(CLAIMS, SIGNERS[Algorithm.EDDSA]))
    parts = [message.protected, {}, message.payload, message.signature]
    for other in (
        cbor2.dumps(parts),
        cbor2.dumps(cbor2.CBORTag(61, cbor2.CBORTag(18, parts))),
        cbor2.dumps(cbor2.CBORTag(18, [message.protected, {4: b"x"}, *parts[2:]])),
        cbor2.dumps(cbor2.CBORTag(18, [*parts, b""])),
        cbor2.dumps(cbor2.CBORTag(18, parts)) + b"\x00",
        b"\xd8\x12" + cbor2.dumps(parts),
    ):
        with pytest.raises(InvalidInput):
            verifier().verify(as_text(other), AT)


def test_a_signature_of_es256_has_one_form() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    message = codes.read(codes.signed(CLAIMS, SIGNERS[Algorithm.ES256]))
    twin = message.signature[:32] + (order - int.from_bytes(message.signature[32:], "big")).to_bytes(32, "big")
    with pytest.raises(Refused, match="altered"):
        verifier().verify(as_text(cose.written(replace(message, signature=twin))), AT)


SECOND = timedelta(seconds=1)


def test_a_code_holds_from_its_issue_until_its_end() -> None:
    text = codes.signed(replace(CLAIMS, until=AT + timedelta(days=7)), SIGNERS[Algorithm.EDDSA])
    assert verifier().verify(text, AT - codes.AHEAD)
    assert verifier().verify(text, AT + timedelta(days=7) - SECOND)
    with pytest.raises(Refused, match="not in force yet"):
        verifier().verify(text, AT - codes.AHEAD - SECOND)
    with pytest.raises(Refused, match="newer poster"):
        verifier().verify(text, AT + timedelta(days=7))


def test_a_code_on_the_revocation_list_ends_when_the_list_says() -> None:
    text = codes.signed(CLAIMS, SIGNERS[Algorithm.EDDSA])
    ends = AT + timedelta(hours=3)

    def ended(place: UUID, zone: str, number: int) -> datetime | None:
        return ends if (place, zone, number) == (PLACE, "wards", 1) else None

    assert verifier(ended=ended).verify(text, ends - SECOND)
    with pytest.raises(Refused, match="newer poster"):
        verifier(ended=ended).verify(text, ends)
    second = codes.signed(replace(CLAIMS, number=2), SIGNERS[Algorithm.EDDSA])
    assert verifier(ended=ended).verify(second, ends).number == 2


def test_a_key_signs_only_for_its_area_and_its_time() -> None:
    text = codes.signed(CLAIMS, SIGNERS[Algorithm.EDDSA])
    elsewhere = replace(public(), area=scope(jurisdiction("320412")))
    with pytest.raises(Refused, match="another jurisdiction"):
        Verifier(Trusted((elsewhere,))).verify(text, AT)
    with pytest.raises(Refused, match="another jurisdiction"):
        verifier(area=scope(jurisdiction("450226200"))).verify(text, AT)
    retired = replace(public(), until=AT)
    with pytest.raises(Refused, match="no longer trusted"):
        Verifier(Trusted((retired,))).verify(text, AT)
    assert Verifier(Trusted((replace(public(), until=AT + SECOND),))).verify(text, AT + timedelta(days=900))
    with pytest.raises(Refused, match="no longer trusted"):
        Verifier(Trusted((replace(public(), since=AT + SECOND),))).verify(text, AT + SECOND)
    stolen = replace(public(), dropped_at=AT + timedelta(days=1))
    assert Verifier(Trusted((stolen,))).verify(text, AT)
    with pytest.raises(Refused, match="no longer trusted"):
        Verifier(Trusted((stolen,))).verify(text, AT + timedelta(days=1))


@pytest.mark.parametrize("algorithm", Algorithm)
def test_the_picture_is_small_and_reads_back_as_the_address(algorithm: Algorithm) -> None:
    told = codes.address("https://epi.sanjiang.example", codes.signed(CLAIMS, SIGNERS[algorithm]))
    picture = pictures.qr(told)
    assert picture.version <= 13
    squares = np.pad(np.array([list(row) for row in pictures.rows(picture)], dtype=np.uint8), 4)
    [found] = zxingcpp.read_barcodes(255 - 255 * squares.repeat(4, axis=0).repeat(4, axis=1))
    assert found.text == told
    assert verifier().verify(found.text, AT) == CLAIMS


@given(st.uuids(), st.sampled_from(["", "hall", "后厨"]), st.integers(1, 10_000), st.data())
def test_a_short_code_notices_a_wrong_sign_and_a_swap(place: UUID, zone: str, number: int, data: st.DataObject) -> None:
    code = short.short_code(place, zone, number)
    assert short.typed(short.spoken(code).lower().replace("0", "o")) == code
    at = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from(sorted(set(short.SIGNS) - {code[at]})))
    with pytest.raises(InvalidInput):
        short.typed(code[:at] + other + code[at + 1 :])
    left, right = sorted(data.draw(st.lists(st.integers(0, 8), min_size=2, max_size=2, unique=True)))
    if code[left] != code[right]:
        swapped = list(code)
        swapped[left], swapped[right] = swapped[right], swapped[left]
        with pytest.raises(InvalidInput):
            short.typed("".join(swapped))
