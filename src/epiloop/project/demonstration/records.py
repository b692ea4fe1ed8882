"""What happened in the outbreak, as plain records in order of time. Words are those of `epiloop.rules.vocabulary`.

A `person` is an index into the county's people, a `unit` into its units, a `place` into its places.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Record:
    """Something that happened to one person at an instant (UTC)."""

    occurred_at: datetime
    person: int


@dataclass(frozen=True, slots=True)
class CaseFound(Record):
    """The person is a case. `found` as in the line list: already-controlled, key-group-test, round, fever-clinic..."""

    number: str
    classification: str
    onset: date | None
    found: str
    infected: date | None


@dataclass(frozen=True, slots=True)
class ContactDetermined(Record):
    """The person is a contact: ring 1 of the case `source`, ring 2 of the contact `source`."""

    link: str
    ring: int
    source: int
    first_exposure: date
    last_exposure: date
    setting: str
    place: int


@dataclass(frozen=True, slots=True)
class SampleTaken(Record):
    """A swab: kind single or pool; a pool's swabs share `tube`."""

    sample: str
    kind: str
    tube: str


@dataclass(frozen=True, slots=True)
class ResultReceived(Record):
    """The laboratory's answer: negative, positive or invalid; `ct` of a positive one, in cycles."""

    sample: str
    outcome: str
    ct: float | None
    laboratory: int


@dataclass(frozen=True, slots=True)
class Admitted(Record):
    """The person entered a stage: centralised, home or hospital; `unit` is the site, NOBODY at home."""

    stage: str
    unit: int


@dataclass(frozen=True, slots=True)
class FollowUp(Record):
    """Somebody asked after the person; `temperature` in degrees Celsius."""

    symptoms: bool
    temperature: float
    by: str


@dataclass(frozen=True, slots=True)
class Recovered(Record):
    """The case left hospital, recovered."""


@dataclass(frozen=True, slots=True)
class Arrival(Record):
    """The person came (back) into the county and stays at `stay` (16 digits); left `origin` on `left`."""

    arrival: str
    origin_risk: str
    channel: str
    left: date
    origin: str
    inter_province: bool
    stay: int


@dataclass(frozen=True, slots=True)
class PostHeld(Record):
    """The person holds a post of a key population at a unit since a day."""

    post: str
    unit: int
    since: date
