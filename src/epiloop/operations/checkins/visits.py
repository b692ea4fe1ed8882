"""What people say at a door: came, left, staying until, still here. Values for the gate, which seals them at once.

The phone makes the id of a visit, so what is sent twice, late or out of order is the same visit. Nothing here is ever
an event, a row in clear or a line in a log: the text form of a visitor shows nothing (PRIVACY R16, R28).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.instants import instant

LONGEST_STAY = timedelta(hours=24)
"""Nobody says in the morning that they stay for days: who does so lives there."""
LONGEST_TEXT = 64


class Way(StrEnum):
    """How it was entered. Everybody has a way without a phone (PRIVACY R29)."""

    PHONE = "phone"
    STAFF = "staff"
    CARD = "card"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who checks in: a phone, a document or a card by which they can be reached, and a name if they gave one."""

    phone: str = ""
    document: str = ""
    card: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        texts = (self.phone, self.document, self.card, self.name)
        if not any(texts[:3]):
            raise InvalidInput(
                N_("Nobody could be reached: there is no phone, document or card."),
                remedy=N_("Enter a phone number, or ask the staff to enter you."),
            )
        if any(len(text) > LONGEST_TEXT for text in texts):
            raise InvalidInput(N_("This is too long."))

    def __repr__(self) -> str:
        return "Visitor(...)"


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody came to a zone of a place, at an instant of their own clock; `number`: of the code they scanned."""

    visit: UUID
    at: datetime
    place: UUID
    zone: str
    number: int
    visitor: Visitor
    way: Way = Way.PHONE

    def __post_init__(self) -> None:
        instant(self.at)


@dataclass(frozen=True, slots=True)
class Left:
    """They left."""

    visit: UUID
    at: datetime

    def __post_init__(self) -> None:
        instant(self.at)


@dataclass(frozen=True, slots=True)
class Staying:
    """They say that they stay until an instant: no second check-in is needed."""

    visit: UUID
    at: datetime
    until: datetime

    def __post_init__(self) -> None:
        if not instant(self.at) <= instant(self.until) <= instant(self.at) + LONGEST_STAY:
            raise InvalidInput(N_("A stay ends after now, and within a day."), remedy=N_("Check in again tomorrow."))


@dataclass(frozen=True, slots=True)
class StillHere:
    """They are still there at this instant."""

    visit: UUID
    at: datetime

    def __post_init__(self) -> None:
        instant(self.at)


Said = Came | Left | Staying | StillHere


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit as far as it was said. `until`: how long they said they stay; `seen`: when last they were there."""

    came: Came
    left: datetime | None = None
    until: datetime | None = None
    seen: datetime | None = None

    @property
    def spot(self) -> tuple[UUID, str]:
        """The zone of the place."""
        return self.came.place, self.came.zone

    @property
    def last_sign(self) -> datetime:
        """The last instant at which they were there by their own word."""
        return max(at for at in (self.came.at, self.seen) if at is not None)


def visits(said: Iterable[Said]) -> dict[UUID, Visit]:
    """The visits in what was said, whatever its order and however often it came; what belongs to no visit is left out.

    A visit id used for two places is the earlier one. Nobody leaves before they came: such a word is left out.
    """
    told = set(said)
    found: dict[UUID, Visit] = {}
    later: dict[UUID, list[Said]] = {}
    for one in told:
        later.setdefault(one.visit, []).append(one)
    for came in sorted((one for one in told if isinstance(one, Came)), key=_order):
        found.setdefault(came.visit, Visit(came))
    return {visit: _with(one, later[visit]) for visit, one in found.items()}


def _with(visit: Visit, said: Iterable[Said]) -> Visit:
    later = [one for one in said if one.at >= visit.came.at and not isinstance(one, Came)]
    left = min((one.at for one in later if isinstance(one, Left)), default=None)
    until = max((one.until for one in later if isinstance(one, Staying)), default=None)
    seen = max((one.at for one in later if not isinstance(one, Left)), default=None)
    return Visit(visit.came, left, until, seen)


def _order(came: Came) -> tuple[object, ...]:
    who = came.visitor
    return came.at, came.place.bytes, came.zone, came.number, came.way, who.phone, who.document, who.card, who.name
