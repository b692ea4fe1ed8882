"""Made-up interviews of the demonstration: some cases told where they had been, with a contradiction, gaps, and a train
on which two of them had seats.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from epiloop.core.ids import derived
from epiloop.core.instants import ONE_DAY, day_of, start_of_day
from epiloop.operations.itineraries.events import Basis, Precision, StopKind, StopTold, Vehicle
from epiloop.project.demonstration.roster import BEIJING
from epiloop.runtime.present import Running
from epiloop.runtime.requests import itineraries
from epiloop.runtime.requests.asking import By
from epiloop.store.reading import registers
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.reading.cases import CaseFilter, cases
from epiloop.store.reading.registers import PlacesAsked
from epiloop.store.scoped import reading

WHO, PURPOSE = "demonstration", "case-investigation"
ASKED = 3
"""Cases that were asked."""
KINDS = ("market", "restaurant", "supermarket")
BACK = 4
"""Days before today of which they tell."""
SEATS = ("12F", "13A", "3C")


def interviews(running: Running, seed: int) -> int:
    """Take down the itineraries of a few open cases; how many stops."""
    with reading(running.readers, EVERYWHERE) as connection:
        now = running.parts.now()
        rows = cases(connection, EVERYWHERE, now, CaseFilter("covid-19"), limit=40).rows
        people = list(dict.fromkeys(row.person for row in rows if row.outcome == "open"))[:ASKED]
        found = [
            registers.places(connection, PlacesAsked(EVERYWHERE, EVERYWHERE, kind=kind), now, limit=5).rows
            for kind in KINDS
        ]
    places = [row.id for some in found for row in some]
    told = 0
    for number, person in enumerate(people):
        stops = list(_told(person, number, places, now))
        by = By(WHO, PURPOSE, f"interview:{seed}:{number}")
        itineraries.tell_stops(running, by, person, stops)
        told += len(stops)
    return told


def _told(person: UUID, number: int, places: list[UUID], now: datetime) -> Iterator[StopTold]:
    """Four days: home, errands, a train on the second, a contradiction on the third, little on the last."""
    today = day_of(now, BEIJING)
    days = [today - n * ONE_DAY for n in range(BACK, 0, -1)]

    def told(n: int, where: StopKind, begins: float, ends: float, **said: object) -> StopTold:
        stop = derived("demonstration", str(person), "stop", str(n), f"{where}:{begins}")
        return StopTold(stop, where, _at(days[n], begins), _at(days[n], ends), **said)  # type: ignore[arg-type]

    for n in range(BACK - 1):
        yield told(n, StopKind.HOUSEHOLD, 0, 8)
        yield told(n, StopKind.HOUSEHOLD, 20, 24)
    if places:
        one, other = (places[(number + n) % len(places)] for n in (0, len(places) // 2))
        yield told(0, StopKind.PLACE, 8.5, 10, place=one, basis=Basis.CARD)
        yield told(0, StopKind.PLACE, 11.75, 13, place=other)
        yield told(2, StopKind.PLACE, 9, 10.5, place=one)
        yield told(2, StopKind.PLACE, 10, 11, place=other, basis=Basis.CAMERA)
    ride = {"vehicle": Vehicle.TRAIN, "number": "D3981", "on": days[1], "carriage": "8", "basis": Basis.TICKET}
    yield told(1, StopKind.VEHICLE, 9, 10.5, **ride, seat=SEATS[number], origin="三江南", destination="柳州")
    yield told(1, StopKind.GATHERING, 12, 14, name="镇上婚宴", address="老街", precision=Precision.ABOUT)
    yield told(3, StopKind.ELSEWHERE, 6, 12, name="河边早市", precision=Precision.PART)


def _at(day: date, hours: float) -> datetime:
    return start_of_day(day, BEIJING) + timedelta(hours=hours)
