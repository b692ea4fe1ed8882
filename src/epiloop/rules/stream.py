"""The facts of one subject, put in the order in which they happened, and matched with what a rule wants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from uuid import UUID

from epiloop.core.instants import day_of
from epiloop.core.subjects import EventRef
from epiloop.rules.facts import Fact, Value
from epiloop.rules.model import Match, Wanted


@dataclass(slots=True)
class Sample:
    """A sample with what came of it. `outcome` is "" until a result is known."""

    taken: datetime
    kind: str
    fact: Fact
    outcome: str = ""
    ct: float | None = None
    result_at: datetime | None = None


class Stream:
    """Facts known by `known_at` and not after `at`, oldest first."""

    __slots__ = ("_candidates", "_matching", "_matching_samples", "facts", "kinds", "numbers", "samples")

    def __init__(self, facts: Iterable[Fact], known_at: datetime, at: datetime | None = None) -> None:
        known = [fact for fact in facts if fact.recorded_at <= known_at and (at is None or fact.at <= at)]
        if any(fact.event is None for fact in known):
            recorded = sorted(known, key=lambda fact: (fact.recorded_at, fact.at, fact.kind, repr(fact.values)))
            self.numbers = {id(fact): number for number, fact in enumerate(recorded, 1)}
        else:
            self.numbers = {}
        known.sort(key=_happened)
        self.facts = known
        self.kinds: dict[str, list[Fact]] = {}
        for fact in known:
            self.kinds.setdefault(fact.kind, []).append(fact)
        self.samples = _samples(self.kinds) if "sample-taken" in self.kinds or "result" in self.kinds else []
        self._matching: dict[int, list[Fact]] = {}
        self._matching_samples: dict[int, list[Sample]] = {}
        self._candidates: dict[int, list[tuple[datetime, Fact]]] = {}

    def number(self, fact: Fact) -> int:
        """What names the fact in a loop's key: its event's version, or its place in recorded order."""
        return fact.event.version if fact.event else self.numbers[id(fact)]

    def matching(self, match: Match) -> list[Fact]:
        """The facts a rule asks for, oldest first."""
        found = self.kinds.get(match.fact)
        if not found or not match.where:
            return found or []
        known = self._matching.get(id(match))
        if known is None:
            known = self._matching[id(match)] = [fact for fact in found if fits(fact, match)]
        return known

    def matching_samples(self, match: Match) -> list[Sample]:
        """The samples a rule asks for whose result is not invalid, oldest first."""
        known = self._matching_samples.get(id(match))
        if known is None:
            known = [one for one in self.samples if one.outcome != "invalid" and fits(one.fact, match)]
            self._matching_samples[id(match)] = known
        return known

    def candidates(self, match: Match) -> list[tuple[datetime, Fact]]:
        """The facts that can fulfil a duty, each with its instant, oldest first; an invalid sample cannot."""
        known = self._candidates.get(id(match))
        if known is None:
            if match.fact == "sample-taken":
                known = [(one.taken, one.fact) for one in self.matching_samples(match)]
            else:
                known = [(fact.at, fact) for fact in self.matching(match)]
            self._candidates[id(match)] = known
        return known


def fits(fact: Fact, match: Match) -> bool:
    """Whether a fact's values are what a rule wants; the kind is not looked at."""
    return all(_wanted(fact.values.get(name), wanted) for name, wanted in match.where)


def day_in(fact: Fact, name: str, zone: tzinfo) -> date:
    """The day a fact names in one of its values ("at": when it happened); when absent, the day it happened."""
    value: Value = None if name == "at" else fact.values.get(name)
    if isinstance(value, datetime):
        return day_of(value, zone)
    return value if isinstance(value, date) else day_of(fact.at, zone)


def stated_deadline(fact: Fact) -> datetime | None:
    """The deadline that a fact states, if it states one."""
    value = fact.values.get("deadline")
    return value if isinstance(value, datetime) else None


def refs(facts: Sequence[Fact]) -> tuple[EventRef, ...]:
    """Where these facts stand in the ledger."""
    return tuple(fact.event for fact in facts if fact.event)


NOWHERE = EventRef(UUID(int=0), 0)


def _happened(fact: Fact) -> tuple[datetime, datetime, EventRef, str, str]:
    return fact.at, fact.recorded_at, fact.event or NOWHERE, fact.kind, "" if fact.event else repr(fact.values)


def _wanted(value: Value, wanted: Wanted) -> bool:
    if wanted.any_of is not None:
        return value is not None and value in wanted.any_of
    if wanted.none_of:
        return value not in wanted.none_of
    if not isinstance(value, int | float):
        return False
    return (wanted.low is None or value >= wanted.low) and (wanted.high is None or value <= wanted.high)


def _samples(kinds: dict[str, list[Fact]]) -> list[Sample]:
    taken = {}
    for fact in kinds.get("sample-taken", ()):
        taken[fact.values.get("sample")] = Sample(fact.at, str(fact.values.get("kind", "")), fact)
    for fact in kinds.get("result", ()):
        name = fact.values.get("sample")
        # A result proves that a sample was taken, even if nobody recorded the taking.
        sample = taken.setdefault(name, Sample(fact.at, str(fact.values.get("kind", "")), fact))
        ct = fact.values.get("ct")
        sample.outcome, sample.result_at = str(fact.values.get("outcome", "")), fact.at
        sample.ct = float(ct) if isinstance(ct, int | float) else None
    return sorted(taken.values(), key=lambda one: (one.taken, _happened(one.fact)))


LAST_INSTANT = datetime(9999, 1, 1, tzinfo=UTC)
"""After every instant that can be asked about."""
