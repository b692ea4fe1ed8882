"""Batches as JSON: read as they were meant; anything else is refused without repeating what stood there."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checkins.test_codes import AT, CLAIMS, PLACE, SIGNERS, verifier

from epiloop.core.errors import EpiloopError, InvalidInput, Refused
from epiloop.operations.checkins import codes, wire
from epiloop.operations.checkins.keys import Algorithm
from epiloop.operations.checkins.visits import Said, Visitor, Way, What
from epiloop.runtime.known_codes import KnownCodes
from epiloop.runtime.requests.checkins import spot_of

CODE = codes.signed(CLAIMS, SIGNERS[Algorithm.EDDSA])
PHONE = wire.words(frozenset({Way.PHONE}))
SPOT = spot_of(CLAIMS)
VISIT = UUID(int=7)
LOCAL = "2022-07-01T12:30:00+08:00"
THEN = datetime(2022, 7, 1, 4, 30, tzinfo=UTC)
CAME = {
    "what": "came",
    "visit": str(VISIT),
    "came": LOCAL,
    "code": CODE,
    "visitor": {"phone": "10800000001"},
    "way": "phone",
}
STAYING = {**CAME, "what": "staying", "until": "2022-07-01T15:00:00+08:00"}
LEFT = {**CAME, "what": "left", "left": "2022-07-01T13:00:00+08:00"}


def sent(*said: object, **more: object) -> bytes:
    return json.dumps({"id": str(UUID(int=1)), "said": list(said), **more}).encode()


def read(body: bytes, verify=None):
    return wire.read(body, verify or (lambda code, at: spot_of(verifier().verify(code, at))), ways=PHONE)


def test_a_batch_is_read_as_it_was_meant() -> None:
    batch = read(sent(CAME, STAYING, LEFT))
    visitor = Visitor(phone="10800000001")
    assert batch.id == UUID(int=1)
    assert batch.said == (
        Said(VISIT, What.CAME, SPOT, THEN, visitor, Way.PHONE),
        Said(VISIT, What.STAYING, SPOT, THEN, visitor, Way.PHONE, THEN + timedelta(hours=2.5)),
        Said(VISIT, What.LEFT, SPOT, THEN, visitor, Way.PHONE, THEN + timedelta(hours=0.5)),
    )


WRONG = [
    b"",
    b"[]",
    b"{",
    b"\xff",
    sent(),
    sent(CAME, more=1),
    sent(1),
    sent({**CAME, "place": str(PLACE)}),
    sent({**CAME, "what": "was"}),
    sent({**CAME, "what": ["came"]}),
    sent({**CAME, "visit": "7"}),
    sent({**CAME, "visit": 7}),
    sent({**CAME, "came": "2022-07-01T12:30:00"}),
    sent({**CAME, "came": "0001-01-01T00:00:00+00:00"}),
    sent({**CAME, "came": 5}),
    sent({**CAME, "visitor": "10800000001"}),
    sent({**CAME, "visitor": {"phone": 10800000001}}),
    sent({**CAME, "visitor": {"phone": "10800000001", "status": "green"}}),
    sent({**CAME, "visitor": {"name": "林某"}}),
    sent({**CAME, "visitor": {"phone": "1" * 65}}),
    sent({**CAME, "way": "staff"}),
    sent({**CAME, "way": None}),
    sent({**CAME, "code": CODE[:-4]}),
    sent({**CAME, "code": 5}),
    sent({**CAME, "what": "still-here"}),
    sent({**CAME, "until": LOCAL}),
    sent({**STAYING, "left": LOCAL}),
    sent({**STAYING, "until": "2022-07-01T11:00:00+08:00"}),
    sent({**LEFT, "left": None}),
    sent(*[LEFT] * 1_001),
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", WRONG, ids=range(len(WRONG)))
def test_anything_else_is_refused_and_nothing_of_it_is_said_again(body: bytes) -> None:
    with pytest.raises(InvalidInput) as wrong:
        read(body)
    for told in ("10800000001", "林某", CODE[:40]):
        assert told not in wrong.value.render()


def answer(reader, body: bytes) -> object:
    """What a reader makes of a body: the batch, or nothing."""
    try:
        return reader(body, verify=lambda code, at: SPOT._replace(zone=code[:1]), ways=PHONE)
    except (EpiloopError, *wire.NOT_QUICKLY):
        return None


TIMES = st.sampled_from(
    [LOCAL, LOCAL[:-6] + "Z", LOCAL[:-6] + ".5+00:30", LOCAL[:-6] + "z", LOCAL[:-6], "2022-07-01 12:30+08"]
)
TIMES |= st.datetimes(datetime(1999, 1, 1), datetime(2101, 1, 1), timezones=st.just(UTC)).map(datetime.isoformat)
IDS = st.uuids().flatmap(
    lambda one: st.sampled_from([str(one), one.hex, str(one).upper(), f"{{{one}}}", one.urn, one.hex[1:]])
)
TEXTS = st.sampled_from(["10800000001", "", "1" * 65, "\ud800", "- -", "林"])
NUMBERS = st.dictionaries(st.sampled_from(["phone", "document", "card", "name"]), TEXTS, max_size=2)
MESSAGES = st.fixed_dictionaries(
    {
        "what": st.sampled_from(["came", "staying", "left", "was"]),
        "visit": IDS,
        "code": st.sampled_from(["A", "B", 5]),
        "came": TIMES,
        "visitor": NUMBERS | st.just({"phone": "10800000001"}),
        "way": st.sampled_from(["phone", "phone", "phone", "staff", None]),
    },
    optional={"until": TIMES, "left": TIMES, "place": st.none()},
)


@given(IDS, st.lists(MESSAGES | st.just(CAME) | st.just(LEFT), max_size=3), st.booleans())
def test_both_readers_read_the_same_and_what_the_quick_one_leaves_the_other_one_takes_or_refuses(
    id_, said, odd
) -> None:
    text = json.dumps({"id": id_, "said": said})
    for body in (text.encode(), text.replace('"way"', '"way": 1, "way"', odd).encode()):
        quick, careful = answer(wire.quickly, body), answer(wire.carefully, body)
        assert quick in (None, careful)
        assert answer(wire.read, body) == careful


@given(st.lists(st.sampled_from([CAME, LEFT, STAYING]), min_size=1, max_size=3), st.integers(0), st.binary(max_size=3))
def test_a_batch_that_was_damaged_on_its_way_is_read_alike_by_both(said, at: int, damage: bytes) -> None:
    body = sent(*said)
    at %= len(body)
    assert answer(wire.quickly, body) == answer(wire.carefully, body) != None  # noqa: E711 - both, and something
    body = body[:at] + damage + body[at + len(damage) :]
    assert answer(wire.quickly, body) in (None, answer(wire.carefully, body))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda part: (
            st.lists(part)
            | st.dictionaries(st.sampled_from(["id", "said", "what", "visit", "came", "code", "visitor", "way"]), part)
        ),
        max_leaves=12,
    )
)
def test_no_json_breaks_the_reader(value: object) -> None:
    for body in (
        json.dumps(value).encode(),
        sent(value),
        sent({**CAME, "visitor": value}),
        sent({**CAME, "came": value}),
    ):
        with contextlib.suppress(InvalidInput):
            read(body)


def test_the_visits_that_are_wrong_are_named_so_that_the_others_can_be_sent() -> None:
    other = str(UUID(int=8))
    with pytest.raises(InvalidInput) as wrong:
        read(sent(CAME, {**STAYING, "visit": other, "until": LOCAL[:-6]}, {**CAME, "visit": "7"}, {**LEFT, "way": "x"}))
    assert wrong.value.values["visits"] == [other, str(VISIT)]
    assert wrong.value.where == "said[2]"


def test_a_code_is_verified_for_when_it_was_scanned_and_its_signature_once() -> None:
    known = KnownCodes(verifier().trusted)
    many = [{**CAME, "visit": str(UUID(int=n))} for n in range(1, 50)]
    assert len(read(sent(*many), known.spot).said) == 49
    assert len(known._known) == 1
    known.endings = {(PLACE, "wards", 1): THEN + timedelta(minutes=1)}
    assert read(sent(CAME), known.spot).said
    late = {**CAME, "came": "2022-07-01T12:31:00+08:00"}
    for some in ([late], [CAME, late], [late, CAME]):
        with pytest.raises(Refused, match="newer poster"):
            read(sent(*some), known.spot)
    assert AT < THEN


def test_known_codes_are_no_more_than_so_many() -> None:
    known = KnownCodes(verifier().trusted, most=1)
    for _ in range(2):
        for text in (CODE, codes.address("https://x.example", CODE)):
            assert known.claims(text, THEN) == CLAIMS
    assert len(known._known) == 1
