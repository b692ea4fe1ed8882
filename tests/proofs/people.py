"""Synthetic people and what happens to them, told through the requests that pages use."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from epiloop.core.jurisdictions import Code, code
from epiloop.ledger.events import Body
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.registers.people import events as p
from epiloop.runtime.acts import Done
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests import By
from epiloop.runtime.requests.people import tell
from epiloop.runtime.requests.registering import register_person
from epiloop.vault.port import Identity

HERE, COUNTY, TOWN, CITY = code("450226001001"), code("450226"), code("450226001"), code("4502")
_numbers = count()


def by(purpose: str = "case-investigation", key: str = "") -> By:
    """The operator of the installation, each time with a fresh key."""
    return By("operator", purpose, key or f"proof-{next(_numbers)}")


def person(parts: Parts, stay: Code = HERE, identity: Identity | None = None) -> UUID:
    """A new registration."""
    told = p.PersonRegistered(sex=p.Sex.FEMALE, birth_year=1980, stay=stay)
    return UUID(str(register_person(parts, by("register-keeping"), told, identity).result["person"]))


def told(parts: Parts, whom: UUID, body: Body, at: datetime | None = None) -> Done:
    """One thing that happened to one person."""
    return tell(parts, by(), whom, body, at=at)


def contact(source: UUID, last: date, ring: int = 1, link: str = "", disease: str = "covid-19") -> e.ContactDetermined:
    """A contact of the source, exposed last on a day."""
    return e.ContactDetermined(link or f"link-{source}", disease, ring, (source,), last_exposure=last)


def sampled(parts: Parts, whom: UUID, name: str, taken: datetime, result: datetime, *, positive: bool = False) -> Done:
    """A sample and its result."""
    told(parts, whom, s.SampleTaken(name), taken)
    outcome = s.ResultOutcome.POSITIVE if positive else s.ResultOutcome.NEGATIVE
    return told(parts, whom, s.ResultReceived(name, outcome), result)


def rows(parts: Parts, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What the engine reads."""
    with parts.pool.connection() as connection:
        return connection.execute(query.encode(), values or None).fetchall()


def only(found: Sequence[Any]) -> Any:
    """The one there is."""
    (one,) = found
    return one
