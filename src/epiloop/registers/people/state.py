"""A person's registration, folded from that person's events in recorded order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, cast
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
    known: Known = {}
    for entry in history:
        apply = _APPLY.get(type(entry.body))
        if apply:
            apply(known, entry.body)
    return Person(person, **known)


def merged(survivor: UUID, *histories: Iterable[Entry]) -> Person:
    """One person out of the streams declared the same: their events together, in recorded order.

    Which registration goes on and which were absorbed is read from the survivor's own events alone, since the other
    streams say the opposite of it.
    """
    if len(histories) == 1:
        return fold(survivor, histories[0])
    entries = in_recorded_order(*histories)
    told = (entry for entry in entries if entry.ref.stream == survivor or not isinstance(entry.body, _SAMENESS))
    return fold(survivor, told)


def in_recorded_order(*histories: Iterable[Entry]) -> list[Entry]:
    """The events of several streams as Epiloop learned them; within one act stream by stream, each in its own order."""
    entries = [entry for history in histories for entry in history]
    if len(histories) == 1:
        return entries
    return sorted(entries, key=lambda entry: (entry.recorded_at, entry.ref.stream, entry.ref.version))


Known = dict[str, Any]
"""What was told so far, by the names of a person's fields; what is missing stands at its default."""

_PLAIN = ("sex", "birth_date", "occupation", "residence", "stay", "household")


def _set(known: Known, name: str) -> frozenset[Any]:
    return cast("frozenset[Any]", known.get(name, frozenset()))


def _registered(known: Known, told: e.PersonRegistered) -> None:
    for name in _PLAIN:
        value = getattr(told, name)
        if value is not None:
            known[name] = value
    born = told.birth_year or _birth_year(told)
    if born is not None:
        known["birth_year"] = born
    known.setdefault("step", "registered")
    known["outside"] = _set(known, "outside").union(told.outside)


def _birth_year(told: e.PersonRegistered) -> int | None:
    if told.birth_date:
        return told.birth_date.year
    return told.age_on.year - told.age if told.age is not None and told.age_on else None


def _to(name: str) -> Callable[[Known, Any], None]:
    """The field is what was told last."""

    def apply(known: Known, told: Any) -> None:
        known[name] = getattr(told, name)

    return apply


def _employed(known: Known, told: e.Employed) -> None:
    known["employers"] = _set(known, "employers") | {told.unit}


def _employment_ended(known: Known, told: e.EmploymentEnded) -> None:
    known["employers"] = _set(known, "employers") - {told.unit}


def _post_held(known: Known, told: e.PostHeld) -> None:
    known["posts"] = _set(known, "posts") | {(told.post, told.unit, told.since)}


def _left(known: Known, told: e.PostLeft) -> None:
    posts = _set(known, "posts")
    known["posts"] = posts - {post for post in posts if post[0] == told.post and told.unit in (None, post[1])}


def _household_left(known: Known, told: e.HouseholdLeft) -> None:
    if known.get("household") == told.household:
        known["household"] = None


def _possible(known: Known, told: e.PossibleDuplicate) -> None:
    if told.other not in _set(known, "different") | _set(known, "absorbed") | {known.get("merged_into")}:
        known["possible"] = MappingProxyType({**known.get("possible", {}), told.other: told.score})


def _same(known: Known, told: e.DeclaredSame) -> None:
    _settled(known, told.other)
    known["different"] = _set(known, "different") - {told.other}
    if told.survives:
        known["absorbed"] = _set(known, "absorbed") | {told.other}
    else:
        known |= {"step": "merged", "merged_into": told.other}


def _split(known: Known, told: e.DeclaredSplit) -> None:
    if known.get("merged_into") == told.other:
        known |= {"step": "registered", "merged_into": None}
    else:
        known["absorbed"] = _set(known, "absorbed") - {told.other}


def _different(known: Known, told: e.DeclaredDifferent) -> None:
    _settled(known, told.other)
    known["different"] = _set(known, "different") | {told.other}


def _settled(known: Known, other: UUID) -> None:
    open_pairs = {pair: score for pair, score in known.get("possible", {}).items() if pair != other}
    known["possible"] = MappingProxyType(open_pairs)


def _identity(known: Known, told: e.IdentityRecorded) -> None:
    """The vault replaces an identity as a whole, so the last word holds."""
    known["identity"] = frozenset(part for part, there in vars(told).items() if there)


def _died(known: Known, told: e.Died) -> None:
    known |= {"died": True, "died_on": told.on or known.get("died_on")}


_SAMENESS = (e.DeclaredSame, e.DeclaredSplit, e.DeclaredDifferent, e.PossibleDuplicate)

_APPLY: dict[type[Body], Callable[[Known, Any], None]] = {
    e.PersonRegistered: _registered,
    e.IdentityRecorded: _identity,
    e.ResidenceChanged: _to("residence"),
    e.StayChanged: _to("stay"),
    e.OccupationChanged: _to("occupation"),
    e.Employed: _employed,
    e.EmploymentEnded: _employment_ended,
    e.PostHeld: _post_held,
    e.PostLeft: _left,
    e.HouseholdJoined: _to("household"),
    e.HouseholdLeft: _household_left,
    e.PossibleDuplicate: _possible,
    e.DeclaredSame: _same,
    e.DeclaredSplit: _split,
    e.DeclaredDifferent: _different,
    e.Died: _died,
}
