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
"""From how a contact link stands to how it may go on; determined again means its details were corrected."""


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


def fold(person: UUID, history: Iterable[Entry]) -> Investigation:
    """The investigation after these events; events of other capabilities are passed over."""
    state = Investigation(person)
    for entry in history:
        apply = _APPLY.get(type(entry.body))
        state = apply(state, entry.body, entry) if apply else state
    return state


def _determined(state: Investigation, told: e.CaseDetermined, entry: Entry) -> Investigation:
    before = state.cases.get(told.case)
    case = Case(
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
    return _with_case(state, case)


def _reclassified(state: Investigation, told: e.CaseReclassified, _entry: Entry) -> Investigation:
    severity = told.severity.value if told.severity else None
    changes = {"classification": told.classification.value, "onset": told.onset, "severity": severity}
    return _change_case(state, told.case, **{name: value for name, value in changes.items() if value is not None})


def _discarded(state: Investigation, told: e.CaseDiscarded, entry: Entry) -> Investigation:
    return _change_case(state, told.case, classification="discarded", discarded_at=entry.occurred_at)


def _outcome(state: Investigation, told: e.OutcomeRecorded, _entry: Entry) -> Investigation:
    return _change_case(state, told.case, outcome=told.outcome.value, outcome_on=told.on)


def _exposure(state: Investigation, told: e.ExposureRecorded, _entry: Entry) -> Investigation:
    others = tuple(each for each in state.exposures if each.exposure is None or each.exposure != told.exposure)
    return replace(state, exposures=(*others, told))


def _contact(state: Investigation, told: e.ContactDetermined, entry: Entry) -> Investigation:
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
    return _with_links(state, link)


def _withdrawn(state: Investigation, told: e.ContactWithdrawn, entry: Entry) -> Investigation:
    return _step_links(state, (told.link,), "withdrawn", entry.occurred_at)


def _became_case(state: Investigation, told: e.ContactBecameCase, entry: Entry) -> Investigation:
    return _step_links(state, told.links, "became-case", entry.occurred_at)


def _followed_up(state: Investigation, told: e.FollowedUp, entry: Entry) -> Investigation:
    if not told.reached:
        return state
    follow_up = FollowUp(told.day, told.symptoms, told.by, entry.occurred_at)
    state = replace(state, follow_ups=(*state.follow_ups, follow_up))
    return _with_symptoms(state, told.onset or told.day) if told.symptoms else state


def _symptoms(state: Investigation, told: e.SymptomsReported, _entry: Entry) -> Investigation:
    return _with_symptoms(state, told.onset)


def _admitted(state: Investigation, told: e.Admitted, _entry: Entry) -> Investigation:
    return replace(state, stage=told.stage)


def _handed_over(state: Investigation, told: e.HandedOver, _entry: Entry) -> Investigation:
    return replace(state, handed_over_to=told.to)


def _with_case(state: Investigation, case: Case) -> Investigation:
    return replace(state, cases=MappingProxyType({**state.cases, case.case: case}))


def _change_case(state: Investigation, case: UUID, **changes: Any) -> Investigation:
    before = state.cases.get(case)
    return _with_case(state, replace(before, **changes)) if before else state


def _with_links(state: Investigation, *links: Link) -> Investigation:
    return replace(state, links=MappingProxyType({**state.links, **{link.link: link for link in links}}))


def _step_links(state: Investigation, names: Iterable[str], step: str, at: datetime) -> Investigation:
    known = [state.links[name] for name in names if name in state.links]
    return _with_links(state, *(replace(link, step=step, ended_at=at) for link in known))


def _with_symptoms(state: Investigation, onset: date) -> Investigation:
    return replace(state, first_symptoms=min(onset, state.first_symptoms or onset))


_APPLY: dict[type[Body], Callable[[Investigation, Any, Entry], Investigation]] = {
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
    e.Released: lambda state, _told, _entry: replace(state, stage=None),
    e.HandedOver: _handed_over,
}
