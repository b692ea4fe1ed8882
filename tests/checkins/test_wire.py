"""Batches as JSON: read as they were meant; anything else is refused without repeating what stood there."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checkins.test_codes import AT, CLAIMS, PLACE, SIGNERS, verifier

from epiloop.core.errors import InvalidInput, Refused
from epiloop.operations.checkins import codes, wire
from epiloop.operations.checkins.keys import Algorithm
from epiloop.operations.checkins.visits import Came, Left, Staying, StillHere, Visitor, Way

CODE = codes.signed(CLAIMS, SIGNERS[Algorithm.EDDSA])
PHONE = frozenset({Way.PHONE})
VISIT = UUID(int=7)
LOCAL = "2022-07-01T12:30:00+08:00"
THEN = datetime(2022, 7, 1, 4, 30, tzinfo=UTC)
CAME = {
    "what": "came",
    "visit": str(VISIT),
    "at": LOCAL,
    "code": CODE,
    "visitor": {"phone": "10800000001"},
    "way": "phone",
}


def sent(*said: object, **more: object) -> bytes:
    return json.dumps({"id": str(UUID(int=1)), "said": list(said), **more}).encode()


def read(body: bytes, verify=None):
    return wire.read(body, verify or verifier().verify, ways=PHONE)


def test_a_batch_is_read_as_it_was_meant() -> None:
    said = [
        {"what": "staying", "visit": str(VISIT), "at": LOCAL, "until": "2022-07-01T15:00:00+08:00"},
        {"what": "still-here", "visit": str(VISIT), "at": LOCAL},
        {"what": "left", "visit": str(VISIT), "at": LOCAL},
    ]
    batch = read(sent(CAME, *said))
    assert batch.id == UUID(int=1)
    assert batch.said == (
        Came(VISIT, THEN, PLACE, "wards", 1, Visitor(phone="10800000001"), Way.PHONE),
        Staying(VISIT, THEN, THEN + timedelta(hours=2.5)),
        StillHere(VISIT, THEN),
        Left(VISIT, THEN),
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
    sent({**CAME, "at": "2022-07-01T12:30:00"}),
    sent({**CAME, "at": "0001-01-01T00:00:00+00:00"}),
    sent({**CAME, "at": 5}),
    sent({**CAME, "visitor": "10800000001"}),
    sent({**CAME, "visitor": {"phone": 10800000001}}),
    sent({**CAME, "visitor": {"phone": "10800000001", "status": "green"}}),
    sent({**CAME, "visitor": {"name": "林某"}}),
    sent({**CAME, "visitor": {"phone": "1" * 65}}),
    sent({**CAME, "way": "staff"}),
    sent({**CAME, "way": None}),
    sent({**CAME, "code": CODE[:-4]}),
    sent({**CAME, "code": 5}),
    sent({"what": "staying", "visit": str(VISIT), "at": LOCAL, "until": "2022-07-01T11:00:00+08:00"}),
    sent(*[{"what": "left", "visit": str(VISIT), "at": LOCAL}] * 1_001),
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", WRONG, ids=range(len(WRONG)))
def test_anything_else_is_refused_and_nothing_of_it_is_said_again(body: bytes) -> None:
    with pytest.raises(InvalidInput) as wrong:
        read(body)
    for told in ("10800000001", "林某", CODE[:40]):
        assert told not in wrong.value.render()


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda part: (
            st.lists(part)
            | st.dictionaries(st.sampled_from(["id", "said", "what", "visit", "at", "code", "visitor", "way"]), part)
        ),
        max_leaves=12,
    )
)
def test_no_json_breaks_the_reader(value: object) -> None:
    for body in (
        json.dumps(value).encode(),
        sent(value),
        sent({**CAME, "visitor": value}),
        sent({**CAME, "at": value}),
    ):
        with contextlib.suppress(InvalidInput):
            read(body)


def test_a_code_is_verified_for_when_it_was_scanned_and_once_for_many() -> None:
    asked: list[datetime] = []

    def verify(code: str, at: datetime) -> codes.Claims:
        asked.append(at)
        return verifier(ended=lambda *_code: THEN + timedelta(minutes=1)).verify(code, at)

    many = [{**CAME, "visit": str(UUID(int=n))} for n in range(1, 50)]
    assert len(read(sent(*many), verify).said) == 49
    assert asked == [THEN]
    late = {**CAME, "at": "2022-07-01T12:31:00+08:00"}
    for some in ([late], [CAME, late], [late, CAME]):
        with pytest.raises(Refused, match="newer poster"):
            read(sent(*some), verify)
    assert AT < THEN
