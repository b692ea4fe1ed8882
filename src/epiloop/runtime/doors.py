"""What the register says of the zones that people check in to, kept for a minute, and what follows for a check-in: the
form in which it is sealed, when it presumably ends, and why it may not be as it says.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from psycopg import Connection

from epiloop.core.errors import InvalidInput
from epiloop.exposure.visits import moment
from epiloop.operations.checkins.plausible import Clock, Floods, Limits, is_shut
from epiloop.operations.checkins.presumed import Doors, presumed_end
from epiloop.operations.checkins.visits import Said, Spot, Visitor, What
from epiloop.registers.places.hours import parsed
from epiloop.registers.places.state import Place
from epiloop.runtime.laws import Laws, Shelf
from epiloop.store import inbox as stored
from epiloop.store.inbox import DoorRow
from epiloop.vault.reach import ReachKind, code_of
from epiloop.vault.spots import spot_of_place
from epiloop.vault.visits import Doubt, Form, Kind, checked_in, kind_number

FRESH_SECONDS = 60.0
MOST_DOORS, MOST_MINUTES = 200_000, 600
_SHUT, _CLOCK, _FLOOD = int(Doubt.SHUT), int(Doubt.CLOCK), int(Doubt.FLOOD)
_KINDS = {What.CAME: int(Kind.IN), What.STAYING: int(Kind.EXTEND), What.LEFT: int(Kind.OUT)}


@dataclass(slots=True)
class Door:
    """One zone: its id and kind as they are sealed, its hours, its capacity, and the clock on its wall."""

    zone: bytes
    kind: str
    place: Place
    clock: tzinfo
    read: float
    number: int = field(init=False)
    _minutes: dict[int, tuple[int, bool]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.number = kind_number(self.kind)

    def at(self, entered: int, limits: Limits) -> tuple[int, bool]:
        """How long a stay that begins then presumably is, in seconds, and whether the place was shut.

        Opening hours are whole minutes, so this is worked out once a minute.
        """
        minute = entered // 60
        found = self._minutes.get(minute)
        if found is None:
            if len(self._minutes) >= MOST_MINUTES:
                self._minutes.clear()
            found = self._minutes[minute] = self._worked_out(moment(60 * minute), limits)
        return found

    def _worked_out(self, minute: datetime, limits: Limits) -> tuple[int, bool]:
        ends = presumed_end(minute, Doors(self.kind, self.place.hours, self.clock)).at
        return int((ends - minute).total_seconds()), is_shut(minute, self.place, self.clock, limits)


@dataclass(slots=True)
class DoorBook:
    """The doors that somebody came to lately. For one thread at a time."""

    limits: Limits = field(default_factory=Limits)
    floods: Floods = field(default_factory=Floods)
    _doors: dict[Spot, Door] = field(default_factory=dict, repr=False)

    def look_up(self, connection: Connection[Any], shelf: Shelf, spots: Iterable[Spot]) -> None:
        """Know what the register says of these zones, from a minute ago at the most."""
        now = time.monotonic()
        wanted = [spot for spot in spots if not self._is_fresh(spot, now)]
        if not wanted:
            return
        if len(self._doors) > MOST_DOORS:
            self._doors = {spot: one for spot, one in self._doors.items() if now - one.read < FRESH_SECONDS}
        laws = shelf.laws(connection)
        rows = {(row.place, row.zone): row for row in stored.doors(connection, [spot[:2] for spot in wanted])}
        for spot in wanted:
            self._doors[spot] = door(spot, rows.get(spot[:2]), laws, now)

    def forms(self, some: Sequence[Said], clock: Clock) -> list[Form]:
        """As `form`, of a batch; where one of it is wrong none was counted."""
        made: list[Form] = []
        try:
            for one in some:
                made.append(self.form(one, clock))
        except InvalidInput:
            self.take_back(some[: len(made) + 1], clock)  # also the one that is wrong
            raise
        return made

    def take_back(self, some: Iterable[Said], clock: Clock) -> None:
        """These were counted, and are not taken, or had been taken before: they are no part of a flood."""
        for one in some:
            if not clock.is_wrong(one):
                self.floods.take_back(self._doors[one.spot].zone, one)

    def form(self, said: Said, clock: Clock) -> Form:
        """What was said as it is sealed, with the doubts there are. Its zone was looked up. Raises InvalidInput."""
        found, entered = self._doors[said.spot], int(said.came.timestamp())
        stay, shut = found.at(entered, self.limits)
        doubts = _SHUT if shut else 0
        if clock.is_wrong(said):
            doubts |= _CLOCK
        elif self.floods.is_flood(found.zone, said, found.place.capacity):
            doubts |= _FLOOD
        until = entered + stay if said.ends is None else int(said.ends.timestamp())
        at = found.zone, found.number
        return checked_in(said.visit.bytes, _KINDS[said.what], (entered, until), at, person(said.visitor), doubts)

    def _is_fresh(self, spot: Spot, now: float) -> bool:
        found = self._doors.get(spot)
        return found is not None and now - found.read < FRESH_SECONDS


def door(spot: Spot, row: DoorRow | None, laws: Laws, read: float) -> Door:
    """A zone as the register says; one that is in another register only has no hours and no capacity."""
    place = Place(spot.place, "open", jurisdiction=spot.jurisdiction)
    if row is not None:
        step = "closed" if row.closed_at is not None else "open"
        place = replace(place, step=step, hours=() if row.closed_at else parsed(row.hours), capacity=row.capacity)
    zone = spot_of_place(spot.jurisdiction, spot.place, spot.zone)
    return Door(zone, spot.kind, place, laws.zone(spot.jurisdiction), read)


def person(visitor: Visitor) -> bytes:
    """The code of a visitor. Raises InvalidInput."""
    if visitor.phone:
        return code_of(ReachKind.PHONE, visitor.phone)
    if visitor.document:
        return code_of(ReachKind.DOCUMENT, visitor.document)
    return code_of(ReachKind.CARD, visitor.card)
