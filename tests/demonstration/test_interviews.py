"""The interviews of the demonstration: a contradiction, gaps, and two people with seats in one carriage."""

from datetime import UTC, datetime

from tests.itineraries.stops import PERSON, SHANGHAI, stop

from epiloop.core.ids import derived
from epiloop.operations.itineraries import queries
from epiloop.operations.itineraries.checks import check_tell
from epiloop.operations.itineraries.events import StopKind
from epiloop.operations.itineraries.state import Itinerary
from epiloop.operations.itineraries.visits import spots
from epiloop.project.demonstration.interviews import ASKED, SEATS, _told

NOW = datetime(2022, 7, 10, 2, tzinfo=UTC)
PLACES = [derived("place", str(n)) for n in range(6)]


def test_an_interview_has_a_contradiction_and_gaps_and_every_stop_of_it_can_be_told() -> None:
    stops = list(_told(PERSON, 0, PLACES, NOW))
    for one in stops:
        check_tell(Itinerary(PERSON), one, now=NOW)
    shown = [stop(one) for one in stops]
    assert len(queries.conflicts(shown)) == 1
    window = queries.days(shown, queries.Interval(shown[0].begins, NOW), SHANGHAI)
    assert all(day.gaps for day in window)
    assert len({one.stop for one in stops}) == len(stops)


def test_those_asked_sat_in_one_carriage_in_different_seats() -> None:
    rides = [
        next(one for one in _told(PERSON, number, PLACES, NOW) if one.where is StopKind.VEHICLE)
        for number in range(ASKED)
    ]
    assert len({frozenset(spots(ride)) for ride in rides}) == 1
    assert [ride.seat for ride in rides] == list(SEATS)
