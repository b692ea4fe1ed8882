"""The answer to "who shared place and time with a case", whichever way it was found."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from epiloop.core.errors import N_, InvalidInput
from epiloop.exposure.terms import POINTS_PER_MINUTE
from epiloop.exposure.visits import Source


class Reason(StrEnum):
    """Why a stretch of time counts."""

    TOGETHER = "together"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Traced:
    """Somebody whose contacts are looked for, from `since` until `until` (seconds, half-open). Raises InvalidInput."""

    person: int
    since: int
    until: int

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise InvalidInput(N_("A window cannot end before it starts."))


@dataclass(frozen=True, slots=True, order=True)
class Shared:
    """One place that two people shared: seconds together, seconds after the other left, and what that is worth."""

    place: int
    kind: str
    together: int
    after: int
    points: int

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Together, after, or both."""
        return tuple(reason for reason, there in zip(Reason, (self.together, self.after), strict=True) if there)


@dataclass(frozen=True, slots=True)
class Contact:
    """`person` was exposed to `source`, first in second `first`, last in second `last`, at these places (by number)."""

    source: int
    person: int
    points: int
    first: int
    last: int
    shared: tuple[Shared, ...]

    @property
    def together(self) -> int:
        """Seconds at the same place at the same time."""
        return sum(place.together for place in self.shared)

    @property
    def after(self) -> int:
        """Seconds at a place that the source had left shortly before."""
        return sum(place.after for place in self.shared)

    @property
    def score(self) -> float:
        """Weighted minutes."""
        return self.points / POINTS_PER_MINUTE


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """One unbroken stretch of an exposure. `known_from`: the sources of the visits behind it; `presumed`: for one of
    them nobody recorded when the person left.
    """

    start: int
    end: int
    place: int
    kind: str
    reason: Reason
    points: int
    known_from: tuple[Source, ...]
    presumed: bool


@dataclass(frozen=True, slots=True)
class Rings:
    """Ring 1: exposed to somebody traced. Ring 2: exposed to somebody of ring 1, and neither traced nor in ring 1."""

    first: tuple[Contact, ...]
    second: tuple[Contact, ...] = ()


def ranked(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """By points, then time together, most first; equals by their numbers, so that an order is never by chance."""
    return tuple(sorted(contacts, key=lambda one: (-one.points, -one.together, one.source, one.person)))


def onward(cases: Iterable[Traced], first: Iterable[Contact], latency: int, until: int) -> list[Traced]:
    """Whom ring 2 starts from: everybody of ring 1 who is not traced already, from the first exposure (and the latency)
    until `until`. A contact goes on meeting people after the case was isolated. By number.
    """
    known = {one.person for one in cases}
    since: dict[int, int] = {}
    for contact in first:
        since[contact.person] = min(contact.first + latency, since.get(contact.person, until))
    return [Traced(person, start, until) for person, start in sorted(since.items()) if person not in known]
