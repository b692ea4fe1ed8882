"""Who is on duty: pure questions about a roster.

A duty names a post, never a person. `resolve` finds the person: whoever is on shift at the post and can be reached by
phone, a substitute in place of whom they replace; else the nearest duty officer on shift upwards. It says whether
nobody was on duty at the post itself, so that a list can be made of it. Pages ask the database the same of many duties
at once (`owners_on_duty` in store/sql/schema/reading.sql); a property test holds the two equal.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar
from uuid import UUID

from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import LEVELS, Code, at_level
from epiloop.registers.units.state import Post, Shift, Substitute, Unit
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
    """Posts, and the shifts as they are served at them, indexed for asking."""

    by_place: Mapping[tuple[str, int], tuple[Post, ...]]
    by_unit: Mapping[tuple[str, UUID], tuple[Post, ...]]
    shifts: Mapping[UUID, tuple[Shift, ...]]


def roster_of(units: Iterable[Unit]) -> Roster:
    """The roster that units' states make together; closed units have no posts."""
    open_units = [unit for unit in units if unit.step == "registered"]
    return roster(
        (post for unit in open_units for post in unit.posts.values()),
        (shift for unit in open_units for shift in unit.shifts),
        [each for unit in open_units for each in unit.substitutes],
    )


def roster(posts: Iterable[Post], shifts: Iterable[Shift], substitutes: Sequence[Substitute] = ()) -> Roster:
    """A roster from posts, shifts as rostered and the substitutes named for them, the last named last."""
    all_posts = list(posts)
    return Roster(
        _grouped(((post.kind, post.jurisdiction), post) for post in all_posts if post.level),
        _grouped(((post.kind, post.unit), post) for post in all_posts if post.unit and not post.level),
        _grouped((shift.post, piece) for shift in shifts for piece in served(shift, substitutes)),
    )


def served(shift: Shift, substitutes: Sequence[Substitute]) -> Iterator[Shift]:
    """A shift as it is served: cut where a substitute takes it, the last named going first."""
    named = [each for each in substitutes if (each.post, each.account) == (shift.post, shift.account)]
    edges = sorted({shift.starts, shift.ends, *(edge for each in named for edge in (each.starts, each.ends))})
    inside = [edge for edge in edges if shift.starts <= edge <= shift.ends]
    for starts, ends in pairwise(inside):
        instead = next((each for each in reversed(named) if each.starts <= starts < each.ends), None)
        if instead:
            yield Shift(shift.post, instead.substitute, starts, ends, instead.phone, shift.account)
        else:
            yield replace(shift, starts=starts, ends=ends)


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    groups: defaultdict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def on_shift(roster: Roster, posts: Iterable[Post], at: datetime) -> OnDuty | None:
    """Who is on duty at one of these posts and can be reached: a regular before a substitute, the first to start first.

    Whoever is replaced by a substitute on shift does not count, nor does anybody without a line; the desk's line serves
    where the shift has none.
    """
    found = [(post, shift) for post in posts for shift in _on_duty(roster.shifts.get(post.post, ()), at)]
    reached = [(post, shift) for post, shift in found if shift.phone or post.phone]
    if not reached:
        return None
    post, shift = min(reached, key=lambda one: (bool(one[1].substitute_for), one[1].starts, one[1].account))
    by = By.SUBSTITUTE if shift.substitute_for else By.SHIFT
    return OnDuty(post, shift.account, shift.phone or post.phone or "", by)


def _on_duty(shifts: Iterable[Shift], at: datetime) -> list[Shift]:
    """The shifts of one post that cover the instant, without those whose substitute is there."""
    covering = [shift for shift in shifts if shift.covers(at)]
    replaced = {shift.substitute_for for shift in covering}
    return [shift for shift in covering if shift.account not in replaced]


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

    None if neither anybody nor any duty officer above is on shift with a phone; and for the individual's own duties,
    which have no post: the person answers.
    """
    if owner.party is Party.INDIVIDUAL:
        return None
    own = on_shift(roster, posts_of(roster, owner, code, unit), at)
    if own:
        return Resolution(own, nobody=False)
    officer = _officer_above(roster, owner.level or "community", code, at)
    return Resolution(officer, nobody=True) if officer else None


def posts_of(roster: Roster, owner: Owner, code: Code, unit: UUID | None = None) -> tuple[Post, ...]:
    """The posts an owner means for a subject there: the territory's at the owner's level, or the employer's own."""
    if owner.level:
        return roster.by_place.get((owner.post, at_level(code, owner.level)), ())
    return roster.by_unit.get((owner.post, unit), ()) if unit else ()


def _officer_above(roster: Roster, level: str, code: Code, at: datetime) -> OnDuty | None:
    """The nearest duty officer on shift, from the owner's own level upwards."""
    for each in reversed(LEVELS[: LEVELS.index(level) + 1]):
        posts = roster.by_place.get((DUTY_OFFICERS.get(each, ""), at_level(code, each)), ())
        if found := on_shift(roster, posts, at):
            return replace(found, by=By.DUTY_OFFICER)
    return None
