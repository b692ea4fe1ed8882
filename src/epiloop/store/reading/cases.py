"""Cases: lists, numbers by day, who may have infected whom, and the contacts of each."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection

from epiloop.operations.investigation.queries import CaseRecord, Curve, CurveDay, LinkRecord
from epiloop.store.named import queries
from epiloop.store.reading.asking import DAY, ID, INSTANT, PAGE, Area, Page, after, fetch, fetch_one, page, within
from epiloop.store.reading.lists import EVER, NEVER
from epiloop.store.tables import CaseRow

Q = queries("reading/cases")
MOST_NODES = 20_000
"""People in one transmission tree; more cannot be drawn."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases; None: any. The period [since, until) is of the determination; `discarded`: those too."""

    disease: str | None = None
    classification: str | None = None
    outcome: str | None = None
    since: datetime = EVER
    until: datetime = NEVER
    discarded: bool = False


class CaseTotal(NamedTuple):
    """How many cases are alike in disease, classification and outcome ("": none known)."""

    disease: str
    classification: str
    outcome: str
    n: int


class ContactCount(NamedTuple):
    """How many people one source exposed, in each ring."""

    source: UUID
    first_ring: int
    second_ring: int


class ContactLine(NamedTuple):
    """One exposure by a case: whether the contact became a case, the status that holds (None: no restriction), and the
    next one with its beginning."""

    contact: UUID
    link: str
    ring: int
    jurisdiction: int
    last_exposure: date | None
    determined_at: datetime
    relation: str
    setting: str
    sealed: bytes | None
    is_case: bool
    status: str | None
    ahead: datetime | None
    ahead_status: str | None


class _Day(NamedTuple):
    day: date
    by_onset: int
    by_report: int


@dataclass(frozen=True, slots=True)
class Transmission:
    """The cases of one disease and the exposures between them, as `investigation.queries.transmission_tree` takes them.

    `cut`: there are more cases than one tree can show.
    """

    cases: tuple[CaseRecord, ...]
    links: tuple[LinkRecord, ...]
    cut: bool


def cases(
    connection: Connection[Any],
    asked: Area,
    at: datetime,
    chosen: CaseFilter = CaseFilter(),
    *,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[CaseRow]:
    """Cases as known at the instant, the latest determined first. What is sealed stays sealed."""
    keys = after(after_page, at=INSTANT, person=ID, disease=str, number=int)
    rows = fetch(connection, CaseRow, Q["list"], {**_asked(asked, at, chosen), **keys, "limit": limit + 1})
    return page(rows, limit, lambda row: (row.determined_at.isoformat(), row.person, row.disease, row.number))


def case(connection: Connection[Any], person: UUID, disease: str, number: int) -> CaseRow | None:
    """One case; None if there is none within the scope."""
    return fetch_one(connection, CaseRow, Q["case"], {"person": person, "disease": disease, "number": number})


def totals(
    connection: Connection[Any], asked: Area, at: datetime, chosen: CaseFilter = CaseFilter()
) -> list[CaseTotal]:
    """Cases by disease, classification and outcome, the most frequent first."""
    return fetch(connection, CaseTotal, Q["totals"], _asked(asked, at, chosen))


def curve(
    connection: Connection[Any],
    asked: Area,
    at: datetime,
    zone: ZoneInfo,
    chosen: CaseFilter = CaseFilter(),
) -> Curve:
    """Cases per day of onset, without gaps; those whose onset is unknown per day of report, counted apart."""
    found = {
        row.day: row for row in fetch(connection, _Day, Q["days"], {**_asked(asked, at, chosen), "zone": zone.key})
    }
    if not found:
        return Curve((), 0, 0)
    first, last = min(found), max(found)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    days = tuple(CurveDay(*found.get(day, (day, 0, 0))) for day in span)
    missing = sum(day.by_report for day in days)
    return Curve(days, sum(day.by_onset for day in days) + missing, missing)


def transmission(connection: Connection[Any], asked: Area, at: datetime, zone: ZoneInfo, disease: str) -> Transmission:
    """The standing cases of a disease within the area and the exposures between them."""
    words = {**within(asked), "at": at, "zone": zone.key, "disease": disease, "limit": MOST_NODES + 1}
    people = fetch(connection, CaseRecord, Q["records"], words)
    shown = people[:MOST_NODES]
    asked_links = {"people": [one.person for one in shown], "at": at, "disease": disease}
    links = fetch(connection, LinkRecord, Q["links"], asked_links)
    return Transmission(tuple(shown), tuple(links), len(people) > MOST_NODES)


def clusters(found: Transmission) -> list[tuple[UUID, ...]]:
    """The groups of cases that are linked with each other, largest first; a case without links is a group of one."""
    root = {one.person: one.person for one in found.cases}
    for link in found.links:
        first, second = sorted((_root(root, link.person), _root(root, link.source)))
        root[second] = first
    groups: dict[UUID, list[UUID]] = {}
    for one in found.cases:
        groups.setdefault(_root(root, one.person), []).append(one.person)
    return sorted((tuple(group) for group in groups.values()), key=lambda group: (-len(group), group[0]))


def cluster_sizes(groups: Sequence[Sequence[UUID]]) -> list[tuple[int, int]]:
    """How many groups there are of each size, the largest first."""
    return sorted(Counter(len(group) for group in groups).items(), reverse=True)


def contact_counts(
    connection: Connection[Any], people: Collection[UUID], at: datetime, disease: str | None = None
) -> dict[UUID, ContactCount]:
    """How many contacts each of these people has; those without any are left out."""
    rows = fetch(connection, ContactCount, Q["contact_counts"], {"people": list(people), "at": at, "disease": disease})
    return {row.source: row for row in rows}


def contacts_of(
    connection: Connection[Any],
    person: UUID,
    at: datetime,
    *,
    disease: str | None = None,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[ContactLine]:
    """The people a case exposed, the last exposures first."""
    keys = after(after_page, exposure=DAY, contact=ID, link=str)
    words = {"person": person, "at": at, "disease": disease, "limit": limit + 1}
    rows = fetch(connection, ContactLine, Q["contacts"], {**words, **keys})
    return page(rows, limit, lambda row: (row.last_exposure, row.contact, row.link))


def _asked(asked: Area, at: datetime, chosen: CaseFilter) -> dict[str, Any]:
    return {**within(asked), **asdict(chosen), "at": at}


def _root(root: dict[UUID, UUID], one: UUID) -> UUID:
    while root[one] != one:
        root[one] = root[root[one]]
        one = root[one]
    return one
