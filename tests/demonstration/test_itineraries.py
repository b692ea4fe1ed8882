"""Itineraries: a day without gaps, one place at a time, at one's own work or school."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.itineraries import HOME, Visit, visits
from epiloop.project.demonstration.population import Frame

MONDAY = date(2022, 7, 11)


@pytest.fixture(scope="module")
def sampled(middling: County, people: Frame) -> dict[int, list[Visit]]:
    days: dict[int, list[Visit]] = {}
    for visit in visits(middling, people, MONDAY, people=range(0, 200_000, 400)):
        days.setdefault(visit.person, []).append(visit)
    return days


def test_a_day_begins_and_ends_at_home_and_has_no_gap(sampled: dict[int, list[Visit]]) -> None:
    midnight = datetime(2022, 7, 10, 16, tzinfo=UTC)
    for day in sampled.values():
        assert (day[0].place, day[-1].place) == (HOME, HOME)
        assert (day[0].start, day[-1].end) == (midnight, midnight + timedelta(days=1))
        assert all(before.end == after.start for before, after in pairwise(day))
        assert all(visit.start < visit.end for visit in day)


def test_people_go_to_a_zone_of_their_own_employer_or_school(
    middling: County, people: Frame, sampled: dict[int, list[Visit]]
) -> None:
    went = 0
    for person, day in sampled.items():
        own = {int(people.employer[person]), int(people.school[person])} - {-1}
        units = {int(middling.places.unit[visit.place]) for visit in day if visit.place != HOME}
        if own:
            assert own & units
            went += 1
    assert went > 50


def test_outings_stay_in_the_township(middling: County, people: Frame, sampled: dict[int, list[Visit]]) -> None:
    township = middling.tree.township_of
    squares = [visit for day in sampled.values() for visit in day
               if visit.place != HOME and middling.places.kind[visit.place] == "public"]  # fmt: skip
    assert squares
    for visit in squares:
        here = people.stay_community[visit.person]
        assert township[middling.places.community[visit.place]] == township[here]


def test_who_stays_outside_the_county_visits_nothing_in_it(middling: County, people: Frame) -> None:
    away = np.flatnonzero(people.stay_community < 0)[:50].tolist()
    assert list(visits(middling, people, MONDAY, people=away)) == []


def test_the_same_person_has_the_same_day_whoever_else_is_asked_for(middling: County, people: Frame) -> None:
    pair = list(visits(middling, people, MONDAY, people=[10, 11]))
    assert [visit for visit in pair if visit.person == 11] == list(visits(middling, people, MONDAY, people=[11]))
    assert list(visits(middling, people, date(2022, 7, 12), people=[11])) != [v for v in pair if v.person == 11]
