"""What can happen in the investigation of one person, as a case, a contact, or both.

Whatever pairs the person with a place, and free text, is sealed. `facts` says what of it the rules are told.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from epiloop.core.jurisdictions import Code, short
from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Body, body, secret
from epiloop.rules.facts import Fact, Value


class Classification(StrEnum):
    """How sure it is that the person is infected. Asymptomatic: confirmed by laboratory, without symptoms so far."""

    SUSPECTED = "suspected"
    PROBABLE = "probable"
    CONFIRMED = "confirmed"
    ASYMPTOMATIC = "asymptomatic"


class Outcome(StrEnum):
    """How a case ended. Discharged: left hospital, further course unknown."""

    RECOVERED = "recovered"
    DISCHARGED = "discharged"
    DIED = "died"


class Detection(StrEnum):
    """How a case was found; all but the last two were already under some control when found."""

    CONTROLLED = "already-controlled"
    KEY_GROUP = "key-group-test"
    ROUND = "round"
    CLINIC = "fever-clinic"
    SELF = "self-report"


class Severity(StrEnum):
    """Clinical severity."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    CRITICAL = "critical"


class SettingKind(StrEnum):
    """In what kind of setting somebody was exposed. The place itself, and words of another's list, are sealed."""

    HOUSEHOLD = "household"
    HEALTH_CARE = "health-care"
    CARE_HOME = "care-home"
    WORKPLACE = "workplace"
    SCHOOL = "school"
    TRANSPORT = "transport"
    MEAL = "meal"
    GATHERING = "gathering"
    FUNERAL = "funeral"
    SHOP = "shop"
    LODGING = "lodging"
    OTHER = "other"


class Relation(StrEnum):
    """What the contact is to the source."""

    FAMILY = "family"
    PARTNER = "partner"
    COLLEAGUE = "colleague"
    SCHOOLMATE = "schoolmate"
    FRIEND = "friend"
    NEIGHBOUR = "neighbour"
    PATIENT = "patient"
    CARER = "carer"
    PASSENGER = "passenger"
    CUSTOMER = "customer"
    OTHER = "other"


@body("case-determined")
@dataclass(frozen=True)
class CaseDetermined(Body):
    """The person is a case. `case` names it for ever; said again with the same `case` it replaces what was said before.

    `onset` first symptoms; `infected` presumed day of infection; `reported` day of notification; the event itself
    occurred on the day of diagnosis. `position` is longitude and latitude in degrees (WGS 84).
    """

    case: UUID
    disease: str
    classification: Classification
    onset: date | None = None
    severity: Severity | None = None
    detected: Detection | None = None
    infected: date | None = None
    reported: date | None = None
    imported: bool | None = None
    outside: tuple[tuple[str, str], ...] = ()
    hospital: str | None = secret(default=None)
    place: str | None = secret(default=None)
    position: tuple[float, ...] = secret(default=())
    note: str | None = secret(default=None)
    kept: Mapping[str, str] | None = secret(default=None)


@body("case-reclassified")
@dataclass(frozen=True)
class CaseReclassified(Body):
    """Something more is known: the case has another classification, onset or severity now."""

    case: UUID
    disease: str
    classification: Classification
    onset: date | None = None
    severity: Severity | None = None
    reason: str | None = secret(default=None)


@body("case-discarded")
@dataclass(frozen=True)
class CaseDiscarded(Body):
    """It was no case after all."""

    case: UUID
    disease: str
    reason: str | None = secret(default=None)


@body("outcome-recorded")
@dataclass(frozen=True)
class OutcomeRecorded(Body):
    """How the case ended, and on which day."""

    case: UUID
    disease: str
    outcome: Outcome
    on: date | None = None


@body("exposure-recorded")
@dataclass(frozen=True)
class ExposureRecorded(Body):
    """When and where the person may have been infected: days `first` to `last`.

    `source` is the person exposed to, if known.
    Said again with the same `exposure` it replaces what was said before.
    """

    disease: str
    exposure: str | None = None
    first: date | None = None
    last: date | None = None
    setting: SettingKind | None = None
    source: UUID | None = None
    place: str | None = secret(default=None)
    note: str | None = secret(default=None)


@body("contact-determined")
@dataclass(frozen=True)
class ContactDetermined(Body):
    """The person was exposed to the `sources` (person ids). Said again with the same `link` it replaces.

    Ring 1 is a close contact, ring 2 a close contact's contact. Without `last_exposure` there is no day zero, so the
    rules are told nothing and the contact stands in the list of those whose exposure day must be found out.
    """

    link: str
    disease: str
    ring: int
    sources: tuple[UUID, ...] = ()
    last_exposure: date | None = None
    first_exposure: date | None = None
    setting: SettingKind | None = None
    relation: Relation | None = None
    high_risk: bool = False
    place: str | None = secret(default=None)
    note: str | None = secret(default=None)


@body("contact-withdrawn")
@dataclass(frozen=True)
class ContactWithdrawn(Body):
    """The link was a mistake, or fell away."""

    link: str
    disease: str
    reason: str | None = secret(default=None)


@body("contact-became-case")
@dataclass(frozen=True)
class ContactBecameCase(Body):
    """The contact of these links is a case now; the links stay as the case's possible sources."""

    case: UUID
    disease: str
    links: tuple[str, ...]


@body("followed-up")
@dataclass(frozen=True)
class FollowedUp(Body):
    """Somebody asked after the person on `day`; `by`: visit, call or self. `temperature`: degrees Celsius, measured.

    With `reached` false nobody answered: the attempt stands, the duty stays open.
    """

    day: date
    symptoms: bool
    by: str
    reached: bool = True
    onset: date | None = None
    temperature: float | None = secret(default=None)
    note: str | None = secret(default=None)


@body("symptoms-reported")
@dataclass(frozen=True)
class SymptomsReported(Body):
    """The person has symptoms since `onset`."""

    onset: date
    rash: bool = False
    note: str | None = secret(default=None)


@body("vaccinated")
@dataclass(frozen=True)
class Vaccinated(Body):
    """The person was vaccinated; `doses` counts this one."""

    disease: str
    doses: int


@body("admitted")
@dataclass(frozen=True)
class Admitted(Body):
    """The person entered a stage (`stage` its key in the measure) at a site, which is sealed."""

    stage: str
    site: UUID | None = secret(default=None)


@body("released")
@dataclass(frozen=True)
class Released(Body):
    """The person left the stage."""

    stage: str


@body("home-unsuitable")
@dataclass(frozen=True)
class HomeUnsuitable(Body):
    """Somebody looked and found the home unsuitable for isolation; why is sealed."""

    reason: str | None = secret(default=None)


class IsolationPlace(StrEnum):
    """Where a person who may choose isolates."""

    HOME = "home"
    CENTRALISED = "centralised"


@body("place-chosen")
@dataclass(frozen=True)
class PlaceChosen(Body):
    """The person chose where to isolate, where the rules leave the choice."""

    place: IsolationPlace


@body("transferred")
@dataclass(frozen=True)
class Transferred(Body):
    """The person was moved from one site to another, both sealed."""

    origin: UUID | None = secret(default=None)
    destination: UUID | None = secret(default=None)


@body("handed-over")
@dataclass(frozen=True)
class HandedOver(Body):
    """Another jurisdiction answers for the person now, and has confirmed it.

    `elsewhere`: with an installation and rules of its own, so that the person's loops end here.
    """

    to: int
    receipt: str | None = None
    elsewhere: bool = False


@body("visited")
@dataclass(frozen=True)
class Visited(Body):
    """Somebody was at the person's door; `seen` whether the person was met."""

    seen: bool
    note: str | None = secret(default=None)


@body("named-decision")
@dataclass(frozen=True)
class NamedDecision(Body):
    """A person answerable for it (`by`, an account) decided that a stage goes on until `extends_to`."""

    by: str
    stage: str
    extends_to: date
    reason: str | None = secret(default=None)


@body("linked-contact-result")
@dataclass(frozen=True)
class LinkedContactResult(Body):
    """The `nth` result of the close contact this person is linked to, told in this person's stream for the rules."""

    contact: UUID
    outcome: str
    nth: int
    cause_stream: UUID | None = None
    cause_version: int | None = None


@body("linked-contact-positive")
@dataclass(frozen=True)
class LinkedPositive(Body):
    """The contact this person is linked to turned positive, in the event (`cause_stream`, `cause_version`)."""

    contact: UUID
    cause_stream: UUID | None = None
    cause_version: int | None = None


@body("linked-contact-cleared")
@dataclass(frozen=True)
class LinkedCleared(Body):
    """The contact this person is linked to is not positive, or no contact, after all, by the event (`cause_stream`,
    `cause_version`).

    A result was corrected, a case discarded, a contact withdrawn, or two registrations were split. What rested on it is
    taken back: a contact by this link alone is released.
    """

    contact: UUID
    cause_stream: UUID | None = None
    cause_version: int | None = None


Said = Iterable[tuple[str, Mapping[str, Value]]]


def _case(told: CaseDetermined | CaseReclassified) -> Said:
    values: dict[str, Value] = {"disease": told.disease, "classification": told.classification.value}
    severity = told.severity.value if told.severity else None
    yield "case-determined", values | {"severity": severity, "onset": told.onset, "case": told.case}


def _discarded(told: CaseDiscarded) -> Said:
    yield "case-discarded", {"disease": told.disease, "case": told.case}


def _outcome(told: OutcomeRecorded) -> Said:
    if told.outcome is Outcome.DISCHARGED:  # says where the person no longer is, not how the illness ended
        yield "released", {"stage": "hospital"}
    else:
        yield "outcome", {"disease": told.disease, "outcome": told.outcome.value}


def _contact(told: ContactDetermined) -> Said:
    if told.last_exposure is None:  # no day zero: nothing the rules could count from
        return
    yield (
        "contact-determined",
        {
            "disease": told.disease,
            "ring": told.ring,
            "last_exposure": told.last_exposure,
            "case": told.sources[0] if told.sources else None,
            "link": told.link,
            "high_risk": told.high_risk,
        },
    )


def _withdrawn(told: ContactWithdrawn) -> Said:
    yield "contact-withdrawn", {"disease": told.disease, "link": told.link}


def _followed_up(told: FollowedUp) -> Said:
    if told.reached:
        yield "follow-up", {"symptoms": told.symptoms, "reached": True}
    if told.reached and told.symptoms:
        yield "symptoms", {"onset": told.onset or told.day}


def _symptoms(told: SymptomsReported) -> Said:
    yield "symptoms", {"onset": told.onset}
    if told.rash:
        yield "rash-onset", {"onset": told.onset}


def _vaccinated(told: Vaccinated) -> Said:
    yield "vaccinated", {"disease": told.disease, "doses": told.doses}


def _admitted(told: Admitted) -> Said:
    yield "admitted", {"stage": told.stage}


def _released(told: Released) -> Said:
    yield "released", {"stage": told.stage}


def _unsuitable(_told: HomeUnsuitable) -> Said:
    yield "home-unsuitable", {}


def _chosen(told: PlaceChosen) -> Said:
    yield "place-chosen", {"place": told.place.value}


def _transferred(_told: Transferred) -> Said:
    yield "transferred", {}


def _handed_over(told: HandedOver) -> Said:
    yield "handed-over", {"to": short(Code(told.to)), "outside": told.elsewhere}


def _visited(told: Visited) -> Said:
    if told.seen:  # a closed door fulfils no duty
        yield "visited", {"ok": True}


def _decision(told: NamedDecision) -> Said:
    yield "named-decision", {"extends_to": told.extends_to, "stage": told.stage}


def _linked_result(told: LinkedContactResult) -> Said:
    yield "linked-contact-result", {"contact": told.contact, "outcome": told.outcome, "nth": told.nth}


def _linked_positive(told: LinkedPositive) -> Said:
    yield "linked-contact-positive", {"contact": told.contact}


_SAYS: dict[type[Body], Callable[..., Said]] = {
    CaseDetermined: _case,
    CaseReclassified: _case,
    CaseDiscarded: _discarded,
    OutcomeRecorded: _outcome,
    ContactDetermined: _contact,
    ContactWithdrawn: _withdrawn,
    FollowedUp: _followed_up,
    SymptomsReported: _symptoms,
    Vaccinated: _vaccinated,
    Admitted: _admitted,
    Released: _released,
    HomeUnsuitable: _unsuitable,
    PlaceChosen: _chosen,
    Transferred: _transferred,
    HandedOver: _handed_over,
    Visited: _visited,
    NamedDecision: _decision,
    LinkedContactResult: _linked_result,
    LinkedPositive: _linked_positive,
}


def facts(told: Body, *, occurred_at: datetime, recorded_at: datetime, ref: EventRef | None) -> tuple[Fact, ...]:
    """What an event of this capability says to the rules; nothing for any other."""
    say = _SAYS.get(type(told))
    return tuple(Fact(kind, occurred_at, recorded_at, values, ref) for kind, values in say(told)) if say else ()
