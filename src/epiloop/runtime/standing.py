"""Whether a person is positive, by which events, and for how long that counts for those who were exposed to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Body, Entry
from epiloop.operations.investigation.events import CaseDetermined, CaseDiscarded, CaseReclassified, OutcomeRecorded
from epiloop.operations.screening.events import ResultCorrected, ResultReceived

SAYING = frozenset({"negative", "positive"})
"""Results that say something; an invalid one says that a sample must be taken again."""
SURE = frozenset({"confirmed", "asymptomatic"})
Result = ResultReceived | ResultCorrected
Telling = Result | CaseDetermined | CaseReclassified | CaseDiscarded | OutcomeRecorded


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody counts as positive: a result (of any disease) or a case, the event that says so, and when it was."""

    disease: str | None
    event: EventRef
    at: datetime
    ended: date | None = None
    """The day that illness ended: whoever was exposed later was not exposed to it."""

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
    outcomes: dict[str, str] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    """Sample -> as which of the person's results it was told first, from 1."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Standing":
        """After these events."""
        standing = cls()
        for entry in entries:
            standing.take(entry.body, entry.ref, entry.occurred_at)
        return standing

    def take(self, body: Body, event: EventRef, at: datetime) -> None:
        """Take in one event; those of no concern are passed over."""
        if isinstance(body, Result):
            self._result(body, event, at)
        elif isinstance(body, CaseDetermined | CaseReclassified):
            sure = body.classification.value in SURE
            self._change(body.case, Reason(body.disease, event, at) if sure else None)
        elif isinstance(body, CaseDiscarded):
            self._change(body.case, None)
        elif isinstance(body, OutcomeRecorded):
            self._ended(body.disease, body.on or at.date())

    def _result(self, result: Result, event: EventRef, at: datetime) -> None:
        outcome = result.outcome.value
        if outcome in SAYING and result.sample not in self.turns:
            self.turns[result.sample] = len(self.turns) + 1
        self.outcomes[result.sample] = outcome
        self._change(result.sample, Reason(None, event, at) if outcome == "positive" else None)

    def _change(self, name: str | UUID, reason: Reason | None) -> None:
        """The first event that says it stays the reason as long as it holds."""
        if reason is None:
            self.reasons.pop(name, None)
        else:
            self.reasons.setdefault(name, reason)

    def _ended(self, disease: str, on: date) -> None:
        for name, one in self.reasons.items():
            if one.ended is None and one.about(disease):
                self.reasons[name] = Reason(one.disease, one.event, one.at, on)


def reason_of(standings: Iterable[Standing], disease: str, exposed: date | None) -> Reason | None:
    """The earliest reason why a person of these registrations was positive for somebody exposed last on a day."""
    found = (one for standing in standings for one in standing.reasons.values())
    counting = [one for one in found if one.about(disease) and one.reaches(exposed)]
    return min(counting, key=lambda one: (one.at, one.event), default=None)
