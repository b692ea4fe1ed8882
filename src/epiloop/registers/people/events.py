"""What can happen to a person's registration, and what of it the rules are told."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Body, body, secret
from epiloop.rules.facts import Fact, Value


class Sex(StrEnum):
    """As registered."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


@body("person-registered")
@dataclass(frozen=True)
class PersonRegistered(Body):
    """A person is known. Said again by the same source it replaces what that source said; silence changes nothing.

    Age comes as birth date (sealed), birth year, or age in years on a day, whatever the source knows. `residence` and
    `stay` are 16-digit jurisdiction codes. `outside` are (system, id) pairs; they are open, so never a document number.
    """

    sex: Sex | None = None
    birth_year: int | None = None
    age: int | None = None
    age_on: date | None = None
    occupation: str | None = None
    residence: int | None = None
    stay: int | None = None
    household: UUID | None = None
    outside: tuple[tuple[str, str], ...] = ()
    birth_date: date | None = secret(default=None)


@body("identity-recorded")
@dataclass(frozen=True)
class IdentityRecorded(Body):
    """The vault was given the person's identity; only what kinds of it are known stands here, never the identity."""

    name: bool = False
    document: bool = False
    phone: bool = False
    address: bool = False


@body("residence-changed")
@dataclass(frozen=True)
class ResidenceChanged(Body):
    """The person's registered residence is now in this jurisdiction."""

    residence: int


@body("stay-changed")
@dataclass(frozen=True)
class StayChanged(Body):
    """The person now stays in this jurisdiction; its posts answer for the duties of the territory."""

    stay: int


@body("occupation-changed")
@dataclass(frozen=True)
class OccupationChanged(Body):
    """What the person does for a living, a code of the occupation list."""

    occupation: str


@body("employed")
@dataclass(frozen=True)
class Employed(Body):
    """The person works for a unit."""

    unit: UUID
    since: date | None = None


@body("employment-ended")
@dataclass(frozen=True)
class EmploymentEnded(Body):
    """The person no longer works for the unit."""

    unit: UUID
    until: date | None = None


@body("post-held")
@dataclass(frozen=True)
class PostHeld(Body):
    """The person holds a post of a key population (应检尽检): `post` is its kind from the rules' vocabulary."""

    post: str
    since: date
    unit: UUID | None = None


@body("post-left")
@dataclass(frozen=True)
class PostLeft(Body):
    """The person no longer holds the post."""

    post: str
    unit: UUID | None = None


@body("shift-block-ended")
@dataclass(frozen=True)
class ShiftBlockEnded(Body):
    """The person's block of shifts in a closed-loop post ended on `last_day`."""

    post: str
    last_day: date


@body("household-joined")
@dataclass(frozen=True)
class HouseholdJoined(Body):
    """The person lives in this household. The household's address is identity and stands in the vault."""

    household: UUID


@body("household-left")
@dataclass(frozen=True)
class HouseholdLeft(Body):
    """The person no longer lives in this household."""

    household: UUID


@body("possible-duplicate")
@dataclass(frozen=True)
class PossibleDuplicate(Body):
    """The vault found another registration that may be the same person: how alike (0..1) and on what."""

    other: UUID
    score: float
    by: tuple[str, ...] = ()


@body("declared-same")
@dataclass(frozen=True)
class DeclaredSame(Body):
    """Two registrations are one person; told in both streams. `survives` is true in the one that goes on."""

    other: UUID
    survives: bool


@body("declared-split")
@dataclass(frozen=True)
class DeclaredSplit(Body):
    """What was declared the same is two people after all; stands in both streams."""

    other: UUID


@body("declared-different")
@dataclass(frozen=True)
class DeclaredDifferent(Body):
    """The two are not the same person; remembered, so that the pair is not proposed again. Stands in both streams."""

    other: UUID


@body("died")
@dataclass(frozen=True)
class Died(Body):
    """The person died, of whatever cause."""

    on: date | None = None


Said = Iterable[tuple[str, Mapping[str, Value]]]


def _post_held(told: PostHeld) -> Said:
    yield "post-held", {"post": told.post, "since": told.since}


def _post_left(told: PostLeft) -> Said:
    yield "post-left", {"post": told.post}


def _shift_block_ended(told: ShiftBlockEnded) -> Said:
    yield "shift-block-ended", {"post": told.post, "last_day": told.last_day}


def _died(_told: Died) -> Said:
    yield "outcome", {"outcome": "died"}


_SAYS: dict[type[Body], Callable[..., Said]] = {
    PostHeld: _post_held,
    PostLeft: _post_left,
    ShiftBlockEnded: _shift_block_ended,
    Died: _died,
}


def facts(told: Body, *, occurred_at: datetime, recorded_at: datetime, ref: EventRef | None) -> tuple[Fact, ...]:
    """What an event of this capability says to the rules; nothing for any other."""
    say = _SAYS.get(type(told))
    return tuple(Fact(kind, occurred_at, recorded_at, values, ref) for kind, values in say(told)) if say else ()
