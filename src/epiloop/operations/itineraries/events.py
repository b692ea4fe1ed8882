"""What can be told of where a person was. The rules are told nothing of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from epiloop.ledger.events import Body, body, secret


class StopKind(StrEnum):
    """Where: at a registered place, at one that is not, on a vehicle, in a household, at a gathering."""

    PLACE = "place"
    ELSEWHERE = "elsewhere"
    VEHICLE = "vehicle"
    HOUSEHOLD = "household"
    GATHERING = "gathering"


class Vehicle(StrEnum):
    """What somebody travelled in."""

    TRAIN = "train"
    BUS = "bus"
    FLIGHT = "flight"
    SHIP = "ship"
    CAR = "car"


class Precision(StrEnum):
    """How well the times are known: to the minute, about (half an hour either way), only the part of a day."""

    MINUTE = "minute"
    ABOUT = "about"
    PART = "part-of-day"


class Basis(StrEnum):
    """How the stop is known."""

    INTERVIEW = "interview"
    TICKET = "ticket"
    CARD = "card"
    CAMERA = "camera"
    TELEPHONE = "telephone"


@body("stop-told")
@dataclass(frozen=True)
class StopTold(Body):
    """The person was somewhere from `begins` until `ends`. Said again with the same `stop` it replaces.

    Which fields are said goes by `where`. PLACE: `place` and `zone` of the register, with its `area` (jurisdiction),
    `place_kind` and `name` as they were then. ELSEWHERE: `name`, `address`, perhaps `place_kind`. VEHICLE: `vehicle`,
    `number`, the day it set out `on`, `carriage`, `seat`, `origin`, `destination`. HOUSEHOLD: `household`, an id of a
    household or of the person whose home it is; none: the person's own home. GATHERING: `name`, the same for everybody
    who was there, and where it was: as for PLACE or ELSEWHERE. An unregistered place is the same for all who give the
    same address, else the same name, in the same `area`. `position`: longitude and latitude in degrees (WGS 84).
    """

    stop: UUID
    where: StopKind | None = secret(default=None)
    begins: datetime | None = secret(default=None)
    ends: datetime | None = secret(default=None)
    precision: Precision = secret(default=Precision.MINUTE)
    basis: Basis = secret(default=Basis.INTERVIEW)
    place: UUID | None = secret(default=None)
    zone: str | None = secret(default=None)
    area: int | None = secret(default=None)
    place_kind: str | None = secret(default=None)
    name: str | None = secret(default=None)
    address: str | None = secret(default=None)
    position: tuple[float, ...] = secret(default=())
    vehicle: Vehicle | None = secret(default=None)
    number: str | None = secret(default=None)
    on: date | None = secret(default=None)
    carriage: str | None = secret(default=None)
    seat: str | None = secret(default=None)
    origin: str | None = secret(default=None)
    destination: str | None = secret(default=None)
    household: UUID | None = secret(default=None)
    note: str | None = secret(default=None)


@body("stop-withdrawn")
@dataclass(frozen=True)
class StopWithdrawn(Body):
    """The person was not there after all."""

    stop: UUID
    reason: str | None = secret(default=None)
