"""The form of an itinerary that may be published: no person, no case, parts of days in place of minutes, and only what
the publisher ticked of public places and public transport (PRIVACY R13).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

from epiloop.core.jurisdictions import Code, Scope
from epiloop.operations.itineraries import queries
from epiloop.operations.itineraries.events import StopKind, Vehicle
from epiloop.operations.itineraries.state import Stop
from epiloop.registers.places.kinds import SENSITIVE_KINDS
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.itineraries.files import EXPORT, write_down
from epiloop.runtime.requests.itineraries.opening import Seen, seen
from epiloop.store.reading.registers import places_by_id
from epiloop.store.scoped import reading
from epiloop.store.tables import PlaceRow

PARTS_OF_DAY = ((0, "night"), (6, "morning"), (12, "afternoon"), (18, "evening"))
"""From which hour on each begins."""
HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Published:
    """One line: a day, a part of it, and a place by its names in the register, or a vehicle by its number and day."""

    day: date
    part: int
    name_zh: str
    name_en: str
    vehicle: Vehicle | None = None

    @property
    def part_of_day(self) -> str:
        """The word of the part of the day."""
        return dict(PARTS_OF_DAY)[self.part]


def offered(running: Running, by: By, found: Seen) -> dict[UUID, str]:
    """The stops that may be published, with their public names in Chinese."""
    rows = _public(running, by, found)
    standing = (stop for stop in found.itinerary.standing() if queries.publishable(stop, frozenset(rows)))
    return {stop.stop: _names(stop, rows)[0] for stop in queries.in_order(standing)}


def publish(running: Running, by: By, person: UUID, ticked: frozenset[UUID]) -> tuple[Published, ...]:
    """The lines for publication of what was ticked, by day and part, each once. Written down before it is given."""
    found = seen(running.parts, by, person, running.parts.now())
    jurisdiction = Code(found.known.jurisdiction)
    by.check(EXPORT, jurisdiction)
    rows = _public(running, by, found)
    chosen = queries.for_publication(found.itinerary.standing(), ticked, frozenset(rows))
    lines = sorted({line for stop in chosen for line in _lines(stop, rows, found.zone)})
    write_down(running, by, jurisdiction, len(lines))
    return tuple(lines)


def _public(running: Running, by: By, found: Seen) -> dict[UUID, PlaceRow]:
    """The places of the itinerary that anybody may see listed: read as somebody who keeps no register."""
    ids = {stop.told.place for stop in found.itinerary.standing() if stop.told.place}
    with reading(running.readers, by.scope("register.read")) as connection:
        return {
            place: row
            for place, row in places_by_id(connection, ids, Scope()).items()
            if row.sensitivity == "public" and row.kind not in SENSITIVE_KINDS
        }


def _names(stop: Stop, rows: Mapping[UUID, PlaceRow]) -> tuple[str, str]:
    if stop.told.where is StopKind.VEHICLE or stop.told.place is None:
        return stop.told.number or "", stop.told.number or ""
    row = rows[stop.told.place]
    return row.name_zh, row.name_en or row.name_zh


def _lines(stop: Stop, rows: Mapping[UUID, PlaceRow], zone: tzinfo) -> Sequence[Published]:
    names = _names(stop, rows)
    vehicle = stop.told.vehicle if stop.told.where is StopKind.VEHICLE else None
    return [Published(day, part, *names, vehicle) for day, part in _parts(stop.begins, stop.ends, zone)]


def _parts(begins: datetime, ends: datetime, zone: tzinfo) -> list[tuple[date, int]]:
    """The parts of days, as days and first hours, that a stretch of time touches."""
    hours = (begins + n * HOUR for n in range(int((ends - begins) / HOUR) + 1))
    touched = (at.astimezone(zone) for at in (*hours, ends - MOMENT) if at < ends)
    return sorted({(at.date(), max(first for first, _ in PARTS_OF_DAY if first <= at.hour)) for at in touched})
