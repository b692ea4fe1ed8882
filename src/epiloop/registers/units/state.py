"""A unit with its posts and roster, folded from the unit's events in recorded order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from epiloop.core.instants import Interval
from epiloop.ledger.events import Body, Entry
from epiloop.registers.units import events as e

STEPS: Mapping[str, frozenset[str]] = {
    "unknown": frozenset({"registered"}),
    "registered": frozenset({"registered", "closed"}),
    "closed": frozenset({"registered"}),
}
"""Registered again: said anew by its source, or reopened."""


@dataclass(frozen=True, slots=True)
class Post:
    """One post. A territory's post answers for `jurisdiction` at `level`; a unit's own has level ""."""

    post: UUID
    kind: str
    jurisdiction: int
    level: str
    unit: UUID | None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a post, on shift or not."""

    post: UUID
    account: str
    phone: str | None = None
    substitute_for: str | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on duty at a post in [starts, ends)."""

    post: UUID
    account: str
    starts: datetime
    ends: datetime
    phone: str | None = None
    substitute_for: str | None = None

    def covers(self, at: datetime) -> bool:
        """Whether the instant lies in it."""
        return self.starts <= at < self.ends


@dataclass(frozen=True, slots=True)
class Substitute:
    """Who takes another's shifts at a post in [starts, ends)."""

    post: UUID
    account: str
    substitute: str
    starts: datetime
    ends: datetime
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """What is known of one unit."""

    unit: UUID
    step: str = "unknown"
    kind: str = ""
    jurisdiction: int = 0
    name_zh: str = ""
    name_en: str = ""
    posts: Mapping[UUID, Post] = field(default_factory=lambda: MappingProxyType({}))
    holders: tuple[Holder, ...] = ()
    shifts: tuple[Shift, ...] = ()
    substitutes: tuple[Substitute, ...] = ()
    closed_at: datetime | None = None


def fold(unit: UUID, history: Iterable[Entry]) -> Unit:
    """The unit after these events; events of other capabilities are passed over."""
    state = Unit(unit)
    for entry in history:
        apply = _APPLY.get(type(entry.body))
        state = apply(state, entry.body, entry) if apply else state
    return state


def _registered(state: Unit, told: e.UnitRegistered, _entry: Entry) -> Unit:
    return replace(
        state,
        step="registered",
        kind=told.unit_kind,
        jurisdiction=told.jurisdiction,
        name_zh=told.name_zh,
        name_en=told.name_en,
        closed_at=None,
    )


def _changed(state: Unit, told: e.UnitChanged, _entry: Entry) -> Unit:
    said = {
        "kind": told.unit_kind,
        "jurisdiction": told.jurisdiction,
        "name_zh": told.name_zh,
        "name_en": told.name_en,
    }
    changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    return replace(state, **changes)


def _closed(state: Unit, _told: e.UnitClosed, entry: Entry) -> Unit:
    return replace(state, step="closed", closed_at=entry.occurred_at)


def _post_created(state: Unit, told: e.PostCreated, _entry: Entry) -> Unit:
    post = Post(told.post, told.post_kind, told.jurisdiction, told.level, state.unit, told.phone)
    return replace(state, posts=MappingProxyType({**state.posts, told.post: post}))


def _post_closed(state: Unit, told: e.PostClosed, _entry: Entry) -> Unit:
    remaining = {post: known for post, known in state.posts.items() if post != told.post}
    return replace(state, posts=MappingProxyType(remaining))


def _holder_assigned(state: Unit, told: e.PostHolderAssigned, _entry: Entry) -> Unit:
    others = tuple(each for each in state.holders if (each.post, each.account) != (told.post, told.account))
    return replace(state, holders=(*others, Holder(told.post, told.account, told.phone, told.substitute_for)))


def _holder_removed(state: Unit, told: e.PostHolderRemoved, _entry: Entry) -> Unit:
    others = tuple(each for each in state.holders if (each.post, each.account) != (told.post, told.account))
    return replace(state, holders=others)


def _rostered(state: Unit, told: e.ShiftRostered, _entry: Entry) -> Unit:
    shift = Shift(told.post, told.account, told.starts, told.ends, told.phone, told.substitute_for)
    return replace(state, shifts=(*_without(state, told), shift))


def _cancelled(state: Unit, told: e.ShiftCancelled, _entry: Entry) -> Unit:
    return replace(state, shifts=_without(state, told))


def _without(state: Unit, told: e.ShiftRostered | e.ShiftCancelled) -> tuple[Shift, ...]:
    named = (told.post, told.account, told.starts)
    return tuple(shift for shift in state.shifts if (shift.post, shift.account, shift.starts) != named)


def _substitute(state: Unit, told: e.SubstituteNamed, _entry: Entry) -> Unit:
    named = Substitute(told.post, told.account, told.substitute, told.starts, told.ends, told.phone)
    return replace(state, substitutes=(*state.substitutes, named))


def span(shift: Shift) -> Interval:
    """The interval of a shift."""
    return Interval(shift.starts, shift.ends)


_APPLY: dict[type[Body], Callable[[Unit, Any, Entry], Unit]] = {
    e.UnitRegistered: _registered,
    e.UnitChanged: _changed,
    e.UnitClosed: _closed,
    e.PostCreated: _post_created,
    e.PostClosed: _post_closed,
    e.PostHolderAssigned: _holder_assigned,
    e.PostHolderRemoved: _holder_removed,
    e.ShiftRostered: _rostered,
    e.ShiftCancelled: _cancelled,
    e.SubstituteNamed: _substitute,
}
