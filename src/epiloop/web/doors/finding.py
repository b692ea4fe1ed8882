"""A place with its zones, as doors are shown; and their names."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from epiloop.core.errors import InvalidInput
from epiloop.operations.checkins.short import typed
from epiloop.store.reading import registers
from epiloop.store.tables import PlaceRow, VenueCodeRow, ZoneRow
from epiloop.web.acting import Acting
from epiloop.web.registers.jurisdictions import titles_of
from epiloop.web.registers.kinds import zone_name

WRITE = "checkin.write"
SEE = "register.read"
KEEP = "register.write"
PURPOSE = "supervision"


@dataclass(frozen=True, slots=True)
class Found:
    """A place that the one who asks may know of."""

    row: PlaceRow
    zones: tuple[ZoneRow, ...]

    @property
    def doors(self) -> list[tuple[str, str]]:
        """What is checked in to: words and names of zones, or the place as a whole."""
        return [(zone.zone, _name(zone)) for zone in self.zones] or [("", titles_of(self.row))]

    def zone(self, word: str) -> ZoneRow | None:
        """The zone of that word; None for the place as a whole."""
        return next((zone for zone in self.zones if zone.zone == word), None)


def _name(zone: ZoneRow) -> str:
    """What a zone is called; one without a name is called what it is."""
    return titles_of(zone) or zone_name(zone.kind or zone.zone)


def found(who: Acting, place: UUID, right: str) -> Found:
    """An open place where the right is held. Raises Http404."""
    with who.reading(who.scope(right)) as connection:
        row = registers.places_by_id(connection, [place], who.scope(KEEP)).get(place)
        if row is None or row.closed_at is not None:
            raise Http404
        zones = registers.zones(connection, [place]).get(place, [])
    return Found(row, tuple(zones))


def called(who: Acting, text: str) -> VenueCodeRow | None:
    """The code at a door whose short code was typed, as it stands on the poster; None for another text."""
    try:
        short = typed(text)
    except InvalidInput:
        return None
    with who.reading(who.scope(WRITE)) as connection:
        codes = registers.venue_codes_called(connection, short)
        open_ = registers.places_by_id(connection, [code.place for code in codes], who.scope(KEEP))
    return next((code for code in codes if code.place in open_ and open_[code.place].closed_at is None), None)
