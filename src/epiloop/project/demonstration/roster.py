"""Posts at every level, the officers who hold them, and who is on shift when - with gaps and substitutes.

Post words are those of `epiloop.rules.vocabulary.POSTS`. Officers are accounts ("duty-1"), invented like everybody.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

import numpy as np

from epiloop.core.jurisdictions import Code, at_level
from epiloop.project.demonstration.columns import NOBODY, stream
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.names import NATIONS, full_names, surnames

STREAM = 4
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
SHIFTS = ((0, 8), (8, 16), (16, 24))
"""Local hours of the three shifts of a day."""
AROUND = 14
GAP_ODDS, SUBSTITUTE_ODDS = 0.03, 0.05


class Hours(StrEnum):
    """When a post is held: in all three shifts of a day, or in the middle one."""

    ALWAYS = "always"
    DAYTIME = "daytime"


@dataclass(frozen=True, slots=True)
class PostKind:
    """A kind of post: at which level, how many officers share it, and when it is held.

    `where` limits it to the jurisdictions of units of that kind ("isolation-site"); empty means every one of the level.
    """

    post: str
    level: str
    officers: int
    hours: Hours
    where: str = ""
    login: str = ""


POST_KINDS: tuple[PostKind, ...] = (
    PostKind("headquarters-duty-officer", "county", 4, Hours.ALWAYS, login="duty"),
    PostKind("headquarters-duty-officer", "city", 4, Hours.ALWAYS, login="city-duty"),
    PostKind("disease-control-duty-officer", "county", 4, Hours.ALWAYS, login="cdc"),
    PostKind("investigator", "county", 9, Hours.ALWAYS, login="investigator"),
    PostKind("transfer-team", "county", 8, Hours.ALWAYS, login="transfer"),
    PostKind("transport-officer", "county", 3, Hours.ALWAYS, login="transport"),
    PostKind("checkpoint-officer", "county", 8, Hours.ALWAYS, login="checkpoint"),
    PostKind("market-officer", "county", 2, Hours.DAYTIME, login="market"),
    PostKind("industry-officer", "county", 2, Hours.DAYTIME, login="industry"),
    PostKind("vaccination-clinic", "county", 3, Hours.DAYTIME, login="vaccination"),
    PostKind("laboratory", "county", 4, Hours.ALWAYS, "laboratory", login="laboratory"),
    PostKind("isolation-site-manager", "county", 4, Hours.ALWAYS, "isolation-site", login="isolation"),
    PostKind("hospital-infection-officer", "county", 3, Hours.ALWAYS, "hospital", login="hospital"),
    PostKind("warehouse-manager", "county", 3, Hours.ALWAYS, "central-warehouse", login="warehouse"),
    PostKind("township-duty-officer", "township", 4, Hours.ALWAYS, login="township"),
    PostKind("sampling-station", "township", 2, Hours.DAYTIME, login="sampling"),
    PostKind("community-secretary", "community", 1, Hours.DAYTIME, login="secretary"),
    PostKind("community-health-worker", "community", 2, Hours.DAYTIME, login="health"),
    PostKind("village-doctor", "community", 1, Hours.DAYTIME, login="doctor"),
    PostKind("grid-worker", "grid", 1, Hours.DAYTIME, login="grid"),
)


@dataclass(frozen=True, slots=True)
class Officer:
    """An account: login, a synthetic name, a phone that is nobody's, and the jurisdiction it works in."""

    login: str
    name: str
    phone: str
    jurisdiction: Code


@dataclass(frozen=True, slots=True)
class Post:
    """One post of one jurisdiction, and of one unit if it belongs to one (else NOBODY), with its officers' logins."""

    post: str
    level: str
    jurisdiction: Code
    unit: int
    officers: tuple[str, ...]
    hours: Hours


@dataclass(frozen=True, slots=True)
class Shift:
    """A post is held by an officer in [start, end), UTC; `instead_of` is whom a substitute stands in for."""

    post: int
    officer: str
    start: datetime
    end: datetime
    instead_of: str = ""


@dataclass(frozen=True)
class Roster:
    """All posts and officers; shifts are made on demand, since a city has millions."""

    posts: tuple[Post, ...]
    officers: tuple[Officer, ...]
    seed: int
    at: date

    def shifts(self, *, days: int = AROUND, posts: Iterable[int] | None = None) -> Iterator[Shift]:
        """The shifts from `days` before the day to `days` after it, of some posts (by index) or of all.

        A shift may be missing (a gap) or held by a substitute.
        """
        chosen = range(len(self.posts)) if posts is None else posts
        for index in chosen:
            yield from self._shifts_of(index, days)

    def _shifts_of(self, index: int, days: int) -> Iterator[Shift]:
        post = self.posts[index]
        for offset in range(-days, days + 1):
            day = self.at + timedelta(days=offset)
            luck = stream(self.seed, STREAM, 1, index, day.toordinal()).random(len(SHIFTS))
            for number, hours in enumerate(SHIFTS if post.hours is Hours.ALWAYS else SHIFTS[1:2]):
                if luck[number] >= GAP_ODDS:
                    yield self._shift(index, day, number, hours, substitute=bool(luck[number] > 1 - SUBSTITUTE_ODDS))

    def _shift(self, index: int, day: date, number: int, hours: tuple[int, int], *, substitute: bool) -> Shift:
        officers = self.posts[index].officers
        turn = day.toordinal() * len(SHIFTS) + number
        regular = officers[turn % len(officers)]
        start, end = (_local(day, hour) for hour in hours)
        if not substitute or len(officers) == 1:
            return Shift(index, regular, start, end)
        return Shift(index, officers[(turn + 2) % len(officers)], start, end, instead_of=regular)


def _local(day: date, hour: int) -> datetime:
    return (datetime.combine(day, time(), BEIJING) + timedelta(hours=hour)).astimezone(UTC)


def roster(county: County) -> Roster:
    """The posts of the county's headquarters, units, townships, communities and grids, and who holds them."""
    rng = stream(county.seed, STREAM)
    posts: list[Post] = []
    officers: list[Officer] = []
    for kind in POST_KINDS:
        stem = 0
        for jurisdiction, unit in _seats(county, kind):
            logins = tuple(f"{kind.login}-{stem + number + 1}" for number in range(kind.officers))
            stem += kind.officers
            posts.append(Post(kind.post, kind.level, jurisdiction, unit, logins, kind.hours))
            officers += [Officer(login, "", "", jurisdiction) for login in logins]
    return Roster(tuple(posts), _named(rng, officers), county.seed, county.at)


def _seats(county: County, kind: PostKind) -> Iterator[tuple[Code, int]]:
    """Where there is such a post, and the unit it belongs to."""
    tree = county.tree
    if kind.where:
        yield from ((tree.county, int(unit)) for unit in county.units.of_kind(kind.where))
    elif kind.level in ("county", "city"):
        yield at_level(tree.county, kind.level), NOBODY
    elif kind.level == "township":
        yield from ((township, NOBODY) for township in tree.townships)
    elif kind.level == "community":
        yield from ((item.code, NOBODY) for item in tree.communities)
    else:
        for item in tree.communities:
            yield from ((Code(item.code + grid * 100), NOBODY) for grid in range(1, item.grids + 1))


def _named(rng: np.random.Generator, officers: list[Officer]) -> tuple[Officer, ...]:
    """The same officers with names and phones."""
    size = len(officers)
    nation = np.full(size, NATIONS.index("汉族"), dtype=np.int64)
    names = full_names(rng, surnames(rng, nation), rng.integers(1, 3, size), nation).tolist()
    return tuple(
        Officer(officer.login, name, f"107{index:08d}", officer.jurisdiction)
        for index, (officer, name) in enumerate(zip(officers, names, strict=True))
    )
