"""Stops as tests say them: who was where, at which local times."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from epiloop.core.ids import derived
from epiloop.operations.itineraries import events as e
from epiloop.operations.itineraries.state import Stop

PERSON = derived("person", "itinerary")
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HOME = derived("household", "1")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A local time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def told(called: str, begins: datetime, ends: datetime, **said: object) -> e.StopTold:
    """A stop at an unregistered place called so, unless it says otherwise."""
    where = {"where": e.StopKind.ELSEWHERE, "name": called, "area": 4502261002010000}
    return e.StopTold(derived("stop", called), **{**where, "begins": begins, "ends": ends, **said})


def home(called: str, begins: datetime, ends: datetime, **said: object) -> e.StopTold:
    """At home."""
    return told(called, begins, ends, where=e.StopKind.HOUSEHOLD, name=None, household=HOME, **said)


def train(name: str, begins: datetime, ends: datetime, **said: object) -> e.StopTold:
    """In a train."""
    on, elsewhere = begins.astimezone(SHANGHAI).date(), {"name": None, "area": None}
    return told(
        name,
        begins,
        ends,
        **{**elsewhere, "where": e.StopKind.VEHICLE, "vehicle": e.Vehicle.TRAIN, "number": "G2926", "on": on, **said},
    )


def stop(one: e.StopTold, tellings: int = 1) -> Stop:
    """The stop as it stands after being told."""
    return Stop(one.stop, "told", one, tellings, datetime(2022, 7, 1, tzinfo=UTC))


def ids(*names: str) -> set[UUID]:
    """The ids of stops by name."""
    return {derived("stop", name) for name in names}
