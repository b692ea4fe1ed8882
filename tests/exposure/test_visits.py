"""Check-ins become visits; what is presumed is said so."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from epiloop.core.errors import InvalidInput
from epiloop.exposure.contacts import Traced
from epiloop.exposure.visits import (
    CheckIn,
    Presumption,
    Source,
    Visit,
    at_home,
    moment,
    seconds,
    settle,
    whole_days,
)

NOON = datetime(2022, 7, 3, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
STAYS = {
    "default": Presumption(timedelta(hours=2), "decision of the headquarters"),
    "restaurant": Presumption(timedelta(minutes=90), "decision of the headquarters"),
}


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def minutes(visits: list[Visit]) -> list[tuple[int, int, bool]]:
    """From and to, in minutes after noon."""
    return [((v.entered - seconds(NOON)) // 60, (v.left - seconds(NOON)) // 60, v.presumed) for v in visits]


def test_a_check_out_is_taken_as_it_is() -> None:
    assert minutes(settle([CheckIn(1, 1, "restaurant", NOON, later(500))], STAYS)) == [(0, 500, False)]


def test_without_a_check_out_the_kind_of_place_says_how_long() -> None:
    told = [CheckIn(1, 1, "restaurant", NOON), CheckIn(2, 1, "shop", NOON), CheckIn(3, 1, "restaurant/room", NOON)]
    assert minutes(settle(told, STAYS)) == [(0, 90, True), (0, 120, True), (0, 90, True)]


def test_nobody_is_presumed_to_stay_in_a_closed_place() -> None:
    told = [CheckIn(1, 1, "shop", NOON, closes=later(30)), CheckIn(2, 1, "shop", NOON, closes=later(-30))]
    assert minutes(settle(told, STAYS)) == [(0, 30, True), (0, 120, True)]


def test_the_next_check_in_elsewhere_ends_a_presumed_stay() -> None:
    told = [
        CheckIn(1, 2, "shop", later(45)),
        CheckIn(1, 1, "shop", NOON),
        CheckIn(1, 1, "shop", later(20)),  # at the same place: still there
        CheckIn(2, 3, "shop", later(1)),  # somebody else
    ]
    assert minutes(settle(told, STAYS)) == [(0, 45, True), (20, 45, True), (45, 165, True), (1, 121, True)]


def test_a_kind_for_which_nothing_is_presumed_needs_a_check_out() -> None:
    only = {"restaurant": STAYS["restaurant"]}
    assert len(settle([CheckIn(1, 1, "shop", NOON, later(5))], only)) == 1
    with pytest.raises(InvalidInput, match="kind shop"):
        settle([CheckIn(1, 1, "shop", NOON)], only)


def test_a_presumption_has_a_length_and_a_basis() -> None:
    with pytest.raises(InvalidInput, match="longer than nothing"):
        Presumption(timedelta(), "somebody")
    with pytest.raises(InvalidInput, match="basis"):
        Presumption(timedelta(hours=1), " ")


@pytest.mark.parametrize(
    "values",
    [
        {"left": -1},
        {"person": -1},
        {"place": 2**64},
        {"row": 2**15},
        {"row": -2},
    ],
)
def test_a_visit_refuses_to_be_built_wrong(values) -> None:
    with pytest.raises(InvalidInput):
        Visit(**{"person": 1, "place": 1, "kind": "shop", "entered": 0, "left": 5} | values)


def test_a_window_does_not_end_before_it_starts() -> None:
    with pytest.raises(InvalidInput, match="window"):
        Traced(1, 10, 9)


def test_seconds_and_moments_are_the_same_thing() -> None:
    at = datetime(2022, 7, 3, 4, 5, 6, 999_999, tzinfo=UTC)
    assert moment(seconds(at)) == at.replace(microsecond=0)
    assert seconds(datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)) == -1
    with pytest.raises(InvalidInput):
        seconds(datetime(2022, 7, 3))


def test_days_follow_each_other_without_a_gap_when_the_clock_changes() -> None:
    days = list(whole_days(date(2022, 3, 25), date(2022, 3, 29), ZoneInfo("Europe/Berlin")))
    assert [end - start for start, end in days] == [86_400, 86_400, 82_800, 86_400, 86_400]
    assert all(one[1] == other[0] for one, other in pairwise(days))


def test_at_home_is_presumed_and_says_so() -> None:
    (visit,) = at_home(1, 5, (date(2022, 7, 3), date(2022, 7, 3)), ZoneInfo("Asia/Shanghai"))
    assert (visit.kind, visit.source, visit.presumed) == ("household", Source.HOUSEHOLD, True)
