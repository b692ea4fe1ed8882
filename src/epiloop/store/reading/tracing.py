"""Requests for contact searches: lists, what waits for somebody, whom to call."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.store.named import queries
from epiloop.store.reading.asking import ID, INSTANT, PAGE, Area, Page, after, ask, fetch, fetch_one, page, within
from epiloop.store.tables import TraceRow

Q = queries("reading/tracing")


class OnCall(NamedTuple):
    """Somebody on shift who may approve, and the line that reaches them."""

    post: str
    account: str
    phone: str
    jurisdiction: int
    name_zh: str | None
    name_en: str | None


class Told(NamedTuple):
    """What restricts somebody now or next (None: nothing), by which clause, from when until when; the first due."""

    person: UUID
    status: str | None
    starts: datetime | None
    ends: datetime | None
    measure: str | None
    version: str | None
    clause: str | None
    due: datetime | None


def request(connection: Connection[Any], id_: UUID) -> TraceRow | None:
    """One request; None if there is none within the scope."""
    return fetch_one(connection, TraceRow, Q["one"], {"id": id_})


def requests(
    connection: Connection[Any],
    asked: Area,
    *,
    person: UUID | None = None,
    kind: str | None = None,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[TraceRow]:
    """Requests within an area, the latest first; of one kind, or about one person, if it is given."""
    words = (
        within(asked) | {"person": person, "kind": kind, "limit": limit + 1} | after(after_page, asked=INSTANT, id=ID)
    )
    rows = fetch(connection, TraceRow, Q["list"], words)
    return page(rows, limit, lambda row: (row.asked_at.isoformat(), row.id))


def waiting(connection: Connection[Any], account: str) -> list[TraceRow]:
    """What waits for somebody else than who asked: requests to decide, emergencies to review; the first due first."""
    return fetch(connection, TraceRow, Q["waiting"], {"account": account})


def asked_waiting(connection: Connection[Any], account: str) -> Callable[[], list[TraceRow]]:
    """The same, waited for when it is called for."""
    return ask(connection, TraceRow, Q["waiting"], {"account": account})


def on_call(
    connection: Connection[Any], path: Sequence[int], officers: Sequence[str], login: str, at: datetime
) -> list[OnCall]:
    """Who may be called at an instant, the most local first; never the one with this login."""
    asked = {"path": list(path), "officers": list(officers), "account": login, "at": at}
    return fetch(connection, OnCall, Q["on_call"], asked)


def unit_of(connection: Connection[Any], login: str, at: datetime) -> str:
    """The name of the unit in whose roster an account stands; "" if in none."""
    row = connection.execute(Q["unit_of"], {"login": login, "at": at}).fetchone()
    return str(row[0]) if row else ""


def overdue(connection: Connection[Any], at: datetime) -> list[tuple[UUID, int]]:
    """Emergencies that nobody reviewed in time, with their jurisdictions. For the clock, which sees everything."""
    return [(row[0], row[1]) for row in connection.execute(Q["overdue"], {"at": at}).fetchall()]


def kinds_of_places(connection: Connection[Any]) -> list[str]:
    """The kinds of open places, and those of their zones behind a slash, each once."""
    return [str(row[0]) for row in connection.execute(Q["kinds_of_places"]).fetchall()]


def unreviewed(connection: Connection[Any], account: str) -> list[UUID]:
    """The emergencies of an account that nobody reviewed yet."""
    return [row[0] for row in connection.execute(Q["unreviewed"], {"account": account}).fetchall()]


def noted(connection: Connection[Any], ids: Sequence[UUID]) -> set[UUID]:
    """Which of these requests are noted here. For the clock, which sees everything."""
    return {row[0] for row in connection.execute(Q["noted"], {"ids": list(ids)}).fetchall()}


def steps(connection: Connection[Any], ids: Sequence[UUID]) -> dict[UUID, str]:
    """How those of these requests stand that are noted here. For the clock, which sees everything."""
    return {row[0]: row[1] for row in connection.execute(Q["steps"], {"ids": list(ids)}).fetchall()}


def confirmed(connection: Connection[Any], person: UUID, link: str, at: datetime) -> list[UUID]:
    """All contacts of a case by the link of its searches that stands, within the scope: of both rings, each once."""
    asked = {"person": person, "link": link, "at": at}
    return [row[0] for row in connection.execute(Q["confirmed"], asked).fetchall()]


def told(connection: Connection[Any], people: Sequence[UUID], at: datetime) -> list[Told]:
    """What notices say to people within the scope, the most urgent first."""
    return fetch(connection, Told, Q["told"], {"people": list(people), "at": at})


def person_of_case(connection: Connection[Any], case: str) -> UUID | None:
    """The person of a case, however it is named; of several the latest. None if there is none."""
    row = connection.execute(Q["person_of_case"], {"case": case}).fetchone()
    return row[0] if row else None
