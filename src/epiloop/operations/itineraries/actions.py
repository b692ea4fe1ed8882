"""What can be done with an itinerary: (state, request, when and where) -> drafts. Requests are event bodies.

When a stop was lies sealed in the body: the event itself occurred when it was told.
"""

from collections.abc import Iterable
from datetime import datetime

from epiloop.ledger.events import Draft
from epiloop.operations.itineraries import checks
from epiloop.operations.itineraries import events as e
from epiloop.operations.itineraries.state import Itinerary


def tell(state: Itinerary, request: e.StopTold, *, now: datetime, jurisdiction: int) -> list[Draft]:
    """The person was somewhere; or somewhere else than was told before."""
    checks.check_tell(state, request, now=now)
    return [Draft(state.person, request, now, jurisdiction)]


def tell_all(state: Itinerary, told: Iterable[e.StopTold], *, now: datetime, jurisdiction: int) -> list[Draft]:
    """Several stops in one act; one that is known so already is left out."""
    drafts: list[Draft] = []
    for request in told:
        known = state.stops.get(request.stop)
        if known is None or known.step != "told" or known.told != request:
            drafts += tell(state, request, now=now, jurisdiction=jurisdiction)
    return drafts


def withdraw(state: Itinerary, request: e.StopWithdrawn, *, now: datetime, jurisdiction: int) -> list[Draft]:
    """The person was not there after all."""
    checks.check_withdraw(state, request.stop)
    return [Draft(state.person, request, now, jurisdiction)]
