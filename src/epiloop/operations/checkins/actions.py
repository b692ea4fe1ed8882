"""What can be done with a place's codes: (state, what, when) -> drafts in the place's stream."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from epiloop.ledger.events import Draft
from epiloop.operations.checkins import checks
from epiloop.operations.checkins import events as e
from epiloop.operations.checkins.state import Codes


def issue(state: Codes, zone: str, *, jurisdiction: int, at: datetime) -> list[Draft]:
    """A zone gets a code. Refused while one holds."""
    checks.check_issue(state, zone)
    return [_issued(state, zone, jurisdiction, at)]


def issue_missing(state: Codes, zones: Iterable[str], *, jurisdiction: int, at: datetime) -> list[Draft]:
    """Every one of these zones has a code after this."""
    return [_issued(state, zone, jurisdiction, at) for zone in zones if checks.can_issue(state, zone)]


def rotate(state: Codes, zone: str, ends: datetime, *, jurisdiction: int, at: datetime) -> list[Draft]:
    """The zone gets a new code; the old one is taken until `ends`, so that posters can be changed meanwhile."""
    old = state.holding(zone)
    drafts = [_issued(state, zone, jurisdiction, at)]
    if old is None:
        return drafts
    return end(state, e.VenueCodeEnded(zone, old.number, ends), jurisdiction=jurisdiction, at=at) + drafts


def end(state: Codes, request: e.VenueCodeEnded, *, jurisdiction: int, at: datetime) -> list[Draft]:
    """A code is refused from an instant on: the revocation list grows by it."""
    checks.check_end(state, request.zone, request.number, request.ends, at=at)
    return [Draft(state.place, request, at, jurisdiction)]


def count_door(
    place: UUID, zones: Iterable[str], request: e.DoorCounted, *, jurisdiction: int, at: datetime
) -> list[Draft]:
    """Somebody counted at a door. `zones`: those that there are, "" for the place as a whole."""
    checks.check_count(zones, request, at=at)
    return [Draft(place, request, at, jurisdiction, f"door-count:{request.zone}:{request.since.isoformat()}")]


def _issued(state: Codes, zone: str, jurisdiction: int, at: datetime) -> Draft:
    number = state.next_number(zone)
    return Draft(state.place, e.VenueCodeIssued(zone, number), at, jurisdiction, f"venue-code:{zone}:{number}")
