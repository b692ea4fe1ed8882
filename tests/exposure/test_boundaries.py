"""One second earlier or later decides; both ways of searching agree about it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.exposure.towns import by_day, day

from epiloop.exposure import reference, tracing
from epiloop.exposure.contacts import Contact, Reason, Traced
from epiloop.exposure.terms import load_terms
from epiloop.exposure.visits import Source, Visit, at_home, moment, seconds

CASE, OTHER, THIRD = 1, 2, 3
ROOM, HALL = 7, 8
NOON = seconds(datetime(2022, 7, 3, 4, tzinfo=UTC))
HOUR = 3600
TERMS = load_terms(
    {
        "clause": "a test",
        "window_days": 2,
        "ring_1": {"minutes": 5},
        "ring_2": {"minutes": 20},
        "kinds": {
            "default": {"minimum_minutes": 10, "lag_hours": 2, "lag_minimum_minutes": 5, "lag_weight": 1},
            "train": {"rows": 3},
            "household": {"minimum_minutes": 0},
        },
    }
)


def traced(town: list[Visit], since: int = NOON - 24 * HOUR, until: int = NOON + 24 * HOUR) -> tuple[Contact, ...]:
    """Ring 1 of the case, the same by both ways."""
    cases = [Traced(CASE, since, until)]
    found = reference.trace(town, cases, TERMS).first
    assert tracing.trace([day(town)], cases, TERMS).rings().first == found
    assert tracing.trace(by_day(town), cases, TERMS).rings().first == found
    return found


def visit(person: int, entered: int, left: int, place: int = ROOM, kind: str = "shop", **more) -> Visit:
    return Visit(person, place, kind, NOON + entered, NOON + left, **more)


@pytest.mark.parametrize(("seconds_together", "found"), [(599, 0), (600, 1), (601, 1)])
def test_the_minimum_counts_to_the_second(seconds_together: int, found: int) -> None:
    # Leaving at the same moment as the case leaves no time within the lag.
    contacts = traced([visit(CASE, 0, HOUR), visit(OTHER, HOUR - seconds_together, HOUR)])
    assert [contact.together for contact in contacts] == [seconds_together] * found


@pytest.mark.parametrize(("came", "found"), [(2 * HOUR - 1, 300), (2 * HOUR - 299, 300), (2 * HOUR - 301, 301)])
def test_whoever_comes_within_the_lag_counts_as_long_as_it_lasts(came: int, found: int) -> None:
    contacts = traced([visit(CASE, -HOUR, 0), visit(OTHER, came, came + HOUR)])
    assert [contact.after for contact in contacts] == ([found] if 2 * HOUR - came >= 300 else [])


def test_whoever_comes_when_the_lag_is_over_was_not_there() -> None:
    assert traced([visit(CASE, -HOUR, 0), visit(OTHER, 2 * HOUR, 9 * HOUR)]) == ()


def test_whoever_comes_in_the_second_the_case_leaves_is_after_and_not_together() -> None:
    (contact,) = traced([visit(CASE, -HOUR, 0), visit(OTHER, 0, HOUR)])
    assert (contact.together, contact.after, contact.shared[0].reasons) == (0, HOUR, (Reason.AFTER,))


def test_whoever_stays_on_is_together_first_and_after_then() -> None:
    (contact,) = traced([visit(CASE, -HOUR, 0), visit(OTHER, -60, HOUR)])
    assert (contact.together, contact.after) == (60, HOUR)
    assert contact.shared[0].reasons == (Reason.TOGETHER, Reason.AFTER)


def test_whoever_was_there_before_the_case_and_left_as_it_came_shared_nothing() -> None:
    assert traced([visit(CASE, 0, HOUR), visit(OTHER, -5 * HOUR, 0)]) == ()


@pytest.mark.parametrize(("entered", "left", "together"), [(-9, 700, 700), (-700, 9, 0), (-700, 601, 601)])
def test_the_window_cuts_the_visits_of_the_case_to_the_second(entered: int, left: int, together: int) -> None:
    town = [visit(CASE, entered, left), visit(OTHER, entered, left)]
    assert sum(contact.together for contact in traced(town, since=NOON)) == together


def test_a_case_that_comes_back_within_the_lag_adds_no_second_twice() -> None:
    town = [visit(CASE, 0, 600), visit(CASE, HOUR, HOUR + 600), visit(OTHER, 0, 3 * HOUR)]
    (contact,) = traced(town)
    assert (contact.together, contact.after) == (1200, 3 * HOUR - 1200)


def test_a_stay_told_in_two_pieces_is_one_stay() -> None:
    whole = [visit(CASE, 0, HOUR), visit(OTHER, 0, HOUR)]
    pieces = [visit(CASE, 0, HOUR), visit(OTHER, 0, 300), visit(OTHER, 300, HOUR), visit(OTHER, 200, 400)]
    assert traced(pieces) == traced(whole)


def test_a_visit_without_length_is_one_second() -> None:
    assert visit(OTHER, 5, 5).left == NOON + 6
    town = [visit(CASE, 0, HOUR, kind="household"), visit(OTHER, 5, 5, kind="household")]
    cases = [Traced(CASE, NOON, NOON + HOUR)]
    low = load_terms({"clause": "a test", "window_days": 2, "ring_1": {"minutes": 0.001}, "kinds": {}})
    (contact,) = tracing.trace([day(town)], cases, low).rings().first
    assert contact.together == 1


SECONDS = load_terms(
    {
        "clause": "a test",
        "window_days": 2,
        "ring_1": {"minutes": 0.001},
        "kinds": {"default": {"lag_hours": 1, "lag_weight": 1}},
    }
)


@pytest.mark.parametrize(
    ("entered", "left", "together", "after"),
    [
        (-9 * HOUR, 0, 0, 0),
        (-9 * HOUR, 1, 1, 0),
        (HOUR - 1, HOUR, 1, 0),
        (HOUR - 1, HOUR + 1, 1, 1),
        (HOUR, HOUR + 1, 0, 1),
        (2 * HOUR - 1, 9 * HOUR, 0, 1),
        (2 * HOUR, 9 * HOUR, 0, 0),
    ],
)
@pytest.mark.parametrize("others", [0, 40])
def test_one_second_is_found_at_either_end(entered, left, together, after, others) -> None:
    crowd = [visit(10 + number, 90 * number, 90 * number + 60) for number in range(others)]
    town = [visit(CASE, 0, HOUR), visit(OTHER, entered, left), *crowd]
    cases = [Traced(CASE, NOON - HOUR, NOON + 2 * HOUR)]
    rings = tracing.trace([day(town)], cases, SECONDS).rings()
    assert rings == reference.trace(town, cases, SECONDS)
    # Each visit in a segment of its own: whether a segment is looked at is a matter of one second too.
    assert rings == tracing.trace([day([one]) for one in town], cases, SECONDS).rings()
    shared = [(one.together, one.after) for one in rings.first if one.person == OTHER]
    assert shared == ([(together, after)] if together + after else [])


def test_somebody_who_never_left_is_found_days_later() -> None:
    many = [visit(person, 60 * person, 60 * person + 30) for person in range(10, 400)]
    town = [visit(OTHER, -20 * 24 * HOUR, HOUR), *many, visit(CASE, 0, HOUR)]
    assert traced(town)[0].person == OTHER
    assert traced(town)[0].together == HOUR


def test_midnight_is_a_second_like_any_other() -> None:
    midnight = 12 * HOUR  # local midnight in China
    (contact,) = traced([visit(CASE, midnight - 300, midnight + 300), visit(OTHER, midnight - 301, midnight + 301)])
    assert (contact.together, contact.first) == (600, NOON + midnight - 300)


@pytest.mark.parametrize(("day_", "hours"), [(date(2022, 3, 27), 23), (date(2022, 7, 3), 24), (date(2022, 10, 30), 25)])
def test_a_day_at_home_is_as_long_as_the_day_is_there(day_: date, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    town = [home for person in (CASE, OTHER) for home in at_home(person, HALL, (day_, day_), zone)]
    window = seconds(datetime(2022, 1, 1, tzinfo=UTC)), seconds(datetime(2023, 1, 1, tzinfo=UTC))
    (contact,) = traced(town, *window)
    assert contact.together == hours * HOUR
    assert moment(contact.first).astimezone(zone).date() == day_


def test_other_rooms_and_seats_far_away_do_not_count() -> None:
    town = [
        visit(CASE, 0, HOUR, kind="train", row=10, source=Source.VEHICLE),
        visit(OTHER, 0, HOUR, kind="train", row=13, source=Source.VEHICLE),
        visit(THIRD, 0, HOUR, kind="train", row=14, source=Source.VEHICLE),
        visit(4, 0, HOUR, kind="train"),  # nobody knows the seat
        visit(5, 0, HOUR, kind="train", place=HALL),
    ]
    assert {contact.person for contact in traced(town)} == {OTHER, 4}


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((("train", 0, HOUR), ("shop", 0, 2 * HOUR)), "train"),
        ((("train", 1, HOUR), ("shop", 0, 2 * HOUR)), "shop"),
        ((("train", 0, HOUR), ("shop", 0, HOUR)), "shop"),
    ],
)
def test_what_the_case_did_first_says_which_kind_of_place_it_is(kinds, said) -> None:
    town = [visit(CASE, entered, left, kind=kind) for kind, entered, left in kinds]
    (contact,) = traced([*town, visit(OTHER, 0, HOUR, kind="household")])
    assert [place.kind for place in contact.shared] == [said]


def test_ring_two_starts_when_the_contact_was_exposed() -> None:
    town = [
        visit(CASE, 0, HOUR),
        visit(OTHER, 0, HOUR),
        visit(OTHER, -5 * HOUR, -3 * HOUR, place=HALL),
        visit(THIRD, -5 * HOUR, -3 * HOUR, place=HALL),  # met before the exposure
        visit(OTHER, 3 * HOUR, 5 * HOUR, place=9),
        visit(4, 3 * HOUR, 5 * HOUR, place=9),
        visit(CASE, 3 * HOUR, 5 * HOUR, place=9),
        visit(5, 3 * HOUR, 3 * HOUR + 600, place=10),
        visit(OTHER, 3 * HOUR, 3 * HOUR + 1199, place=10),  # not enough for ring 2
    ]
    cases = [Traced(CASE, NOON, NOON + HOUR)]
    rings = reference.trace(town, cases, TERMS, second_until=NOON + 9 * HOUR)
    assert [contact.person for contact in rings.first] == [OTHER]
    assert [(contact.source, contact.person) for contact in rings.second] == [(OTHER, 4)]
    assert tracing.trace([day(town)], cases, TERMS, second_until=NOON + 9 * HOUR).rings() == rings


def test_the_explanation_names_places_reasons_and_what_is_presumed() -> None:
    town = [
        visit(CASE, 0, HOUR),
        visit(OTHER, HOUR - 900, 2 * HOUR, presumed=True),
        visit(CASE, 4 * HOUR, 5 * HOUR, place=HALL, source=Source.ITINERARY),
        visit(OTHER, 4 * HOUR, 5 * HOUR, place=HALL),
        visit(OTHER, -9 * HOUR, -8 * HOUR, place=9),
    ]
    case = Traced(CASE, NOON, NOON + 9 * HOUR)
    told = tracing.explain([day(town)], case, OTHER, TERMS)
    assert [(one.place, one.reason, (one.end - one.start) // 60, one.presumed) for one in told] == [
        (ROOM, Reason.TOGETHER, 15, True),
        (ROOM, Reason.AFTER, 60, True),
        (HALL, Reason.TOGETHER, 60, False),
    ]
    assert told[-1].known_from == (Source.CHECK_IN, Source.ITINERARY)
    (contact,) = traced(town)
    assert sum(one.points for one in told) == contact.points
    assert contact.score == 15 + 60 + 60
