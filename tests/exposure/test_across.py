"""Several segments asked at once answer what each of them answers alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.exposure.towns import MIDNIGHT, examples, towns

from epiloop.exposure import Segment, arranged, columns, decode, encode
from epiloop.exposure.across import Across, present, rows_of
from epiloop.exposure.visits import Visit

some_towns = st.lists(towns.filter(bool), min_size=1, max_size=4)


def asked(told: list[list[Visit]], what: str) -> list[np.ndarray]:
    """Each segment is asked for what is in the next one, and for something that nobody has."""
    following = told[1:] + told[:1]
    return [np.array(sorted({getattr(one, what) for one in some} | {10**6}), np.uint64) for some in following]


def by_segment(rows: Across, segments: list[Segment]) -> list[list[int]]:
    number = rows.each(range(len(segments)))
    return [sorted(set(rows.numbers[number == at].tolist())) for at in range(len(segments))]


@examples(40)
@given(some_towns)
def test_all_rows_of_people_are_found_in_each(told) -> None:
    segments = [arranged(columns(one)) for one in told]
    people = asked(told, "person")
    which, rows = rows_of(segments, people)
    assert by_segment(rows, segments) == [
        np.flatnonzero(np.isin(one.person_of(slice(None)), some)).tolist()
        for one, some in zip(segments, people, strict=True)
    ]
    found = [one.person_of(part) for one, part in zip(segments, by_segment(rows, segments), strict=True)]
    assert sorted(np.concatenate(people)[which].tolist()) == sorted(np.concatenate(found).tolist())


@examples(40)
@given(some_towns, st.integers(-7200, 90_000), st.integers(1, 7200))
def test_those_who_were_there_are_found_in_each(told, after, stay) -> None:
    segments = [arranged(columns(one)) for one in told]
    places = asked(told, "place")
    since = [np.full(len(one), MIDNIGHT + after) for one in places]
    until = [one + stay for one in since]
    expected = []
    for one, some in zip(segments, places, strict=True):
        every = one.columns()
        there = (every.entered < MIDNIGHT + after + stay) & (every.left > MIDNIGHT + after)
        expected.append(np.flatnonzero(there & np.isin(every.place, some)).tolist())
    assert by_segment(present(segments, places, since, until), segments) == expected


@examples(20)
@given(towns)
def test_a_segment_in_memory_is_the_one_of_its_block(told) -> None:
    one, other = arranged(columns(told)), decode(encode(columns(told)))
    assert (one.base, one.latest, one.kinds) == (other.base, other.latest, other.kinds)
    for name in ("places", "longest", "people", "person_starts", "by_person", "moment", "left", "person", "sealed"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
