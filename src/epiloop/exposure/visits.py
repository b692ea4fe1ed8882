"""What a visit is, and when somebody is presumed to have left or to have been somewhere.

Persons and places are opaque 64-bit numbers: ids in an open list, tokens of one day in a sealed one. A place is a zone
of a place (a room, a carriage, a flat), because that is what people check in to. Times are whole seconds since 1970 in
UTC inside this layer and aware datetimes outside of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import IntEnum

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.instants import ONE_DAY, end_of_day, instant, start_of_day

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST = 2**64 - 1
NO_SEAT = -1
CARRIAGE = 256
"""A seat is the number of its carriage (0: not known, or there are none) times this, and the number of its row."""
ANY_ROW = 255
"""Stands for a row that is not known, in a carriage that is."""


class Source(IntEnum):
    """Where a visit is known from. The numbers are stored."""

    CHECK_IN = 1
    ITINERARY = 2
    VEHICLE = 3
    HOUSEHOLD = 4


@dataclass(frozen=True, slots=True)
class Visit:
    """A person was at a place from `entered` until `left`, seconds; half-open, and never less than one second.

    `kind` is the kind of place, with a class of zone after a slash where there is one ("restaurant/room"). `row` is
    the seat in a vehicle, see CARRIAGE. `presumed`: nobody recorded when the person left. Raises InvalidInput.
    """

    person: int
    place: int
    kind: str
    entered: int
    left: int
    source: Source = Source.CHECK_IN
    row: int = NO_SEAT
    presumed: bool = False

    def __post_init__(self) -> None:
        if self.left < self.entered:
            raise InvalidInput(N_("Nobody can leave a place before entering it."))
        if not (0 <= self.person <= LARGEST and 0 <= self.place <= LARGEST):
            raise InvalidInput(N_("Persons and places are numbers of 64 bits."))
        if not NO_SEAT <= self.row < 2**15:
            raise InvalidInput(N_("A row of seats is a small number."))
        # Somebody who came and went within one second was there for that second.
        object.__setattr__(self, "left", max(self.left, self.entered + 1))


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What was recorded: a person entered a place, and left it if anybody said so. `closes`: when the place shut."""

    person: int
    place: int
    kind: str
    entered: datetime
    left: datetime | None = None
    closes: datetime | None = None


@dataclass(frozen=True, slots=True)
class Presumption:
    """How long somebody is presumed to stay at a kind of place without a check-out, and who said so (`basis`)."""

    stay: timedelta
    basis: str

    def __post_init__(self) -> None:
        if self.stay <= timedelta():
            raise InvalidInput(N_("A presumed stay is longer than nothing."))
        if not self.basis.strip():
            raise InvalidInput(N_("A presumption names its basis."))


def seconds(at: datetime) -> int:
    """Whole seconds since 1970 in UTC, rounded down. Raises InvalidInput for a naive datetime."""
    return (instant(at) - EPOCH) // timedelta(seconds=1)


def moment(at: int) -> datetime:
    """The instant of a number of seconds, in UTC."""
    return EPOCH + timedelta(seconds=at)


def settle(recorded: Iterable[CheckIn], presumptions: Mapping[str, Presumption]) -> list[Visit]:
    """Check-ins as visits, by person and time. Where a check-out is missing, the stay ends at the earliest of: the end
    of the presumed stay, the closing of the place, the same person's next check-in at another place.

    Raises InvalidInput if a check-out is missing at a kind of place for which nothing is presumed.
    """
    ordered = sorted(recorded, key=lambda one: (one.person, instant(one.entered), one.place))
    return [_visit(one, gone, presumptions) for one, gone in zip(ordered, _seen_elsewhere(ordered), strict=True)]


def _seen_elsewhere(ordered: Sequence[CheckIn]) -> list[datetime | None]:
    """For each check-in when the same person checked in next at another place."""
    times: list[datetime | None] = []
    later, gone = None, None
    for one in reversed(ordered):
        if later is None or later.person != one.person:
            gone = None
        elif later.place != one.place:
            gone = later.entered
        times.append(gone)
        later = one
    return times[::-1]


def _visit(one: CheckIn, gone: datetime | None, presumptions: Mapping[str, Presumption]) -> Visit:
    entered = seconds(one.entered)
    if one.left is not None:
        return Visit(one.person, one.place, one.kind, entered, seconds(one.left))
    ends = [entered + presumed(one.kind, presumptions)]
    ends += [seconds(one.closes)] if one.closes is not None and one.closes > one.entered else []
    ends += [seconds(gone)] if gone is not None else []
    return Visit(one.person, one.place, one.kind, entered, min(ends), presumed=True)


def presumed(kind: str, presumptions: Mapping[str, Presumption]) -> int:
    """Seconds of the presumed stay at a kind of place: its class of zone, else the kind, else "default"."""
    for name in (kind, kind.partition("/")[0], "default"):
        if name in presumptions:
            return presumptions[name].stay // timedelta(seconds=1)
    raise InvalidInput(
        N_("Nothing says how long people stay at a place of kind %(kind)s."),
        remedy=N_("Give this kind, or a default, among the presumed stays."),
        kind=kind,
    )


def whole_days(first: date, last: date, zone: tzinfo) -> Iterator[tuple[int, int]]:
    """Each calendar day from `first` to `last` as (start, end) in seconds; 23 or 25 hours when the clock changes."""
    for number in range((last - first).days + 1):
        day = first + number * ONE_DAY
        yield seconds(start_of_day(day, zone)), seconds(end_of_day(day, zone))


def at_home(person: int, place: int, days: tuple[date, date], zone: tzinfo) -> list[Visit]:
    """Somebody is presumed to be at home all day, every day from the first to the last: households share one place."""
    return [
        Visit(person, place, "household", start, end, Source.HOUSEHOLD, presumed=True)
        for start, end in whole_days(*days, zone)
    ]
