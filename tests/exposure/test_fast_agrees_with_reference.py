"""The fast path and the reference give the same answer, to the second, in any town."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.exposure.towns import MIDNIGHT, busy, by_day, day, examples, terms, towns, traced

from epiloop.exposure import reference, tracing

UNTIL_LATE = MIDNIGHT + 200_000
UNTIL = st.sampled_from((UNTIL_LATE, MIDNIGHT, MIDNIGHT + 1))


@examples(200)
@given(towns, st.lists(traced(), max_size=4), terms(), UNTIL)
def test_both_rings_are_the_same(town, cases, law, until) -> None:
    expected = reference.trace(town, cases, law, second_until=until)
    assert tracing.trace([day(town)], cases, law, second_until=until).rings() == expected


@examples(100)
@given(towns, st.lists(traced(), max_size=4), terms(), UNTIL)
def test_days_apart_are_as_good_as_one_list(town, cases, law, until) -> None:
    expected = reference.trace(town, cases, law, second_until=until)
    assert tracing.trace(by_day(town), cases, law, second_until=until).rings() == expected


@examples(100)
@given(towns, st.lists(traced(), min_size=1, max_size=3), terms())
def test_the_explanation_adds_up_to_the_points(town, cases, law) -> None:
    for case in cases:
        for contact in reference.trace(town, [case], law).first:
            told = reference.explain(town, case, contact.person, law)
            assert sum(stretch.points for stretch in told) == contact.points
            assert min(stretch.start for stretch in told) == contact.first
            assert tracing.explain(by_day(town), case, contact.person, law) == told


@examples(200)
@given(st.integers(0, 2**32), UNTIL)
def test_in_a_crowd_both_rings_are_the_same(seed, until) -> None:
    town = busy(seed)
    expected = reference.trace(town.visits, town.cases, town.terms, second_until=until)
    days = by_day(town.visits)
    assert tracing.trace(days, town.cases, town.terms, second_until=until).rings() == expected
    for case in town.cases:
        for contact in (one for one in expected.first[:3] if one.source == case.person):
            told = tracing.explain(days, case, contact.person, town.terms)
            assert sum(stretch.points for stretch in told) == contact.points


def test_crowds_have_contacts_in_both_rings() -> None:
    """So that the test above cannot pass by finding nothing."""
    found = [reference.trace(t.visits, t.cases, t.terms, second_until=UNTIL_LATE) for t in map(busy, range(60))]
    shared = [place for rings in found for contact in rings.first for place in contact.shared]
    assert sum(bool(rings.first) for rings in found) > 50
    assert sum(bool(rings.second) for rings in found) > 40
    assert sum(place.together > 0 and place.after > 0 for place in shared) > 50
    assert sum(len(contact.shared) > 1 for rings in found for contact in rings.first) > 20


SPREAD = 0x9E3779B97F4A7C15
"""An odd number: multiplied with it, small numbers are spread over all 64 bits and stay apart."""


@examples(60)
@given(st.integers(0, 2**32))
def test_numbers_of_64_bits_are_as_good_as_small_ones(seed) -> None:
    town = busy(seed)
    wide = [replace(visit, person=visit.person * SPREAD % 2**64) for visit in town.visits]
    cases = [replace(case, person=case.person * SPREAD % 2**64) for case in town.cases]
    expected = reference.trace(wide, cases, town.terms)
    assert tracing.trace(by_day(wide), cases, town.terms).rings() == expected
    assert len(expected.first) == len(reference.trace(town.visits, town.cases, town.terms).first)
