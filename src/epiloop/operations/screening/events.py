"""Samples and results, and what of them the rules are told. They stand in the person's own stream."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Body, body, secret
from epiloop.rules.facts import Fact, Value


class SampleKind(StrEnum):
    """One swab in one tube, several in one tube, or an antigen test."""

    SINGLE = "single"
    POOL = "pool"
    ANTIGEN = "antigen"


class ResultOutcome(StrEnum):
    """What the laboratory says. Invalid: nothing can be said, sample again."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    INVALID = "invalid"


@body("sample-taken")
@dataclass(frozen=True)
class SampleTaken(Body):
    """A swab was taken. `sample` is the sample's number, unique for the person; the site is sealed."""

    sample: str
    sampled: SampleKind = SampleKind.SINGLE
    tube: str | None = None
    site: UUID | None = secret(default=None)


@body("result-received")
@dataclass(frozen=True)
class ResultReceived(Body):
    """The result of a sample. `ct`: the lowest cycle threshold, cycles; `lab`: the laboratory's unit."""

    sample: str
    outcome: ResultOutcome
    ct: float | None = None
    lab: UUID | None = None


@body("result-corrected")
@dataclass(frozen=True)
class ResultCorrected(Body):
    """The laboratory takes back what it said about a sample and says this instead."""

    sample: str
    outcome: ResultOutcome
    ct: float | None = None
    lab: UUID | None = None
    reason: str | None = secret(default=None)


Said = Iterable[tuple[str, Mapping[str, Value]]]


def _sample(told: SampleTaken) -> Said:
    yield "sample-taken", {"sample": told.sample, "kind": told.sampled.value}


def _result(told: ResultReceived | ResultCorrected) -> Said:
    values: dict[str, Value] = {"sample": told.sample, "outcome": told.outcome.value}
    yield "result", values if told.ct is None else values | {"ct": told.ct}


_SAYS: dict[type[Body], Callable[..., Said]] = {
    SampleTaken: _sample,
    ResultReceived: _result,
    ResultCorrected: _result,
}


def facts(told: Body, *, occurred_at: datetime, recorded_at: datetime, ref: EventRef | None) -> tuple[Fact, ...]:
    """What an event of this capability says to the rules; a correction says the result again, the last one holds."""
    say = _SAYS.get(type(told))
    return tuple(Fact(kind, occurred_at, recorded_at, values, ref) for kind, values in say(told)) if say else ()
