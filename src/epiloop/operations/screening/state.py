"""A person's samples and results, folded from that person's events in recorded order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from epiloop.ledger.events import Entry
from epiloop.operations.screening import events as e

STEPS: Mapping[str, frozenset[str]] = {
    "unknown": frozenset({"taken", "negative", "positive", "invalid"}),
    "taken": frozenset({"negative", "positive", "invalid"}),
    "negative": frozenset({"corrected"}),
    "positive": frozenset({"corrected"}),
    "invalid": frozenset({"corrected"}),
    "corrected": frozenset({"corrected"}),
}
"""A result may come before word of the sample does. What a laboratory has said changes only by a correction."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample as last told. `outcome` is None while the result is awaited."""

    sample: str
    step: str
    taken_at: datetime | None = None
    sampled: e.SampleKind | None = None
    outcome: e.ResultOutcome | None = None
    ct: float | None = None
    result_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Screening:
    """All samples of one person by number."""

    person: UUID
    samples: Mapping[str, Sample] = field(default_factory=lambda: MappingProxyType({}))


def fold(person: UUID, history: Iterable[Entry]) -> Screening:
    """The samples after these events; events of other capabilities are passed over."""
    samples: dict[str, Sample] = {}
    for entry in history:
        told = entry.body
        if isinstance(told, e.SampleTaken):
            before = samples.get(told.sample, Sample(told.sample, "taken"))
            samples[told.sample] = replace(before, taken_at=entry.occurred_at, sampled=told.sampled)
        elif isinstance(told, e.ResultReceived | e.ResultCorrected):
            samples[told.sample] = _with_result(samples.get(told.sample), told, entry.occurred_at)
    return Screening(person, MappingProxyType(samples))


def _with_result(before: Sample | None, told: e.ResultReceived | e.ResultCorrected, at: datetime) -> Sample:
    step = "corrected" if isinstance(told, e.ResultCorrected) else told.outcome.value
    known = before or Sample(told.sample, step)
    return replace(known, step=step, outcome=told.outcome, ct=told.ct, result_at=at)
