"""When somebody is presumed to have left who did not say so.

The stay of the kind of place; longer if they said so or were seen later; at the latest when the place shuts, when the
same person comes to another place, and after a day.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from epiloop.exposure import Presumption
from epiloop.exposure.visits import presumed
from epiloop.operations.checkins.visits import LONGEST_STAY, Visit
from epiloop.registers.places.hours import Hours
from epiloop.registers.places.queries import closing_after

SEEN_COUNTS = timedelta(minutes=30)
"""Who was still there is presumed to stay this much longer."""


class Why(StrEnum):
    """What says when a visit ended."""

    LEFT = "left"
    STAY = "stay"
    UNTIL = "until"
    SEEN = "seen"
    SHUT = "shut"
    ELSEWHERE = "elsewhere"


class End(NamedTuple):
    """When a visit ended, and what says so."""

    at: datetime
    why: Why


class Doors(NamedTuple):
    """What of a place bears on the end of visits: its kind with its zone's ("restaurant/room"), hours, clock."""

    kind: str
    hours: Hours
    zone: tzinfo


def end_of(visit: Visit, doors: Doors, stays: Mapping[str, Presumption], *, elsewhere: datetime | None = None) -> End:
    """When a visit ended. `elsewhere`: when the same person came to another place next.

    Raises InvalidInput if nothing is presumed for this kind of place.
    """
    came = visit.came.at
    if visit.left is not None:
        return End(visit.left, Why.LEFT)
    likely = [End(came + timedelta(seconds=presumed(doors.kind, stays)), Why.STAY)]
    likely += [End(visit.until, Why.UNTIL)] if visit.until else []
    likely += [End(visit.seen + SEEN_COUNTS, Why.SEEN)] if visit.seen else []
    latest = [max(likely), End(came + LONGEST_STAY, Why.STAY)]
    if elsewhere is not None and elsewhere >= came:
        latest.append(End(elsewhere, Why.ELSEWHERE))
    shuts = closing_after(doors.hours, visit.last_sign, doors.zone)
    return min([*latest, End(shuts, Why.SHUT)] if shuts else latest)


def kind_of(place_kind: str, zone_kind: str) -> str:
    """The kind by which stays and weights are looked up."""
    return f"{place_kind}/{zone_kind}" if zone_kind else place_kind
