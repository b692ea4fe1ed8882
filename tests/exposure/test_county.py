"""A made-up county over several days: the fast path against the reference on a sample of cases."""

import sys
from pathlib import Path

import numpy as np
import pytest

from epiloop.exposure import Traced, decode, encode, reference, trace, tracing
from epiloop.exposure.segment import Segment
from epiloop.exposure.visits import Source, Visit

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from town import KINDS, TERMS, Town  # the benchmark's town, so that what is timed is what is tested


def around(days: list[Segment], people: list[int]) -> list[Visit]:
    """Everybody's visits to the places where these people ever were: all that can matter for their ring 1."""
    return [visit for day in days for visit in _rows(day, _places(days, people))]


def _places(days: list[Segment], people: list[int]) -> list[int]:
    found = set[int]()
    for day in days:
        rows = np.flatnonzero(np.isin(day.person_of(slice(None)), np.array(people, np.uint64)))
        found.update(day.place_of(rows).tolist())
    return sorted(found)


def _rows(segment: Segment, places: list[int]) -> list[Visit]:
    place = segment.place_of(np.arange(len(segment)))
    rows = np.flatnonzero(np.isin(place, np.array(places, np.uint64)))
    entered, left = segment.base + segment.entered(rows), segment.base + segment.left[rows].astype(np.int64)
    columns = (segment.person_of(rows), place[rows], segment.kind[rows], entered, left)
    return [
        Visit(person, where, KINDS[kind], start, end, Source.CHECK_IN)
        for person, where, kind, start, end in zip(*(column.tolist() for column in columns), strict=True)
    ]


def agree(town: Town, cases: int) -> None:
    days = [decode(encode(day)) for day in town.segments()]
    people = town.cases(cases)
    first, last = days[0].base, days[-1].latest
    traced = [Traced(person, first + 3600 * number, last) for number, person in enumerate(people)]
    found = trace(days, traced, TERMS).first
    assert len(found) > 20 * cases
    assert found.contacts() == reference.trace(around(days, people), traced, TERMS).first
    # In the best ranks nothing is lost by asking for those alone.
    assert found.contacts(10) == found.contacts()[:10]


def test_a_small_county_agrees_with_the_reference() -> None:
    agree(Town(people=6_000, days=4), cases=5)


def test_taking_sources_one_by_one_changes_nothing(monkeypatch) -> None:
    town = Town(people=3_000, days=2)
    days = [decode(encode(day)) for day in town.segments()]
    cases = [Traced(person, days[0].base, days[-1].latest) for person in town.cases(12)]
    at_once = trace(days, cases, TERMS, second_until=cases[0].until).rings()
    assert at_once.second
    monkeypatch.setattr(tracing, "AT_ONCE", 100)
    assert trace(days, cases, TERMS, second_until=cases[0].until).rings() == at_once


@pytest.mark.slow
def test_a_county_agrees_with_the_reference() -> None:
    agree(Town(people=400_000, days=5, seed=2), cases=20)
