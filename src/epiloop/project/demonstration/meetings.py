"""Made-up check-ins around the cases of the demonstration: where a case went, who was there, who only passed by.

They are sealed and handed in like every check-in. Half of those who met a case stand in the register; the others left a
telephone number at a door that is nobody's: mobile numbers begin with 13 to 19, these with 106.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

import numpy as np

from epiloop.core.ids import derived
from epiloop.core.instants import ONE_DAY
from epiloop.project.demonstration.columns import stream
from epiloop.project.demonstration.roster import BEIJING
from epiloop.vault.reach import ReachKind, code_of, subject_code
from epiloop.vault.spots import spot_of_place
from epiloop.vault.visits import Kind, Said, kind_number

STREAM = 12
KINDS = ("market", "supermarket", "restaurant", "pharmacy", "hotel", "hairdresser", "bath-house", "cinema")
HOURS = ((9, 10, 45), (12, 5, 50), (18, 30, 40))
"""When a case goes out: hour, minute, and for how many minutes."""
MET, PASSED = 34, 12
"""People whom a case meets long enough, and who were there for a few minutes only."""
ONWARD, WITH = 3, 2
"""Of those whom a case met, how many sat with others for hours on a later day; and with how many each."""
LATER, LONG = timedelta(hours=25), timedelta(hours=2, minutes=40)
"""After the exposure: by the clause a contact exposes others a day later, and hours with them make a second ring."""
REACHABLE = timedelta(days=13)
"""Check-ins are kept for fourteen days, today among them."""


@dataclass(frozen=True, slots=True)
class Place:
    """A zone of a place, and its kind in words."""

    place: UUID
    kind: str
    jurisdiction: int
    zone: str
    zone_kind: str

    @property
    def spot(self) -> bytes:
        """As check-ins name it."""
        return spot_of_place(self.jurisdiction, self.place, self.zone)

    @property
    def words(self) -> str:
        """The kind of place, with that of the zone behind a slash."""
        return f"{self.kind}/{self.zone_kind}" if self.zone_kind else self.kind


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody was at a place."""

    place: Place
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Outing:
    """A case, and when it may have exposed others."""

    person: UUID
    since: datetime
    until: datetime


def meetings(
    outing: Outing, places: Sequence[Place], people: Sequence[UUID], *, seed: int, now: datetime
) -> Iterator[Said]:
    """All check-ins around one case: its own, of people it met, of people who passed by. The same each time.

    Nothing where there are no places, or the case was never out within the days that are kept.
    """
    drawn = stream(seed, STREAM, outing.person.int % 2**32)
    own = list(_own(outing, places, drawn, now)) if places else []
    for number, stay in enumerate(own):
        yield _said(stay, subject_code(outing.person), f"{outing.person}:own:{number}")
    met: list[tuple[bytes, Stay]] = []
    for number in range(MET + PASSED if own else 0):
        who = _somebody(number, people, drawn)
        long = number < MET
        for again in sorted(set(drawn.integers(len(own), size=2 if long else 1).tolist())):
            met += [(who, own[again])] if long else []
            yield _said(_beside(own[again], drawn, long=long), who, f"{outing.person}:{number}:{again}")
    for number, (who, stay) in enumerate(_onward(met, places, people, drawn, now)):
        yield _said(stay, who, f"{outing.person}:onward:{number}")


def _own(outing: Outing, places: Sequence[Place], drawn: np.random.Generator, now: datetime) -> Iterator[Stay]:
    """Where the case went, three times a day."""
    since = max(outing.since, now - REACHABLE)
    day = since.astimezone(BEIJING).date()
    while datetime.combine(day, time(), BEIJING) < outing.until:
        for hour, minute, length in HOURS:
            came = datetime.combine(day, time(hour, minute), BEIJING) + timedelta(minutes=int(drawn.integers(26)))
            stay = Stay(places[int(drawn.integers(len(places)))], came, came + timedelta(minutes=length))
            if since <= stay.since and stay.until < min(outing.until, now):
                yield stay
        day += ONE_DAY


def _onward(
    met: Sequence[tuple[bytes, Stay]],
    places: Sequence[Place],
    people: Sequence[UUID],
    drawn: np.random.Generator,
    now: datetime,
) -> Iterator[tuple[bytes, Stay]]:
    """Some of those who were met sat with others later: contacts of contacts, whom a search with two rings finds."""
    for who, stay in [one for one in met if one[1].until + LATER + LONG < now][:ONWARD]:
        came = stay.until + LATER
        again = Stay(places[int(drawn.integers(len(places)))], came, came + LONG)
        yield who, again
        yield from ((_somebody(number, people, drawn), again) for number in range(WITH))


def _beside(own: Stay, drawn: np.random.Generator, *, long: bool) -> Stay:
    """Somebody at the same place, who shares a quarter of an hour and more, or only some minutes."""
    minutes = int(drawn.integers(18, 39) if long else drawn.integers(2, 7))
    came = own.until - timedelta(minutes=minutes)
    return Stay(own.place, came, own.until + timedelta(minutes=int(drawn.integers(31))))


def _somebody(number: int, people: Sequence[UUID], drawn: np.random.Generator) -> bytes:
    if number % 2 and people:
        return subject_code(people[int(drawn.integers(len(people)))])
    return code_of(ReachKind.PHONE, f"106{int(drawn.integers(10**8)):08d}")


def _said(stay: Stay, person: bytes, name: str) -> Said:
    entered, left = int(stay.since.timestamp()), int(stay.until.timestamp())
    visit = derived("demonstration", "visit", name).bytes
    return Said(visit, Kind.OUT, entered, left, stay.place.spot, person, kind_number(stay.place.words))
