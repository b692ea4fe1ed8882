"""Whether a person is positive, by which events, and for how long that counts for those who were exposed to them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Body, Entry
from epiloop.operations.investigation.events import (
    CaseDetermined,
    CaseDiscarded,
    CaseReclassified,
    ContactDetermined,
    OutcomeRecorded,
)
from epiloop.operations.screening.events import ResultCorrected, ResultReceived, SampleKind, SampleTaken

SAYING = frozenset({"negative", "positive"})
"""Results that say something; an invalid one says that a sample must be taken again."""
SURE = frozenset({"confirmed", "asymptomatic"})
Result = ResultReceived | ResultCorrected
Names = Mapping[str | UUID, "Reason"]
Telling = Result | CaseDetermined | CaseReclassified | CaseDiscarded | OutcomeRecorded


def is_sure(case: CaseDetermined | CaseReclassified) -> bool:
    """Whether it says that somebody surely is a case."""
    return case.classification.value in SURE


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody counts as positive: a result (of any disease) or a case, the event that says so, and when it was."""

    disease: str | None
    event: EventRef
    at: datetime
    ended: date | None = None
    """The day that illness ended: whoever was exposed later was not exposed to it."""
    until: datetime | None = None
    """When it was taken back."""

    def about(self, disease: str) -> bool:
        """Whether it makes the person positive for a disease; what a sample was tested for is not told."""
        return self.disease in (None, disease)

    def reaches(self, exposed: date | None) -> bool:
        """Whether somebody exposed last on that day (None: not known) was exposed to this illness."""
        return self.ended is None or exposed is None or exposed <= self.ended


@dataclass(slots=True)
class Standing:
    """What the results and cases of one registration say, taken in event by event."""

    reasons: dict[str | UUID, Reason] = field(default_factory=dict)
    """By sample or case."""
    grounds: dict[str | UUID, Reason] = field(default_factory=dict)
    """The same with cases of which nobody is sure yet: why somebody may be determined a close contact."""
    once: list[tuple[str | UUID, Reason]] = field(default_factory=list)
    """Grounds that were taken back."""
    taken_back: dict[str | UUID, datetime] = field(default_factory=dict)
    """Corrected samples and discarded cases, also those that another registration of the same person told of."""
    close: dict[str, str] = field(default_factory=dict)
    """By which links the person was ever told to be a close contact, of which disease."""
    outcomes: dict[str, str] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    """Sample -> as which of the person's results it was told first, from 1."""

    pooled: set[str] = field(default_factory=set)
    """Samples in a tube with other people's: a positive tube makes nobody positive, they are sampled again singly."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Standing":
        """After these events."""
        standing = cls()
        for entry in entries:
            standing.take(entry.body, entry.ref, entry.occurred_at)
        return standing

    def take(self, body: Body, event: EventRef, at: datetime) -> None:
        """Take in one event; those of no concern are passed over."""
        if isinstance(body, SampleTaken) and body.sampled is SampleKind.POOL:
            self.pooled.add(body.sample)
        elif isinstance(body, Result):
            self._result(body, event, at)
        elif isinstance(body, CaseDetermined | CaseReclassified):
            self._holds(body.case, Reason(body.disease, event, at), sure=is_sure(body))
        elif isinstance(body, CaseDiscarded):
            self._fell(body.case, at)
            self.taken_back[body.case] = at
        elif isinstance(body, ContactDetermined) and body.ring == 1:
            self.close[body.link] = body.disease
        elif isinstance(body, OutcomeRecorded):
            self._ended(body.disease, body.on or at.date())

    def leave(self, names: Collection[str | UUID]) -> None:
        """These samples and cases are another registration's, and were never this one's."""
        self.once = [one for one in self.once if one[0] not in names]
        for name in names:
            for told in (self.reasons, self.grounds, self.taken_back):
                told.pop(name, None)
            for counted in (self.outcomes, self.turns, self.close):
                counted.pop(str(name), None)

    def _result(self, result: Result, event: EventRef, at: datetime) -> None:
        outcome = result.outcome.value
        if outcome in SAYING and result.sample not in self.turns:
            self.turns[result.sample] = len(self.turns) + 1
        self.outcomes[result.sample] = outcome
        if outcome == "positive":
            self._holds(result.sample, Reason(None, event, at), sure=result.sample not in self.pooled)
            return
        self._fell(result.sample, at)
        if isinstance(result, ResultCorrected):
            self.taken_back[result.sample] = at

    def _holds(self, name: str | UUID, reason: Reason, *, sure: bool) -> None:
        """The first event that says it stays the reason as long as it holds."""
        self.taken_back.pop(name, None)
        self.grounds.setdefault(name, reason)
        if sure:
            self.reasons.setdefault(name, reason)
        else:
            self.reasons.pop(name, None)

    def _fell(self, name: str | UUID, at: datetime) -> None:
        self.reasons.pop(name, None)
        ground = self.grounds.pop(name, None)
        if ground:
            self.once.append((name, replace(ground, until=at)))

    def _ended(self, disease: str, on: date) -> None:
        for reasons in (self.reasons, self.grounds):
            for name, one in reasons.items():
                if one.ended is None and one.about(disease):
                    reasons[name] = replace(one, ended=on)


def reason_of(standings: Iterable[Standing], disease: str, exposed: date | None) -> Reason | None:
    """The earliest reason why a person of these registrations was positive for somebody exposed last on a day."""
    found = _holding(list(standings), lambda standing: standing.reasons)
    counting = [one for one in found if one.about(disease) and one.reaches(exposed)]
    return min(counting, key=lambda one: (one.at, one.event), default=None)


def reasons_of(standings: Iterable[Standing]) -> list[Reason]:
    """Why a person of these registrations counts as positive."""
    return list(_holding(list(standings), lambda standing: standing.reasons))


def grounds_of(standings: Iterable[Standing]) -> list[Reason]:
    """Why somebody may be a close contact of a person of these registrations: positives, cases however sure."""
    return list(_holding(list(standings), lambda standing: standing.grounds))


def ever(standings: Iterable[Standing]) -> Iterator[Reason]:
    """Whatever said at some time that a person of these registrations was, or might be, ill."""
    every = list(standings)
    for standing in every:
        yield from (one for _, one in standing.once)
        for name, one in standing.grounds.items():
            ends = [other.taken_back[name] for other in every if other.taken_back.get(name, one.at) > one.at]
            yield replace(one, until=min(ends)) if ends else one


def _holding(standings: list[Standing], kept: Callable[[Standing], Names]) -> Iterator[Reason]:
    """What none of the registrations took back: a merged one's case is discarded by the one that goes on."""
    for standing in standings:
        for name, one in kept(standing).items():
            if not any(other.taken_back[name] >= one.at for other in standings if name in other.taken_back):
                yield one
