"""The fast path and the reference give the same answer, to the second, in any town."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exposure.towns import by_day, day, terms, towns, traced

from epiloop.exposure import reference, tracing


@settings(max_examples=600)
@given(towns, st.lists(traced(), max_size=4), terms())
def test_both_rings_are_the_same(town, cases, law) -> None:
    expected = reference.trace(town, cases, law, rings=2)
    assert tracing.trace([day(town)], cases, law, rings=2).rings() == expected


@settings(max_examples=300)
@given(towns, st.lists(traced(), max_size=4), terms())
def test_days_apart_are_as_good_as_one_list(town, cases, law) -> None:
    expected = reference.trace(town, cases, law, rings=2)
    assert tracing.trace(by_day(town), cases, law, rings=2).rings() == expected


@settings(max_examples=300)
@given(towns, st.lists(traced(), min_size=1, max_size=3), terms())
def test_the_explanation_adds_up_to_the_points(town, cases, law) -> None:
    for case in cases:
        for contact in reference.trace(town, [case], law).first:
            told = reference.explain(town, case, contact.person, law)
            assert sum(stretch.points for stretch in told) == contact.points
            assert min(stretch.start for stretch in told) == contact.first
            assert tracing.explain(by_day(town), case, contact.person, law) == told
