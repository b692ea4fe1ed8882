"""A person's registration, folded from that person's events in recorded order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from epiloop.ledger.events import Body, Entry
from epiloop.registers.people import events as e

STEPS: Mapping[str, frozenset[str]] = {
    "unknown": frozenset({"registered"}),
    "registered": frozenset({"registered", "merged"}),
    "merged": frozenset({"registered"}),
}
"""Registered again: the source said something new. Merged: another registration goes on for both; split: back again."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of one registration."""

    person: UUID
    step: str = "unknown"
    sex: e.Sex | None = None
    birth_date: date | None = None
    birth_year: int | None = None
    occupation: str | None = None
    residence: int | None = None
    stay: int | None = None
    household: UUID | None = None
    outside: frozenset[tuple[str, str]] = frozenset()
    employers: frozenset[UUID] = frozenset()
    posts: frozenset[tuple[str, UUID | None, date]] = frozenset()
    died: bool = False
    died_on: date | None = None
    merged_into: UUID | None = None
    absorbed: frozenset[UUID] = frozenset()
    possible: Mapping[UUID, float] = field(default_factory=lambda: MappingProxyType({}))
    different: frozenset[UUID] = frozenset()
    identity: frozenset[str] = frozenset()
    """Which parts of the identity the vault knows: name, document, phone, address."""

    @property
    def jurisdiction(self) -> int:
        """Where the person stays, else resides; 0 if neither is known."""
        return self.stay or self.residence or 0


def fold(person: UUID, history: Iterable[Entry]) -> Person:
    """The registration after these events; events of other capabilities are passed over."""
    state = Person(person)
    for entry in history:
        apply = _APPLY.get(type(entry.body))
        state = apply(state, entry.body) if apply else state
    return state


def merged(survivor: UUID, *histories: Iterable[Entry]) -> Person:
    """One person out of the streams declared the same: their events together, in recorded order.

    Which registration goes on and which were absorbed is read from the survivor's own events alone, since the other
    streams say the opposite of it.
    """
    entries = in_recorded_order(*histories)
    told = (entry for entry in entries if entry.ref.stream == survivor or not isinstance(entry.body, _SAMENESS))
    return fold(survivor, told)


def in_recorded_order(*histories: Iterable[Entry]) -> list[Entry]:
    """The events of several streams as Epiloop learned them; within one act stream by stream, each in its own order."""
    entries = [entry for history in histories for entry in history]
    return sorted(entries, key=lambda entry: (entry.recorded_at, entry.ref.stream, entry.ref.version))


def _registered(state: Person, told: e.PersonRegistered) -> Person:
    said = {
        "sex": told.sex,
        "birth_date": told.birth_date,
        "birth_year": told.birth_year or _birth_year(told),
        "occupation": told.occupation,
        "residence": told.residence,
        "stay": told.stay,
        "household": told.household,
    }
    changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if state.step == "unknown":
        changes["step"] = "registered"
    return replace(state, outside=state.outside | set(told.outside), **changes)


def _birth_year(told: e.PersonRegistered) -> int | None:
    if told.birth_date:
        return told.birth_date.year
    return told.age_on.year - told.age if told.age is not None and told.age_on else None


def _left(state: Person, told: e.PostLeft) -> Person:
    gone = {post for post in state.posts if post[0] == told.post and told.unit in (None, post[1])}
    return replace(state, posts=state.posts - gone)


def _household_left(state: Person, told: e.HouseholdLeft) -> Person:
    return replace(state, household=None) if state.household == told.household else state


def _possible(state: Person, told: e.PossibleDuplicate) -> Person:
    settled = state.different | state.absorbed | {state.merged_into}
    if told.other in settled:
        return state
    return replace(state, possible=MappingProxyType({**state.possible, told.other: told.score}))


def _same(state: Person, told: e.DeclaredSame) -> Person:
    state = _settled(state, told.other)
    if told.survives:
        return replace(state, absorbed=state.absorbed | {told.other}, different=state.different - {told.other})
    return replace(state, step="merged", merged_into=told.other, different=state.different - {told.other})


def _split(state: Person, told: e.DeclaredSplit) -> Person:
    if state.merged_into == told.other:
        return replace(state, step="registered", merged_into=None)
    return replace(state, absorbed=state.absorbed - {told.other})


def _different(state: Person, told: e.DeclaredDifferent) -> Person:
    return replace(_settled(state, told.other), different=state.different | {told.other})


def _settled(state: Person, other: UUID) -> Person:
    open_pairs = {pair: score for pair, score in state.possible.items() if pair != other}
    return replace(state, possible=MappingProxyType(open_pairs))


def _identity(state: Person, told: e.IdentityRecorded) -> Person:
    """The vault replaces an identity as a whole, so the last word holds."""
    return replace(state, identity=frozenset(part for part, known in vars(told).items() if known))


_SAMENESS = (e.DeclaredSame, e.DeclaredSplit, e.DeclaredDifferent, e.PossibleDuplicate)

_APPLY: dict[type[Body], Callable[[Person, Any], Person]] = {
    e.PersonRegistered: _registered,
    e.IdentityRecorded: _identity,
    e.ResidenceChanged: lambda state, told: replace(state, residence=told.residence),
    e.StayChanged: lambda state, told: replace(state, stay=told.stay),
    e.OccupationChanged: lambda state, told: replace(state, occupation=told.occupation),
    e.Employed: lambda state, told: replace(state, employers=state.employers | {told.unit}),
    e.EmploymentEnded: lambda state, told: replace(state, employers=state.employers - {told.unit}),
    e.PostHeld: lambda state, told: replace(state, posts=state.posts | {(told.post, told.unit, told.since)}),
    e.PostLeft: _left,
    e.HouseholdJoined: lambda state, told: replace(state, household=told.household),
    e.HouseholdLeft: _household_left,
    e.PossibleDuplicate: _possible,
    e.DeclaredSame: _same,
    e.DeclaredSplit: _split,
    e.DeclaredDifferent: _different,
    e.Died: lambda state, told: replace(state, died=True, died_on=told.on or state.died_on),
}
