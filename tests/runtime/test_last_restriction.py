"""The stretch of time in which statuses restrict a person without a gap, the last of them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.instants import Interval
from epiloop.rules.plan import Clause, StatusSpan
from epiloop.runtime.rows.plans import last_restriction

START = datetime(2022, 7, 1, tzinfo=UTC)
CLAUSE = Clause("cn", "close-contact", "2022-06-28", "stages.home", "a source")


def hour(n: int) -> datetime:
    return START + timedelta(hours=n)


def span(first: int, last: int, strictness: int = 30) -> StatusSpan:
    return StatusSpan("loop", "status", Interval(hour(first), hour(last)), CLAUSE, "as planned", strictness)


def test_spans_that_touch_or_overlap_are_one_stretch() -> None:
    assert last_restriction([span(4, 9), span(0, 5), span(9, 12)]) == (hour(0), hour(12))


def test_a_gap_ends_a_stretch_and_only_the_last_counts() -> None:
    assert last_restriction([span(0, 5), span(6, 9)]) == (hour(6), hour(9))


def test_what_does_not_restrict_is_left_out() -> None:
    assert last_restriction([span(0, 5), span(5, 9, strictness=0)]) == (hour(0), hour(5))
    assert last_restriction([span(0, 5, strictness=0)]) == (None, None)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6), st.sampled_from([0, 30])), max_size=6))
def test_it_is_the_stretch_found_by_going_through_every_hour(drawn: list[tuple[int, int, int]]) -> None:
    spans = [span(first, first + length, strictness) for first, length, strictness in drawn]
    held = {n for first, length, strictness in drawn if strictness for n in range(first, first + length)}
    if not held:
        assert last_restriction(spans) == (None, None)
        return
    since = until = max(held) + 1
    while since - 1 in held:
        since -= 1
    assert last_restriction(spans) == (hour(since), hour(until))
