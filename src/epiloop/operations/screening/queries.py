"""Pure questions about a person's samples."""

from datetime import datetime

from epiloop.operations.screening.events import ResultOutcome
from epiloop.operations.screening.state import Sample, Screening


def awaited(state: Screening) -> tuple[Sample, ...]:
    """Samples without a result, longest waiting first."""
    waiting = [sample for sample in state.samples.values() if sample.outcome is None and sample.taken_at]
    return tuple(sorted(waiting, key=lambda sample: (sample.taken_at, sample.sample)))


def in_order(state: Screening) -> tuple[Sample, ...]:
    """Samples by the time they were taken (by that of the result where it is not known)."""
    return tuple(sorted(state.samples.values(), key=lambda sample: (_when(sample), sample.sample)))


def first_positive(state: Screening) -> Sample | None:
    """The earliest sample whose result stands as positive."""
    return next((sample for sample in in_order(state) if sample.outcome is ResultOutcome.POSITIVE), None)


def nth_result(state: Screening, sample: str) -> int:
    """Which of the person's results this sample's is, counted from 1 by time of sampling; 0 if it has none."""
    with_result = [each.sample for each in in_order(state) if each.outcome is not None]
    return with_result.index(sample) + 1 if sample in with_result else 0


def _when(sample: Sample) -> datetime:
    when = sample.taken_at or sample.result_at
    assert when is not None, "a sample is known by its taking or by its result"
    return when
