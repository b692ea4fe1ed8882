"""From what was typed to a stop of the register: which place is meant, whose home."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext

from epiloop.operations.itineraries.events import StopKind, StopTold
from epiloop.registers.people.state import fold
from epiloop.runtime import present
from epiloop.runtime.requests.itineraries import WRITE
from epiloop.runtime.requests.knowing import known
from epiloop.store.reading import registers
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.reading.people import PersonPage
from epiloop.store.tables import PlaceRow, ZoneRow
from epiloop.web import titles
from epiloop.web.acting import Acting
from epiloop.web.itineraries.forms import StopForm
from epiloop.web.people.records import by
from epiloop.web.placing import placing
from epiloop.web.registers.jurisdictions import titles_of
from epiloop.web.registers.kinds import kind_name

MOST = 12
"""Places offered where a typed name means several."""


def places_called(who: Acting, text: str, limit: int = MOST) -> list[PlaceRow]:
    """Open places with this in their name, sensitive ones too for who may take down itineraries."""
    asked = registers.PlacesAsked(EVERYWHERE, who.scope(WRITE), text=text)
    with who.reading(who.scope("register.read")) as connection:
        return list(registers.places(connection, asked, who.at, limit=limit).rows) if text.strip() else []


def offered(who: Acting, rows: Sequence[PlaceRow]) -> list[tuple[str, str]]:
    """Places as choices: name, kind, where."""
    names = placing(who, [row.jurisdiction for row in rows])
    return [(str(row.id), f"{titles_of(row)} · {kind_name(row.kind)} · {names.of(row.jurisdiction)}") for row in rows]


def settled(who: Acting, page: PersonPage, form: StopForm, told: StopTold) -> StopTold | None:
    """The stop with its place and household found; None with an error in the form where they were not."""
    what = form.cleaned_data["what"]
    if told.where is StopKind.PLACE:
        place = _place(who, form, what)
        zone = _zone(who, form, place, told.zone) if place else None
        return replace(told, place=place, zone=zone) if place and not form.errors else None
    if told.where is StopKind.HOUSEHOLD and what:
        home = _home(who, page, what)
        if home is None:
            form.add_error("what", gettext("Nobody linked to this person has this code."))
            return None
        return replace(told, household=home)
    return told


def _place(who: Acting, form: StopForm, text: str) -> UUID | None:
    found = places_called(who, text)
    exact = [row for row in found if text.lower() in (row.name_zh.lower(), row.name_en.lower())]
    chosen = [row for row in found if str(row.id) == form.data.get(StopForm.OFFERED)]
    meant = chosen or (exact if len(exact) == 1 else found)
    if len(meant) == 1:
        return meant[0].id
    if not found:
        form.add_error("what", gettext("The register has no place of this name. Choose “some other place” to note it."))
    else:
        form.offer(offered(who, found))
        form.add_error(StopForm.OFFERED, gettext("Several are called that. Choose one."))
    return None


def _zone(who: Acting, form: StopForm, place: UUID, text: str | None) -> str | None:
    if not text:
        return None
    with who.reading(who.scope("register.read")) as connection:
        zones = registers.zones(connection, [place]).get(place, [])
    meant = next((zone for zone in zones if text.lower() in _names(zone)), None)
    if meant is None:
        words = ", ".join(zone.zone for zone in zones) or gettext("it has none")
        form.add_error("zone", gettext("The place has no such zone: %(zones)s.") % {"zones": words})
        return None
    return meant.zone


def _names(zone: ZoneRow) -> tuple[str, ...]:
    return zone.zone, zone.name_zh.lower(), zone.name_en.lower()


def _home(who: Acting, page: PersonPage, text: str) -> UUID | None:
    """The household of somebody linked to the person, by code or id; a household's own id stays."""
    near = {row.contact for row in page.contacts} | {row.source for row in page.contacts if row.source}
    near |= {row.id for row in page.household}
    found = next((one for one in near if text.upper() == titles.short_code(one) or text == str(one)), None)
    if found is None:
        return _id(text)
    other = fold(found, known(present.parts(), by(who, "case-investigation"), found, who.at).entries)
    return other.household or found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
