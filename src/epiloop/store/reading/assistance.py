"""Requests between jurisdictions as pages read them: lists with what is due first, one with its people; the peers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from epiloop.store.named import queries
from epiloop.store.reading.asking import PAGE, Area, fetch, fetch_one, within
from epiloop.store.reading.lists import DutyLine, DutyRecord, with_owners
from epiloop.store.tables import AssistancePersonRow, AssistanceRow, PeerRow

Q = queries("reading/assistance")


def requests(
    connection: Connection[Any], asked: Area, at: datetime, *, outgoing: bool, done: bool = False, limit: int = PAGE
) -> list[AssistanceRow]:
    """Requests one way, what is due first at the top; `done`: those that nobody has to do anything about."""
    words = {**within(asked), "at": at, "outgoing": outgoing, "done": done, "limit": limit}
    return fetch(connection, AssistanceRow, Q["requests"], words)


def counts(connection: Connection[Any], asked: Area) -> dict[tuple[bool, bool], int]:
    """How many requests each list has, by (outgoing, done)."""
    return {(row[0], row[1]): row[2] for row in connection.execute(Q["counts"], within(asked))}


def request(connection: Connection[Any], wanted: UUID) -> AssistanceRow | None:
    """One request within the scope."""
    return fetch_one(connection, AssistanceRow, Q["request"], {"id": wanted})


def of_person(connection: Connection[Any], person: UUID) -> list[AssistanceRow]:
    """The requests that concern a person, the latest first."""
    return fetch(connection, AssistanceRow, Q["of_person"], {"person": person})


def people(connection: Connection[Any], wanted: UUID) -> list[AssistancePersonRow]:
    """The people of a request by their numbers."""
    return fetch(connection, AssistancePersonRow, Q["people"], {"id": wanted})


def duties(connection: Connection[Any], ids: Sequence[UUID], at: datetime) -> list[DutyLine]:
    """What is open about these requests, with owners; the earliest first."""
    rows = fetch(connection, DutyRecord, Q["duties"], {"ids": list(ids), "at": at})
    return with_owners(connection, rows, at)


def peers(connection: Connection[Any]) -> list[PeerRow]:
    """All other installations known, those no longer in use last."""
    return fetch(connection, PeerRow, Q["peers"], {})


def contacts_of(connection: Connection[Any], case: UUID, *, limit: int) -> list[UUID]:
    """Whom a case has exposed, for somebody to choose from."""
    return [row[0] for row in connection.execute(Q["contacts_of"], {"case": case, "limit": limit})]
