"""The reference against something even plainer: sets of seconds, one by one."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.exposure.towns import MIDNIGHT, PEOPLE, PLACES, examples

from epiloop.exposure import reference
from epiloop.exposure.contacts import Traced
from epiloop.exposure.terms import Setting, Terms
from epiloop.exposure.visits import Visit

KIND = "room"

visits = st.builds(
    lambda person, place, entered, stay, row: Visit(
        person, place, KIND, MIDNIGHT + entered, MIDNIGHT + entered + stay, row=row
    ),
    st.sampled_from(PEOPLE[:4]),
    st.sampled_from(PLACES[:2]),
    st.integers(-20, 20),
    st.integers(0, 12),
    st.sampled_from((-1, 1, 2, 4)),
)
settings_of_kind = st.builds(
    Setting,
    minimum=st.integers(1, 9),
    lag=st.integers(0, 9),
    lag_minimum=st.integers(1, 9),
    weight=st.integers(0, 3),
    lag_weight=st.integers(0, 3),
    rows=st.sampled_from((None, 0, 1)),
)
windows = st.builds(
    lambda person, since, long: Traced(person, MIDNIGHT + since, MIDNIGHT + since + long),
    st.sampled_from(PEOPLE[:4]),
    st.integers(-15, 15),
    st.integers(0, 30),
)


def stayed(visit: Visit) -> set[int]:
    return set(range(visit.entered, visit.left))


def seconds_shared(town: list[Visit], case: Traced, person: int, place: int, law: Setting) -> tuple[int, int]:
    """Seconds together and after at one place, by looking at every second."""
    window = set(range(case.since, case.until))
    together, after = set[int](), set[int]()
    for mine in (visit for visit in town if (visit.person, visit.place) == (case.person, place)):
        there = stayed(mine) & window
        if not there:
            continue
        for other in (visit for visit in town if (visit.person, visit.place) == (person, place)):
            if law.rows is not None and -1 not in (mine.row, other.row) and abs(mine.row - other.row) > law.rows:
                continue
            together |= there & stayed(other)
            after |= {max(there) + 1 + second for second in range(law.lag)} & stayed(other)
    return len(together), len(after - together)


@examples(300)
@given(st.lists(visits, max_size=16), windows, settings_of_kind, st.integers(1, 40))
def test_points_are_seconds_times_weights(town, case, law, threshold) -> None:
    terms = Terms("a test", 2, threshold, None, 0, {"default": law})
    expected = {}
    for person in {visit.person for visit in town} - {case.person}:
        shared = [seconds_shared(town, case, person, place, law) for place in PLACES[:2]]
        counted = [(near, later) for near, later in shared if near >= law.minimum or later >= law.lag_minimum]
        points = sum(law.weight * near + law.lag_weight * later for near, later in counted)
        if points >= threshold:
            expected[person] = points
    assert {one.person: one.points for one in reference.trace(town, [case], terms).first} == expected


@examples(200)
@given(st.lists(visits, max_size=16), windows, settings_of_kind)
def test_records_told_twice_or_in_two_pieces_change_nothing(town, case, law) -> None:
    terms = Terms("a test", 2, 1, None, 0, {"default": law})
    twice = [*town, *town]
    assert reference.trace(twice, [case], terms) == reference.trace(town, [case], terms)


@examples(100)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))),
)
def test_spans_are_sets_of_seconds(one, other) -> None:
    def seconds(spans):
        return {second for start, end in spans for second in range(start, end)}

    whole, taken = reference.union(one), reference.union(other)
    assert seconds(whole) == seconds(one)
    assert all(end < start for (_, end), (start, _) in pairwise(whole))
    assert seconds(reference.without(whole, taken)) == seconds(one) - seconds(other)
    assert reference.length(whole) == len(seconds(one))
