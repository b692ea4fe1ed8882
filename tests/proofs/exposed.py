"""Cases and those exposed to them, in July 2022: what is told, and whom it restricts."""

from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from tests.proofs.people import person, rows, told

from epiloop.operations.investigation import events as e
from epiloop.runtime.acts import Done
from epiloop.runtime.parts import Parts
from epiloop.runtime.verifying import verify

ZONE = ZoneInfo("Asia/Shanghai")
EXPOSED = date(2022, 7, 10)


def at(day: int, hour: int) -> datetime:
    return datetime(2022, 7, day, hour, tzinfo=ZONE)


NOW = at(13, 12)


def case(parts: Parts, *, sure: str = "confirmed", disease: str = "covid-19") -> tuple[UUID, UUID]:
    """A person who is a case, and the case."""
    whom, named = person(parts), uuid4()
    told(parts, whom, e.CaseDetermined(named, disease, e.Classification(sure)), at(11, 9))
    return whom, named


def exposed(parts: Parts, *sources: UUID, link: str = "link") -> UUID:
    """A close contact by one link of these sources."""
    whom = person(parts)
    told(parts, whom, e.ContactDetermined(link, "covid-19", 1, sources, last_exposure=EXPOSED), at(11, 10))
    return whom


def discarded(parts: Parts, whom: UUID, named: UUID, disease: str = "covid-19") -> Done:
    return told(parts, whom, e.CaseDiscarded(named, disease), at(12, 10))


def restricted(parts: Parts, whom: UUID) -> bool:
    query = "select 1 from status_span where subject = %s and strictness > 0 and ends > %s"
    return bool(rows(parts, query, whom, NOW))


def kinds(parts: Parts, whom: UUID) -> list[str]:
    return [row[0] for row in rows(parts, "select kind from event where stream = %s order by version", whom)]


def in_order(parts: Parts) -> bool:
    """The ledger is whole, and a rebuild gives the same rows."""
    with parts.pool.connection() as connection:
        return verify(connection).broken == []
