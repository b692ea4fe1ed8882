"""When somebody is presumed to leave who does not say so: after the stay of the kind of place, at the latest when the
place shuts. That they may have come elsewhere before is for whoever sees all their visits to say.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from epiloop.exposure import Presumption
from epiloop.exposure.visits import presumed
from epiloop.operations.checkins.visits import LONGEST_STAY
from epiloop.registers.places.hours import Hours
from epiloop.registers.places.queries import closing_after

_OURS = "Epiloop's own convention; no source states minutes"


def _minutes(number: int) -> Presumption:
    return Presumption(timedelta(minutes=number), _OURS)


STAYS: Mapping[str, Presumption] = {
    "default": _minutes(120),
    "pharmacy": _minutes(20),
    "shop": _minutes(30),
    "market": _minutes(60),
    "supermarket": _minutes(60),
    "restaurant": _minutes(90),
    "restaurant/room": _minutes(120),
    "clinic": _minutes(90),
    "hotel": _minutes(12 * 60),
    "school": _minutes(8 * 60),
    "workplace": _minutes(9 * 60),
    "factory": _minutes(9 * 60),
}
"""How long people stay at a kind of place, with its class of zone after a slash; "default" for all others."""


class Why(StrEnum):
    """What says when a visit presumably ends."""

    STAY = "stay"
    SHUT = "shut"


class End(NamedTuple):
    """When a visit presumably ends, and what says so."""

    at: datetime
    why: Why


class Doors(NamedTuple):
    """What of a place bears on the end of visits: its kind with its zone's ("restaurant/room"), hours, clock."""

    kind: str
    hours: Hours
    zone: tzinfo


def presumed_end(came: datetime, doors: Doors, stays: Mapping[str, Presumption] = STAYS) -> End:
    """When somebody who came presumably leaves. Raises InvalidInput if nothing is presumed for this kind of place."""
    stay = min(timedelta(seconds=presumed(doors.kind, stays)), LONGEST_STAY)
    shuts = closing_after(doors.hours, came, doors.zone) if doors.hours else None
    ends = End(came + stay, Why.STAY)
    return min(ends, End(shuts, Why.SHUT)) if shuts else ends


def kind_of(place_kind: str, zone_kind: str) -> str:
    """The kind by which stays and weights are looked up."""
    return f"{place_kind}/{zone_kind}" if zone_kind else place_kind
