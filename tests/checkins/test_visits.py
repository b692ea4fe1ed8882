"""What people say at doors: each message whole; and when somebody presumably leaves who does not say so."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from epiloop.core.errors import InvalidInput
from epiloop.exposure import Presumption
from epiloop.operations.checkins.inbox import Batch, MemoryInbox
from epiloop.operations.checkins.presumed import Doors, End, Why, kind_of, presumed_end
from epiloop.operations.checkins.visits import Said, Spot, Visitor, What
from epiloop.registers.places.hours import parsed

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2022, 7, 1, 4, tzinfo=UTC)  # Friday noon there
HALL = Spot(UUID(int=1), "hall", "market/hall", 4502261000000000)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def said(what: What = What.CAME, came: datetime = AT, ends: datetime | None = None) -> Said:
    return Said(UUID(int=1), what, HALL, came, Visitor(phone="10800000001"), ends=ends)


@pytest.mark.parametrize("many", [{}, {"phone": "1", "card": "2"}, {"phone": "1" * 65}, {"card": " - "}])
def test_a_visitor_is_known_by_one_thing_that_somebody_could_be_known_by(many: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        Visitor(**many)


def test_nobody_shows_in_a_text() -> None:
    assert "108" not in repr(said()) + str(Batch(UUID(int=1), (said(),)))


def test_each_message_is_whole_and_within_a_day() -> None:
    assert said(What.LEFT, ends=AT + 24 * HOUR).ends == AT + 24 * HOUR
    assert said(What.STAYING, ends=AT).ends == AT
    for what, came, ends in (
        (What.CAME, AT.replace(tzinfo=None), None),
        (What.CAME, AT, AT + HOUR),
        (What.LEFT, AT, None),
        (What.LEFT, AT, AT - MINUTE),
        (What.STAYING, AT, AT + 24 * HOUR + MINUTE),
        (What.STAYING, AT, (AT + HOUR).replace(tzinfo=None)),
    ):
        with pytest.raises(InvalidInput):
            said(what, came, ends)


STAYS = {
    "restaurant": Presumption(1.5 * HOUR, "convention"),
    "restaurant/room": Presumption(3 * HOUR, "convention"),
    "default": Presumption(2 * HOUR, "convention"),
}
OPEN = "10:00-14:00; 17:00-22:00"

ENDS = [
    # kind, hours -> minutes after noon, why
    ("restaurant", "", 90, Why.STAY),
    ("restaurant/room", "", 180, Why.STAY),
    ("restaurant/hall", "", 90, Why.STAY),
    ("gym", "", 120, Why.STAY),
    ("restaurant/room", OPEN, 120, Why.SHUT),
    ("restaurant", OPEN, 90, Why.STAY),
    ("restaurant", "17:00-22:00", 90, Why.STAY),  # shut: who is there all the same is not gone at once
]


@pytest.mark.parametrize(("kind", "hours", "minutes", "why"), ENDS)
def test_somebody_presumably_leaves(kind: str, hours: str, minutes: int, why: Why) -> None:
    assert presumed_end(AT, Doors(kind, parsed(hours), ZONE), STAYS) == End(AT + minutes * MINUTE, why)


def test_nobody_is_presumed_to_stay_for_more_than_a_day_or_where_nothing_says_how_long() -> None:
    long = {"hotel": Presumption(72 * HOUR, "convention")}
    assert presumed_end(AT, Doors("hotel", (), ZONE), long).at == AT + 24 * HOUR
    with pytest.raises(InvalidInput):
        presumed_end(AT, Doors("market", (), ZONE), long)
    assert kind_of("restaurant", "room") == "restaurant/room"
    assert kind_of("restaurant", "") == "restaurant"


def test_a_batch_is_taken_once_and_never_without_end() -> None:
    inbox = MemoryInbox()
    batch = Batch(UUID(int=9), (said(), said(What.LEFT, ends=AT + HOUR)))
    inbox.accept(batch)
    inbox.accept(batch)
    assert inbox.said == [*batch.said]
    for wrong in ((), (said(),) * 1_001):
        with pytest.raises(InvalidInput):
            Batch(UUID(int=9), wrong)


@pytest.mark.parametrize(
    "text", ["10800000001", "+86 108 0000-0001", "１０８００００００１", "（0772）123-4567", "00 44 20 7946 0000"]
)
def test_a_telephone_is_digits_however_people_set_them_apart(text):
    assert Visitor(phone=text).phone == text


@pytest.mark.parametrize("text", ["=cmd|'/C calc'!A0", "somebody", "138 ext. 9", "+", "1" * 65])
def test_what_nobody_can_call_is_no_telephone(text):
    with pytest.raises(InvalidInput):
        Visitor(phone=text)
