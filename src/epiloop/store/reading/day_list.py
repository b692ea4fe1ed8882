"""Today's list of one worker, and the list of a calendar day for a whole jurisdiction, one line a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.store.named import queries
from epiloop.store.reading.asking import Area, fetch, within
from epiloop.store.reading.board import Day
from epiloop.store.reading.lists import DutyLine, DutyRecord, with_owners

Q = queries("reading/day_list")
MOST = 500
"""Duties on one worker's list: more than anybody does in a day."""


class HeldPost(NamedTuple):
    """A post somebody is on shift at, from when to when, and for whom they stand in ("": themselves)."""

    id: UUID
    kind: str
    level: str
    jurisdiction: int
    unit: UUID | None
    phone: str
    starts: datetime
    ends: datetime
    substitute_for: str


@dataclass(frozen=True, slots=True)
class PersonDuties:
    """What is to be done for one subject, most urgent first."""

    subject: UUID
    subject_kind: str
    jurisdiction: int
    duties: tuple[DutyLine, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """A worker's list: the posts held, subjects in the order of their most urgent duty; `more` beyond the first 500."""

    posts: tuple[HeldPost, ...]
    subjects: tuple[PersonDuties, ...]
    late: int
    more: bool


class LinkOf(NamedTuple):
    """One exposure of a contact; `source` None: not known who."""

    contact: UUID
    source: UUID | None
    link: str
    disease: str
    ring: int
    last_exposure: date | None
    determined_at: datetime
    relation: str
    setting: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """One exposure on a day list, and what other systems call its source: (system, id) pairs."""

    link: LinkOf
    outside: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DayLine:
    """One person of a day: what is to be done and by whom, after which exposures; since when a case, if one by then."""

    person: UUID
    jurisdiction: int
    outside: tuple[tuple[str, str], ...]
    duties: tuple[DutyLine, ...]
    exposures: tuple[Exposure, ...]
    case_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class DayList:
    """`lines`: to be done that day. `cases`: would have been, but had become cases by the end of it."""

    lines: tuple[DayLine, ...]
    cases: tuple[DayLine, ...]


class _Outside(NamedTuple):
    subject: UUID
    system: str
    outside: str


class _Case(NamedTuple):
    person: UUID
    disease: str
    determined_at: datetime


def posts_of(connection: Connection[Any], account: str, at: datetime) -> list[HeldPost]:
    """The posts an account (its id as text) is on shift at."""
    return fetch(connection, HeldPost, Q["posts_of"], {"account": account, "at": at})


def today(connection: Connection[Any], account: str, day: Day) -> Today:
    """What waits for an account: late duties by consequence, then those due by the end of the day, by subject."""
    posts = posts_of(connection, account, day.at)
    held = {
        "kinds": [p.kind for p in posts],
        "codes": [p.jurisdiction for p in posts],
        "units": [p.unit for p in posts],
    }
    asked = {**held, "units": [p.unit for p in posts], "at": day.at, "day_end": day.end, "limit": MOST + 1}
    rows = fetch(connection, DutyRecord, Q["of_posts"], asked) if posts else []
    lines = with_owners(connection, rows[:MOST], day.at)
    late = sum(line.duty.due <= day.at for line in lines)
    return Today(tuple(posts), tuple(_by_subject(lines)), late, len(rows) > MOST)


def day_list(connection: Connection[Any], asked: Area, day: Day, *, kind: str | None = "follow-up") -> DayList:
    """Everybody with an open duty of the kind (None: any) that falls due in the day; in order of jurisdiction.

    `day.at` is the instant for which owners and their shifts are shown; the day may lie in the past.
    """
    words = {**within(asked), "kind": kind, "day_start": day.start, "day_end": day.end}
    waiting = fetch(connection, DutyRecord, Q["of_day"], words)
    void = fetch(connection, DutyRecord, Q["cases_of_day"], words)
    people = {row.subject for row in (*waiting, *void)}
    since = _first_cases(connection, people, day)
    exposures = _exposures(connection, people, day)
    names = _outside(connection, people | {one.link.source for some in exposures.values() for one in some})
    lines = with_owners(connection, [*waiting, *void], day.at)
    made = [_line(found, exposures, names, since) for found in _by_subject(lines)]
    open_rows = {row.subject for row in waiting}
    became = {row.subject for row in void} - open_rows
    return DayList(
        tuple(line for line in made if line.person in open_rows), tuple(line for line in made if line.person in became)
    )


def _by_subject(lines: Iterable[DutyLine]) -> list[PersonDuties]:
    """The duties put together by subject, subjects where their first one stood."""
    found: dict[UUID, list[DutyLine]] = {}
    for line in lines:
        found.setdefault(line.duty.subject, []).append(line)
    return [
        PersonDuties(subject, some[0].duty.subject_kind, some[0].duty.jurisdiction, tuple(some))
        for subject, some in found.items()
    ]


def _line(
    found: PersonDuties,
    exposures: dict[UUID, tuple[Exposure, ...]],
    names: dict[UUID, tuple[tuple[str, str], ...]],
    since: dict[UUID, datetime],
) -> DayLine:
    known = tuple(
        Exposure(one.link, names.get(one.link.source, ()) if one.link.source else ())
        for one in exposures.get(found.subject, ())
    )
    own = names.get(found.subject, ())
    return DayLine(found.subject, found.jurisdiction, own, found.duties, known, since.get(found.subject))


def _exposures(connection: Connection[Any], people: set[UUID], day: Day) -> dict[UUID, tuple[Exposure, ...]]:
    links = fetch(connection, LinkOf, Q["links_of"], {"people": list(people), "by": day.end})
    return {
        contact: tuple(Exposure(link, ()) for link in some) for contact, some in groupby(links, attrgetter("contact"))
    }


def _outside(connection: Connection[Any], subjects: Iterable[UUID | None]) -> dict[UUID, tuple[tuple[str, str], ...]]:
    wanted: Sequence[UUID] = [subject for subject in subjects if subject is not None]
    rows = fetch(connection, _Outside, Q["outside_of"], {"subjects": wanted})
    return {
        subject: tuple((row.system, row.outside) for row in some)
        for subject, some in groupby(rows, attrgetter("subject"))
    }


def _first_cases(connection: Connection[Any], people: set[UUID], day: Day) -> dict[UUID, datetime]:
    rows = fetch(connection, _Case, Q["cases_of"], {"people": list(people), "by": day.end})
    return {row.person: row.determined_at for row in reversed(rows)}
