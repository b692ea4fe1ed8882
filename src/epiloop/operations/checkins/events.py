"""What can happen to the codes at a place's doors. They stand in the place's own stream; the rules are told nothing.

A check-in is not here: it pairs a person with a place, so it never becomes an event (PRIVACY, "Sealing").
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from epiloop.ledger.events import Body, body


class Ending(StrEnum):
    """Why a code ends: replaced in turn; seen copied, or altered, elsewhere; its zone is no more."""

    ROTATED = "rotated"
    COPIED = "copied"
    ALTERED = "altered"
    GONE = "gone"


@body("venue-code-issued")
@dataclass(frozen=True)
class VenueCodeIssued(Body):
    """A zone got a code; it says when this happened. `zone` is empty where the place is checked in to as a whole."""

    zone: str
    number: int


@body("venue-code-ended")
@dataclass(frozen=True)
class VenueCodeEnded(Body):
    """A code is refused from `ends` on. Told again, the earlier end holds."""

    zone: str
    number: int
    ends: datetime
    reason: Ending = Ending.ROTATED


@body("door-counted")
@dataclass(frozen=True)
class DoorCounted(Body):
    """Somebody stood at a door from `since` until `until` and counted how many went in: what check-ins are held to."""

    zone: str
    since: datetime
    until: datetime
    people: int
