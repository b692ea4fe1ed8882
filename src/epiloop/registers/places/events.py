"""What can happen to a place. The rules are told nothing of it yet."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from epiloop.ledger.events import Body, body


class Sensitivity(StrEnum):
    """Who may see that a place exists. Sensitive: shelters, clinics, worship; shown to those who need it only."""

    PUBLIC = "public"
    SENSITIVE = "sensitive"


@body("place-registered")
@dataclass(frozen=True)
class PlaceRegistered(Body):
    """A place is known. `hours` are (ISO weekday, opens, closes) with times as HH:MM, local; a close before the open
    is on the next day. `code` is the printed venue number, `zones` the parts that are checked in to apart, `position`
    longitude and latitude in degrees (WGS 84).
    """

    place_kind: str
    jurisdiction: int
    name_zh: str
    name_en: str = ""
    zones: tuple[str, ...] = ()
    capacity: int | None = None
    code: str | None = None
    sensitivity: Sensitivity = Sensitivity.PUBLIC
    hours: tuple[tuple[str, str, str], ...] = ()
    unit: UUID | None = None
    outside: tuple[tuple[str, str], ...] = ()
    position: tuple[float, ...] = ()


@body("place-changed")
@dataclass(frozen=True)
class PlaceChanged(Body):
    """What is given is different now; what is left out stays."""

    place_kind: str | None = None
    jurisdiction: int | None = None
    name_zh: str | None = None
    name_en: str | None = None
    zones: tuple[str, ...] = ()
    capacity: int | None = None
    code: str | None = None
    sensitivity: Sensitivity | None = None
    hours: tuple[tuple[str, str, str], ...] = ()
    unit: UUID | None = None
    position: tuple[float, ...] = ()


@body("zone-set")
@dataclass(frozen=True)
class ZoneSet(Body):
    """A part of the place that is checked in to apart is there, or different now. `zone` is its word, for ever the
    same; `zone_kind` says how close people come there; its names may be empty where the place's name says it.
    """

    zone: str
    zone_kind: str = ""
    name_zh: str = ""
    name_en: str = ""
    capacity: int | None = None


@body("zone-closed")
@dataclass(frozen=True)
class ZoneClosed(Body):
    """A part of the place is no longer checked in to apart."""

    zone: str


@body("hours-set")
@dataclass(frozen=True)
class HoursSet(Body):
    """From now on these are the opening hours, all of them; none: nobody says when it is open."""

    hours: tuple[tuple[str, str, str], ...] = ()


@body("place-closed")
@dataclass(frozen=True)
class PlaceClosed(Body):
    """The place is no more, or not for now."""

    reason: str = ""
