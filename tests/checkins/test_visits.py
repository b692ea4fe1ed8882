"""What people say at doors: visits out of any order and any repetition, and when somebody is presumed to have left."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import InvalidInput
from epiloop.exposure import Presumption
from epiloop.operations.checkins.inbox import Batch, MemoryInbox
from epiloop.operations.checkins.presumed import Doors, End, Why, end_of, kind_of
from epiloop.operations.checkins.visits import Came, Left, Said, Staying, StillHere, Visit, Visitor, visits
from epiloop.registers.places.hours import parsed

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2022, 7, 1, 4, tzinfo=UTC)  # Friday noon there
PLACE = UUID(int=1)
VISITOR = Visitor(phone="10800000001")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def came(at: datetime = AT, visit: int = 1, place: UUID = PLACE, phone: str = "10800000001") -> Came:
    return Came(UUID(int=visit), at, place, "hall", 1, Visitor(phone=phone))


instants = st.integers(0, 40).map(lambda n: AT + n * 7 * MINUTE)
ids = st.integers(1, 3)
said = st.one_of(
    st.builds(came, instants, ids, st.sampled_from([UUID(int=1), UUID(int=2)]), st.sampled_from(["1", "2"])),
    st.builds(Left, ids.map(lambda n: UUID(int=n)), instants),
    st.builds(StillHere, ids.map(lambda n: UUID(int=n)), instants),
    st.builds(lambda n, at, more: Staying(UUID(int=n), at, at + more * MINUTE), ids, instants, st.integers(0, 300)),
)


@given(st.lists(said, max_size=12), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(words: list[Said], chance) -> None:
    again = [*words, *words[:5]]
    chance.shuffle(again)
    assert visits(again) == visits(words)


@given(st.lists(said, max_size=12))
def test_a_visit_is_what_reading_word_by_word_says(words: list[Said]) -> None:
    """Against saying it over: the first coming counts, the first leaving after it, the last word of being there."""
    for visit in {word.visit for word in words}:
        mine = sorted((w for w in words if w.visit == visit), key=lambda w: w.at)
        comings = [w for w in mine if isinstance(w, Came)]
        if not comings:
            assert visit not in visits(words)
            continue
        found = visits(words)[visit]
        after = [w for w in mine if not isinstance(w, Came) and w.at >= comings[0].at]
        assert found.came.at == comings[0].at
        assert found.left == next((w.at for w in after if isinstance(w, Left)), None)
        assert found.seen == next((w.at for w in reversed(after) if not isinstance(w, Left)), None)
        assert found.until == max((w.until for w in after if isinstance(w, Staying)), default=None)


def test_nobody_is_entered_whom_nobody_could_reach_and_nobody_shows_in_a_text() -> None:
    with pytest.raises(InvalidInput, match="reached"):
        Visitor(name="某人")
    assert "108" not in repr(came()) + str(Batch(UUID(int=1), (came(),)))


def test_times_that_cannot_be_are_refused() -> None:
    for wrong in (
        lambda: came(AT.replace(tzinfo=None)),
        lambda: Staying(UUID(int=1), AT, AT - MINUTE),
        lambda: Staying(UUID(int=1), AT, AT + 25 * HOUR),
    ):
        with pytest.raises(InvalidInput):
            wrong()


STAYS = {
    "restaurant": Presumption(1.5 * HOUR, "convention"),
    "restaurant/room": Presumption(3 * HOUR, "convention"),
    "default": Presumption(2 * HOUR, "convention"),
}
OPEN = "10:00-14:00; 17:00-22:00"

ENDS = [
    # kind, hours, left, until, seen, elsewhere (minutes after noon) -> minutes after noon, why
    ("restaurant", "", None, None, None, None, 90, Why.STAY),
    ("restaurant/room", "", None, None, None, None, 180, Why.STAY),
    ("restaurant/hall", "", None, None, None, None, 90, Why.STAY),
    ("gym", "", None, None, None, None, 120, Why.STAY),
    ("restaurant", "", 20, 200, 10, 15, 20, Why.LEFT),
    ("restaurant", "", None, 200, None, None, 200, Why.UNTIL),
    ("restaurant", "", None, 60, None, None, 90, Why.STAY),
    ("restaurant", "", None, None, 80, None, 110, Why.SEEN),
    ("restaurant", "", None, None, None, 45, 45, Why.ELSEWHERE),
    ("restaurant/room", OPEN, None, None, None, None, 120, Why.SHUT),
    ("restaurant/room", OPEN, None, 200, None, 60, 60, Why.ELSEWHERE),
    ("restaurant/room", OPEN, None, None, 150, None, 180, Why.STAY),
]


@pytest.mark.parametrize(("kind", "hours", "left", "until", "seen", "elsewhere", "minutes", "why"), ENDS)
def test_somebody_is_presumed_to_have_left(kind, hours, left, until, seen, elsewhere, minutes, why) -> None:
    visit = Visit(came(), *(None if n is None else AT + n * MINUTE for n in (left, until, seen)))
    gone = None if elsewhere is None else AT + elsewhere * MINUTE
    found = end_of(visit, Doors(kind, parsed(hours), ZONE), STAYS, elsewhere=gone)
    assert found == End(AT + minutes * MINUTE, why)


def test_nobody_is_presumed_to_stay_for_more_than_a_day_or_where_nothing_says_how_long() -> None:
    long = {"hotel": Presumption(72 * HOUR, "convention")}
    assert end_of(Visit(came()), Doors("hotel", (), ZONE), long).at == AT + 24 * HOUR
    with pytest.raises(InvalidInput):
        end_of(Visit(came()), Doors("market", (), ZONE), long)
    assert kind_of("restaurant", "room") == "restaurant/room"
    assert kind_of("restaurant", "") == "restaurant"


def test_a_batch_is_taken_once_and_never_without_end() -> None:
    inbox = MemoryInbox()
    batch = Batch(UUID(int=9), (came(), Left(UUID(int=1), AT + HOUR)))
    inbox.accept(batch)
    inbox.accept(batch)
    assert inbox.said == [*batch.said]
    for wrong in ((), (came(),) * 1_001):
        with pytest.raises(InvalidInput):
            Batch(UUID(int=9), wrong)
