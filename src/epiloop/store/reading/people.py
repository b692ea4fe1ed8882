"""People: one person's page, lists by jurisdiction, which of a list of ids lie within the scope. Never an identity."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.store.named import queries
from epiloop.store.reading.asking import (
    EVERYWHERE,
    ID,
    INSTANT,
    PAGE,
    Area,
    Page,
    after,
    ask,
    fetch,
    fetch_one,
    page,
    within,
)
from epiloop.store.reading.lists import DutyLine, DutyRecord, LoopLine, with_owners
from epiloop.store.tables import (
    CaseRow,
    ContactRow,
    EscalationRow,
    FollowUpRow,
    PersonRow,
    SampleRow,
    StageRow,
    StatusRow,
)

Q = queries("reading/people")


class PersonLine(NamedTuple):
    """A person in a list: the register's row and the status that holds at the instant (None: no restriction)."""

    id: UUID
    jurisdiction: int
    residence: int
    sex: str
    birth_year: int | None
    occupation: str
    household: UUID | None
    employer: UUID | None
    identified: bool
    merged_into: UUID | None
    died_on: date | None
    controlled_from: datetime | None
    controlled_until: datetime | None
    status: str | None
    strictness: int | None
    status_until: datetime | None


class OutsideId(NamedTuple):
    """What another system calls a subject."""

    system: str
    outside: str
    subject: UUID


class DuplicatePair(NamedTuple):
    """Two registrations that may be one person: possible | same | different."""

    left_person: UUID
    right_person: UUID
    state: str
    score: float
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people; None or False: any. `controlled`: whom a status restricts at the instant."""

    controlled: bool = False
    household: UUID | None = None
    employer: UUID | None = None
    occupation: str | None = None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything the projections know of one person, as the rules stand at one instant.

    `status` is the strictest of `spans` at the instant. `stages` and `duties` are those laid down at the instant.
    `contacts` are links in both directions; their setting and place are still sealed.
    """

    person: PersonRow
    status: StatusRow | None
    spans: tuple[StatusRow, ...]
    loops: tuple[LoopLine, ...]
    stages: tuple[StageRow, ...]
    duties: tuple[DutyLine, ...]
    contacts: tuple[ContactRow, ...]
    cases: tuple[CaseRow, ...]
    samples: tuple[SampleRow, ...]
    follow_ups: tuple[FollowUpRow, ...]
    escalations: tuple[EscalationRow, ...]
    outside_ids: tuple[OutsideId, ...]
    duplicates: tuple[DuplicatePair, ...]
    household: tuple[PersonLine, ...]


PARTS: dict[str, Any] = {
    "spans": StatusRow,
    "loops": LoopLine,
    "stages": StageRow,
    "contacts": ContactRow,
    "cases": CaseRow,
    "samples": SampleRow,
    "follow_ups": FollowUpRow,
    "escalations": EscalationRow,
    "duplicates": DuplicatePair,
}
"""Parts of a person's page that are the rows of one question each."""


def person(connection: Connection[Any], person_id: UUID) -> PersonRow | None:
    """One person's row; None if there is none within the scope."""
    return fetch_one(connection, PersonRow, Q["person"], {"id": person_id})


def person_page(connection: Connection[Any], person_id: UUID, at: datetime) -> PersonPage | None:
    """One person's page; None if there is none within the scope."""
    found = person(connection, person_id)
    if found is None:
        return None
    asked = {"id": person_id, "at": at}

    def several(kind: Any, name: str) -> Callable[[], list[Any]]:
        return ask(connection, kind, Q[name], asked)

    status = several(StatusRow, "status")
    told = {name: several(kind, name) for name, kind in PARTS.items()}
    outside = ask(connection, OutsideId, Q["outside_ids"], {"ids": [person_id]})
    duties = several(DutyRecord, "duties")
    return PersonPage(
        person=found,
        status=next(iter(status()), None),
        **{name: tuple(rows()) for name, rows in told.items()},
        outside_ids=tuple(outside()),
        duties=tuple(with_owners(connection, duties(), at)),
        household=household_of(connection, found, at),
    )


def people(
    connection: Connection[Any],
    asked: Area,
    at: datetime,
    chosen: PeopleFilter = PeopleFilter(),
    *,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[PersonLine]:
    """People who stay in an area; registrations merged into another are left out.

    In order of jurisdiction, but those under control in the order in which that ends.
    """
    words: dict[str, Any] = {"at": at, "household": chosen.household, "limit": limit + 1}
    words |= {**within(asked), "employer": chosen.employer, "occupation": chosen.occupation}
    if chosen.controlled:
        words |= after(after_page, until=INSTANT, id=ID)
        rows = fetch(connection, PersonLine, Q["controlled"], words)
        return page(rows, limit, lambda row: (row.controlled_until and row.controlled_until.isoformat(), row.id))
    words |= after(after_page, jurisdiction=int, id=ID)
    return page(fetch(connection, PersonLine, Q["list"], words), limit, lambda row: (row.jurisdiction, row.id))


def people_by_id(connection: Connection[Any], ids: Collection[UUID], at: datetime) -> list[PersonLine]:
    """Those of the ids that are people within the scope, in the order given (a search's hits, for instance)."""
    return fetch(connection, PersonLine, Q["by_ids"], {"ids": list(ids), "at": at})


def by_outside_id(connection: Connection[Any], system: str, outside: str) -> UUID | None:
    """The subject that another system calls `outside`; None if there is none within the scope."""
    row = connection.execute(Q["by_outside_id"], {"system": system, "outside": outside}).fetchone()
    return row[0] if row else None


def outside_ids(connection: Connection[Any], ids: Collection[UUID]) -> tuple[OutsideId, ...]:
    """What other systems call these subjects."""
    return tuple(fetch(connection, OutsideId, Q["outside_ids"], {"ids": list(ids)}))


def household_of(connection: Connection[Any], one: PersonRow, at: datetime) -> tuple[PersonLine, ...]:
    """The others of a person's household within the scope."""
    if one.household is None:
        return ()

    members = people(connection, EVERYWHERE, at, PeopleFilter(household=one.household), limit=100).rows
    return tuple(member for member in members if member.id != one.id)
