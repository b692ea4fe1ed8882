"""Second samples, consecutive negatives and Ct limits."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from epiloop.rules.evidence import counted, far_enough, negatives_met
from epiloop.rules.facts import Fact
from epiloop.rules.model import Negatives
from epiloop.rules.stream import Sample

START = datetime(2022, 12, 10, 8, tzinfo=UTC)
DAY = timedelta(hours=24)


def taken(*results: tuple[int, str, float | None]) -> list[Sample]:
    """Samples at hours after the start, each result known eight hours later."""
    made = []
    for hours, outcome, ct in results:
        at = START + timedelta(hours=hours)
        made.append(Sample(at, "single", Fact("sample-taken", at, at), outcome, ct, at + timedelta(hours=8)))
    return made


def test_exactly_twenty_four_hours_is_enough_and_a_minute_less_is_not() -> None:
    assert far_enough(START, START + DAY, DAY)
    assert not far_enough(START, START + DAY - timedelta(minutes=1), DAY)


def test_two_consecutive_negatives_are_met_when_the_second_is_known() -> None:
    wanted = Negatives(2, DAY)
    assert negatives_met(taken((0, "negative", None), (24, "negative", None)), START, wanted) == START + timedelta(
        hours=32
    )
    assert negatives_met(taken((0, "negative", None), (23, "negative", None)), START, wanted) is None


def test_a_positive_in_between_starts_the_count_again() -> None:
    wanted = Negatives(2, timedelta())
    found = taken((0, "negative", None), (12, "positive", 28.0), (24, "negative", None))
    assert negatives_met(found, START, wanted) is None


def test_a_ct_at_the_limit_counts_as_negative() -> None:
    found = taken((0, "positive", 35.0), (24, "positive", 36.5))
    assert negatives_met(found, START, Negatives(2, DAY, 35)) is not None
    assert negatives_met(found, START, Negatives(2, DAY, 37)) is None


@given(st.lists(st.integers(0, 200), max_size=12), st.integers(1, 48))
def test_counted_samples_are_always_far_enough_apart(hours: list[int], spacing: int) -> None:
    instants = [START + timedelta(hours=hour) for hour in sorted(hours)]
    kept = [instants[position] for position in counted(instants, timedelta(hours=spacing))]
    assert all(second - first >= timedelta(hours=spacing) for first, second in itertools.pairwise(kept))
    assert bool(kept) == bool(hours)
