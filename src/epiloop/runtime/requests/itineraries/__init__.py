"""Itineraries as pages, commands and searches for contacts ask for them.

Who reads one is in the key service's log before it opens (PRIVACY R11); what is told goes to the inbox of sealed visits
in the same transaction.
"""

from epiloop.runtime.requests.itineraries.files import (
    EXPORT,
    IMPORT,
    ItinerariesImported,
    export_itinerary,
    import_itineraries,
    place_called,
)
from epiloop.runtime.requests.itineraries.opening import PURPOSE, READ, WRITE, Seen, opened, seen
from epiloop.runtime.requests.itineraries.publishing import Published, offered, publish
from epiloop.runtime.requests.itineraries.telling import tell_day, tell_stops, withdraw_stop

__all__ = [
    "EXPORT",
    "IMPORT",
    "PURPOSE",
    "READ",
    "WRITE",
    "ItinerariesImported",
    "Published",
    "Seen",
    "export_itinerary",
    "import_itineraries",
    "offered",
    "opened",
    "place_called",
    "publish",
    "seen",
    "tell_day",
    "tell_stops",
    "withdraw_stop",
]
