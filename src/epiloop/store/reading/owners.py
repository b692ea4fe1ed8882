"""Who answers: from the post that owns a duty to the person on shift with a phone, at one instant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.rules.plan import Party
from epiloop.store.named import queries
from epiloop.store.reading.asking import ID, PAGE, Area, Page, after, fetch, page, within

Q = queries("reading/owners")


class Owner(NamedTuple):
    """What a duty says of its owner: one of the four parties, a kind of post, whose post, and the employer's unit."""

    party: str
    post: str
    code: int
    unit: UUID | None = None

    @property
    def key(self) -> "Owner":
        """The owner without what does not matter for finding somebody: the unit, unless it answers as employer."""
        return self if self.party == Party.EMPLOYER else self._replace(unit=None)


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who answers for an owner at an instant.

    `post_kind` and `code` are the post that answers; `own` is false where that is a duty officer further up because the
    owner's own post has nobody with a phone on shift. `account` None: nobody at all, or the individual themselves
    (`individual`).
    """

    own: bool = False
    individual: bool = False
    post: UUID | None = None
    post_kind: str = ""
    code: int | None = None
    account: str | None = None
    phone: str = ""
    substitute_for: str = ""
    until: datetime | None = None

    @property
    def nobody_on_duty(self) -> bool:
        """Whether the owner's own post has nobody to answer now."""
        return not (self.own or self.individual)


class _Found(NamedTuple):
    n: int
    own: bool
    post: UUID
    kind: str
    code: int
    account: str
    phone: str
    substitute_for: str
    until: datetime


class Seat(NamedTuple):
    """One post and somebody on shift there; `account` None: nobody is."""

    post: UUID
    kind: str
    level: str
    jurisdiction: int
    unit: UUID | None
    desk: str
    account: str | None
    phone: str
    substitute_for: str | None
    starts: datetime | None
    ends: datetime | None


class Gap(NamedTuple):
    """A stretch [starts, ends) in which a post has nobody on shift."""

    post: UUID
    kind: str
    jurisdiction: int
    unit: UUID | None
    starts: datetime
    ends: datetime


class _Asked(NamedTuple):
    owner_party: str
    owner_post: str
    owner_code: int
    owner_unit: UUID | None


class _Waiting(NamedTuple):
    n: int
    late: int
    due: int
    first_due: datetime


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An owner with nobody on duty: how many of its duties are late or due by the end of the day, and who stands in."""

    owner: Owner
    late: int
    due: int
    first_due: datetime
    stands_in: OnDuty


def on_duty(connection: Connection[Any], owners: Iterable[Owner], at: datetime) -> dict[Owner, OnDuty]:
    """Who answers for each owner at the instant, in one question. Keys are `Owner.key`s."""
    keys = {owner.key for owner in owners}
    found = {owner: OnDuty(individual=True) for owner in keys if owner.party == Party.INDIVIDUAL}
    asked = sorted(keys - found.keys(), key=str)
    if asked:
        for row in fetch(connection, _Found, Q["on_duty"], {"at": at, **columns_of(asked)}):
            found[asked[row.n - 1]] = _answer(row)
    return {owner: found.get(owner, OnDuty()) for owner in keys}


def _answer(row: _Found) -> OnDuty:
    _, own, post, kind, code, account, phone, substitute_for, until = row
    return OnDuty(own, False, post, kind, code, account, phone, substitute_for, until)  # noqa: FBT003


def on_shift(
    connection: Connection[Any],
    asked: Area,
    at: datetime,
    *,
    kind: str | None = None,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[Seat]:
    """The posts of an area in order of code, each with everybody on shift; a substitute in their place."""
    keys = after(after_page, code=int, kind=str, post=ID, shown=int)
    rows = fetch(connection, Seat, Q["on_shift"], {**within(asked), **keys, "at": at, "kind": kind, "limit": limit + 1})
    before = keys["after_post"], keys["after_shown"]
    return page(rows, limit, lambda row: (row.jurisdiction, row.kind, row.post, _shown(rows[:limit], row, *before)))


def _shown(rows: Sequence[Seat], last: Seat, post: object, before: object) -> int:
    """How many seats of the post with which a page ends were shown, those of the page before included: addresses hold
    no login names (PRIVACY R28).
    """
    earlier = before if post == last.post and isinstance(before, int) else 0
    return earlier + sum(1 for row in rows if row.post == last.post)


def gaps(connection: Connection[Any], asked: Area, since: datetime, until: datetime, *, limit: int = 1000) -> list[Gap]:
    """When posts of an area have nobody on shift in a stretch of time."""
    return fetch(connection, Gap, Q["gaps"], {**within(asked), "since": since, "until": until, "limit": limit})


def without_anybody(connection: Connection[Any], asked: Area, at: datetime) -> list[Owner]:
    """The owners of open duties of an area whose own post has nobody with a phone on shift at the instant."""
    rows = fetch(connection, _Asked, Q["without_anybody"], {**within(asked), "at": at})
    return [Owner(*row) for row in rows]


def nobody_on_duty(connection: Connection[Any], asked: Area, at: datetime, day_end: datetime) -> list[Unanswered]:
    """The owners of duties that are late or due by `day_end` and whose post has nobody now; most late ones first."""
    owners = without_anybody(connection, asked, at)
    words = {**within(asked), **columns_of(owners), "at": at, "day_end": day_end}
    rows = fetch(connection, _Waiting, Q["waiting"], words) if owners else []
    answers = on_duty(connection, (owners[row.n - 1] for row in rows), at)
    found = [Unanswered(owner := owners[n - 1], late, due, first, answers[owner]) for n, late, due, first in rows]
    return sorted(found, key=lambda one: (-one.late, one.first_due, str(one.owner)))


def columns_of(owners: Iterable[Owner]) -> dict[str, list[Any]]:
    """Owners as the parameters posts, codes, units; the unit only where it answers as employer."""
    keys = [owner.key for owner in owners]
    return {"posts": [o.post for o in keys], "codes": [o.code for o in keys], "units": [o.unit for o in keys]}
