"""Who is on duty: pure questions about a roster.

A duty names a post, never a person. `resolve` finds the person: whoever is on shift at the post and can be reached by
phone; else a substitute; else the duty officer on shift at the next level up, and so on to the top, then at the level
itself; else, at last, whoever holds a duty officer's post there at all. It says whether nobody was on duty at the post
itself, so that a list can be made of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import LEVELS, Code, at_level
from epiloop.registers.units.state import Holder, Post, Shift, Substitute, Unit
from epiloop.rules.plan import Owner, Party

K = TypeVar("K")
V = TypeVar("V")

DUTY_OFFICERS: Mapping[str, str] = {
    "township": "township-duty-officer",
    "county": "headquarters-duty-officer",
    "city": "headquarters-duty-officer",
    "province": "headquarters-duty-officer",
}
"""Level -> the kind of post that answers when nobody below is on duty."""


class By(StrEnum):
    """How somebody came to answer for a duty."""

    SHIFT = "on-shift"
    SUBSTITUTE = "substitute"
    DUTY_OFFICER = "duty-officer"
    HOLDER = "holder-off-shift"


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody on duty at a post, and the line that reaches them."""

    post: Post
    account: str
    phone: str
    by: By


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who answers for a duty now. `nobody` : nobody is on duty at the post itself, or there is no such post."""

    who: OnDuty
    nobody: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """Posts and who is on duty at them, indexed for asking."""

    by_place: Mapping[tuple[str, int], tuple[Post, ...]]
    by_unit: Mapping[tuple[str, UUID], tuple[Post, ...]]
    shifts: Mapping[UUID, tuple[Shift, ...]]
    substitutes: Mapping[UUID, tuple[Substitute, ...]]
    holders: Mapping[UUID, tuple[Holder, ...]]


def roster_of(units: Iterable[Unit]) -> Roster:
    """The roster that units' states make together; closed units have no posts."""
    open_units = [unit for unit in units if unit.step == "registered"]
    return roster(
        (post for unit in open_units for post in unit.posts.values()),
        (shift for unit in open_units for shift in unit.shifts),
        (each for unit in open_units for each in unit.substitutes),
        (holder for unit in open_units for holder in unit.holders),
    )


def roster(
    posts: Iterable[Post],
    shifts: Iterable[Shift],
    substitutes: Iterable[Substitute] = (),
    holders: Iterable[Holder] = (),
) -> Roster:
    """A roster from rows, as any reader finds them."""
    all_posts = list(posts)
    return Roster(
        _grouped(((post.kind, post.jurisdiction), post) for post in all_posts if post.level),
        _grouped(((post.kind, post.unit), post) for post in all_posts if post.unit and not post.level),
        _grouped((shift.post, shift) for shift in shifts),
        _grouped((each.post, each) for each in substitutes),
        _grouped((holder.post, holder) for holder in holders),
    )


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    groups: defaultdict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def on_shift(roster: Roster, post: Post, at: datetime) -> OnDuty | None:
    """Who is on duty at a post and can be reached: a regular holder before a substitute, the latest to start first.

    The desk's line serves where the shift has none. Somebody without any line does not count.
    """
    found = _candidates(roster, post, at)
    best = min(found, key=lambda each: (each[0].by is By.SUBSTITUTE, -each[1], each[0].account), default=None)
    return best[0] if best else None


def _candidates(roster: Roster, post: Post, at: datetime) -> Iterator[tuple[OnDuty, float]]:
    for shift in roster.shifts.get(post.post, ()):
        if not shift.covers(at):
            continue
        instead = _substitute_for(roster, shift, at)
        account, phone = (instead.substitute, instead.phone) if instead else (shift.account, shift.phone)
        by = By.SUBSTITUTE if instead or shift.substitute_for else By.SHIFT
        line = phone or post.phone
        if line:
            yield OnDuty(post, account, line, by), shift.starts.timestamp()


def _substitute_for(roster: Roster, shift: Shift, at: datetime) -> Substitute | None:
    """The last named substitute who takes this shift at this instant."""
    named = [
        each
        for each in roster.substitutes.get(shift.post, ())
        if each.account == shift.account and each.starts <= at < each.ends
    ]
    return named[-1] if named else None


def gaps(roster: Roster, post: Post, starts: datetime, ends: datetime) -> tuple[Interval, ...]:
    """The stretches of [starts, ends) in which nobody is rostered at a post, in order."""
    found: list[Interval] = []
    covered_until = starts
    for shift in sorted(roster.shifts.get(post.post, ()), key=lambda shift: shift.starts):
        if shift.starts >= ends:
            break
        if shift.starts > covered_until:
            found.append(Interval(covered_until, shift.starts))
        covered_until = max(covered_until, shift.ends)
    if covered_until < ends:
        found.append(Interval(covered_until, ends))
    return tuple(found)


def resolve(roster: Roster, owner: Owner, code: Code, at: datetime, *, unit: UUID | None = None) -> Resolution | None:
    """Who answers now for a duty of a subject in jurisdiction `code` (employed by `unit`, where it is the employer's).

    None only if there is neither anybody on shift nor any holder of a duty officer's post above. The individual's own
    duties have no post: the duty officer above answers for seeing to them, and nobody is missing.
    """
    who = _first(on_shift(roster, post, at) for post in posts_of(roster, owner, code, unit))
    if who:
        return Resolution(who, nobody=False)
    officer = _officer_above(roster, owner.level or "community", code, at)
    return Resolution(officer, nobody=owner.party is not Party.INDIVIDUAL) if officer else None


def posts_of(roster: Roster, owner: Owner, code: Code, unit: UUID | None = None) -> tuple[Post, ...]:
    """The posts an owner means for a subject there: the territory's at the owner's level, or the employer's own."""
    if owner.party is Party.INDIVIDUAL:
        return ()
    if owner.level:
        return roster.by_place.get((owner.post, at_level(code, owner.level)), ())
    return roster.by_unit.get((owner.post, unit), ()) if unit else ()


def _officer_above(roster: Roster, level: str, code: Code, at: datetime) -> OnDuty | None:
    upwards = [*reversed(LEVELS[: LEVELS.index(level)]), level]  # its own level last: better than nobody
    posts = [
        post
        for each in upwards
        if each in DUTY_OFFICERS
        for post in roster.by_place.get((DUTY_OFFICERS[each], at_level(code, each)), ())
    ]
    on_duty = _first(on_shift(roster, post, at) for post in posts)
    if on_duty:
        return OnDuty(on_duty.post, on_duty.account, on_duty.phone, By.DUTY_OFFICER)
    return _first(_off_shift(roster, post) for post in posts)


def _off_shift(roster: Roster, post: Post) -> OnDuty | None:
    """A holder who is not on shift but can be reached; a regular one before a substitute."""
    holders = sorted(
        roster.holders.get(post.post, ()), key=lambda holder: (bool(holder.substitute_for), holder.account)
    )
    lines = ((holder, holder.phone or post.phone) for holder in holders)
    return _first(OnDuty(post, holder.account, line, By.HOLDER) for holder, line in lines if line)


def _first(found: Iterable[V | None]) -> V | None:
    return next((each for each in found if each is not None), None)
