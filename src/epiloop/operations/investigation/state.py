"""The investigation of one person, folded from that person's events in recorded order.

The fold takes whatever the ledger tells: imports from elsewhere need not follow our steps. What a person may do next
is asked in `checks`, against the transition tables here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from epiloop.ledger.events import Body, Entry
from epiloop.operations.investigation import events as e

CLASSIFICATION_STEPS: Mapping[str, frozenset[str]] = {
    "suspected": frozenset({"probable", "confirmed", "asymptomatic", "discarded"}),
    "probable": frozenset({"confirmed", "asymptomatic", "discarded"}),
    "asymptomatic": frozenset({"confirmed", "discarded"}),
    "confirmed": frozenset({"discarded"}),
    "discarded": frozenset({"suspected", "probable", "confirmed", "asymptomatic"}),
}
"""From a classification to those it may become. Nobody goes back to less sure; a mistake is discarded."""

OUTCOME_STEPS: Mapping[str, frozenset[str]] = {
    "open": frozenset({"recovered", "discharged", "died"}),
    "discharged": frozenset({"recovered", "died"}),
    "recovered": frozenset({"died"}),
    "died": frozenset(),
}
"""From how a case stands to how it may end."""

LINK_STEPS: Mapping[str, frozenset[str]] = {
    "determined": frozenset({"determined", "withdrawn", "became-case"}),
    "withdrawn": frozenset({"determined"}),
    "became-case": frozenset(),
}
"""From how a contact link stands to how it may go on; determined again means its details were corrected. When the case
is discarded, the links of its contact stand as before."""


@dataclass(frozen=True, slots=True)
class Case:
    """One illness of the person, as last told. `since` is when it was diagnosed, `known_at` when Epiloop learned it."""

    case: UUID
    disease: str
    classification: str
    since: datetime
    known_at: datetime
    jurisdiction: int
    onset: date | None = None
    severity: str | None = None
    reported: date | None = None
    detected: str | None = None
    outside: tuple[tuple[str, str], ...] = ()
    outcome: str = "open"
    outcome_on: date | None = None
    discarded_at: datetime | None = None

    @property
    def standing(self) -> bool:
        """Whether it counts as a case."""
        return self.classification != "discarded"


@dataclass(frozen=True, slots=True)
class Link:
    """One way the person was exposed to cases, as last told."""

    link: str
    disease: str
    ring: int
    sources: tuple[UUID, ...]
    last_exposure: date | None
    setting: str | None
    relation: str | None
    since: datetime
    step: str = "determined"
    ended_at: datetime | None = None
    """When it was withdrawn, or its contact became a case."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One day's answer."""

    day: date
    symptoms: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Investigation:
    """Everything an investigation knows of one person."""

    person: UUID
    cases: Mapping[UUID, Case] = field(default_factory=lambda: MappingProxyType({}))
    links: Mapping[str, Link] = field(default_factory=lambda: MappingProxyType({}))
    exposures: tuple[e.ExposureRecorded, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    first_symptoms: date | None = None
    stage: str | None = None
    handed_over_to: int | None = None

    def case_of(self, disease: str) -> Case | None:
        """The standing case of a disease that is still open, else the latest standing one, else None."""
        cases = [case for case in self.cases.values() if case.disease == disease and case.standing]
        return max(cases, key=lambda case: (case.outcome == "open", case.since), default=None)

    def open_links(self, disease: str) -> tuple[Link, ...]:
        """The links of a disease that are neither withdrawn nor those of a case."""
        return tuple(link for link in self.links.values() if link.disease == disease and link.step == "determined")


@dataclass(slots=True)
class _Open:
    """The same while events are taken in: one that is changed, since a fold must not copy everything at each event."""

    cases: dict[UUID, Case] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    exposures: list[e.ExposureRecorded] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    first_symptoms: date | None = None
    stage: str | None = None
    handed_over_to: int | None = None


def fold(person: UUID, history: Iterable[Entry]) -> Investigation:
    """The investigation after these events; events of other capabilities are passed over."""
    state = _Open()
    for entry in history:
        apply = _APPLY.get(type(entry.body))
        if apply:
            apply(state, entry.body, entry)
    return Investigation(
        person,
        MappingProxyType(state.cases),
        MappingProxyType(state.links),
        tuple(state.exposures),
        tuple(state.follow_ups),
        state.first_symptoms,
        state.stage,
        state.handed_over_to,
    )


def _determined(state: _Open, told: e.CaseDetermined, entry: Entry) -> None:
    before = state.cases.get(told.case)
    state.cases[told.case] = Case(
        case=told.case,
        disease=told.disease,
        classification=told.classification.value,
        since=entry.occurred_at,
        known_at=before.known_at if before else entry.recorded_at,
        jurisdiction=entry.jurisdiction,
        onset=told.onset,
        severity=told.severity.value if told.severity else None,
        reported=told.reported,
        detected=told.detected.value if told.detected else None,
        outside=told.outside,
        outcome=before.outcome if before else "open",
        outcome_on=before.outcome_on if before else None,
    )


def _reclassified(state: _Open, told: e.CaseReclassified, _entry: Entry) -> None:
    severity = told.severity.value if told.severity else None
    changes = {"classification": told.classification.value, "onset": told.onset, "severity": severity}
    _change_case(state, told.case, **{name: value for name, value in changes.items() if value is not None})


def _discarded(state: _Open, told: e.CaseDiscarded, entry: Entry) -> None:
    _change_case(state, told.case, classification="discarded", discarded_at=entry.occurred_at)
    if any(case.disease == told.disease and case.standing for case in state.cases.values()):
        return
    for name, link in state.links.items():
        if link.disease == told.disease and link.step == "became-case":
            state.links[name] = replace(link, step="determined", ended_at=None)


def _outcome(state: _Open, told: e.OutcomeRecorded, _entry: Entry) -> None:
    _change_case(state, told.case, outcome=told.outcome.value, outcome_on=told.on)


def _exposure(state: _Open, told: e.ExposureRecorded, _entry: Entry) -> None:
    others = [each for each in state.exposures if each.exposure is None or each.exposure != told.exposure]
    state.exposures = [*others, told]


def _contact(state: _Open, told: e.ContactDetermined, entry: Entry) -> None:
    link = Link(
        told.link,
        told.disease,
        told.ring,
        told.sources,
        told.last_exposure,
        told.setting.value if told.setting else None,
        told.relation.value if told.relation else None,
        entry.occurred_at,
    )
    before = state.links.get(told.link)
    if before and before.step == "became-case":
        link = replace(link, step=before.step, ended_at=before.ended_at)
    state.links[told.link] = link


def _withdrawn(state: _Open, told: e.ContactWithdrawn, entry: Entry) -> None:
    _step_links(state, (told.link,), "withdrawn", entry.occurred_at)


def _became_case(state: _Open, told: e.ContactBecameCase, entry: Entry) -> None:
    _step_links(state, told.links, "became-case", entry.occurred_at)


def _followed_up(state: _Open, told: e.FollowedUp, entry: Entry) -> None:
    if not told.reached:
        return
    state.follow_ups.append(FollowUp(told.day, told.symptoms, told.by, entry.occurred_at))
    if told.symptoms:
        _with_symptoms(state, told.onset or told.day)


def _symptoms(state: _Open, told: e.SymptomsReported, _entry: Entry) -> None:
    _with_symptoms(state, told.onset)


def _admitted(state: _Open, told: e.Admitted, _entry: Entry) -> None:
    state.stage = told.stage


def _released(state: _Open, _told: e.Released, _entry: Entry) -> None:
    state.stage = None


def _handed_over(state: _Open, told: e.HandedOver, _entry: Entry) -> None:
    state.handed_over_to = told.to


def _change_case(state: _Open, case: UUID, **changes: Any) -> None:
    if case in state.cases:
        state.cases[case] = replace(state.cases[case], **changes)


def _step_links(state: _Open, names: Iterable[str], step: str, at: datetime) -> None:
    for name in names:
        if name in state.links:
            state.links[name] = replace(state.links[name], step=step, ended_at=at)


def _with_symptoms(state: _Open, onset: date) -> None:
    state.first_symptoms = min(onset, state.first_symptoms or onset)


_APPLY: dict[type[Body], Callable[[_Open, Any, Entry], None]] = {
    e.CaseDetermined: _determined,
    e.CaseReclassified: _reclassified,
    e.CaseDiscarded: _discarded,
    e.OutcomeRecorded: _outcome,
    e.ExposureRecorded: _exposure,
    e.ContactDetermined: _contact,
    e.ContactWithdrawn: _withdrawn,
    e.ContactBecameCase: _became_case,
    e.FollowedUp: _followed_up,
    e.SymptomsReported: _symptoms,
    e.Admitted: _admitted,
    e.Released: _released,
    e.HandedOver: _handed_over,
}
