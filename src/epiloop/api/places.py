"""One place with its zones and the codes at its doors; new codes, and codes that end."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, create_model

from epiloop.api.callers import caller
from epiloop.api.edge import Key
from epiloop.api.shapes import FORBID, Receipt, shape
from epiloop.api.telling import receipt
from epiloop.core.errors import N_, NotFound
from epiloop.operations.checkins.events import Ending, VenueCodeEnded
from epiloop.runtime import present
from epiloop.runtime.requests import venue_codes
from epiloop.store.reading import registers
from epiloop.store.tables import PlaceRow, VenueCodeRow, ZoneRow

router = Router(tags=["places"])
READ, KEEP = "register.read", "register.write"
PURPOSE = "register-keeping"

PlaceOut, ZoneOut, VenueCodeOut = shape("Place", PlaceRow), shape("Zone", ZoneRow), shape("VenueCode", VenueCodeRow)
WholeOut = create_model(
    "PlaceWhole",
    __base__=Schema,
    place=(PlaceOut, ...),
    zones=(list[ZoneOut], ...),  # type: ignore[valid-type]
    codes=(list[VenueCodeOut], ...),  # type: ignore[valid-type]
)
ZoneIn = Annotated[str, Field(max_length=40, description="The word of a zone; empty: the place as a whole.")]


class RotationIn(Schema):
    """New codes for the zones of a place; `days`: how long the old ones are still taken."""

    model_config = FORBID
    days: Annotated[int, Field(ge=0, le=366)] = 7
    zone: ZoneIn | None = None


class EndIn(Schema):
    """A code that is refused from now on, and why."""

    model_config = FORBID
    zone: ZoneIn = ""
    number: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reason: Ending = Ending.COPIED


@router.get("/places/{place}", response=WholeOut, operation_id="place")
def one(request: HttpRequest, place: UUID) -> Any:
    """A place with its zones and all codes there ever were at its doors: one with `ends_at` is refused from then on."""
    who = caller(request)
    with who.reading(READ) as connection:
        row = registers.places_by_id(connection, [place], who.scope(KEEP)).get(place)
        if row is None:
            raise NotFound(N_("There is no such entry in this register."), remedy=N_("Search for it again."))
        zones = registers.zones(connection, [place]).get(place, [])
        codes = registers.venue_codes(connection, [place]).get(place, [])
    return {"place": row, "zones": zones, "codes": codes}


@router.post("/places/{place}/code-rotations", response=Receipt, operation_id="rotate-codes")
def rotate(request: HttpRequest, place: UUID, sent: RotationIn, key: Key) -> Receipt:
    """New codes for the zones of a place, or one of them; the old ones end after some days."""
    who = caller(request)
    ends: datetime = who.at + timedelta(days=sent.days)
    return receipt(venue_codes.rotate(present.parts(), who.by(PURPOSE, key), place, ends, zone=sent.zone))


@router.post("/places/{place}/code-endings", response=Receipt, operation_id="end-code")
def end(request: HttpRequest, place: UUID, sent: EndIn, key: Key) -> Receipt:
    """A code is refused from now on."""
    who = caller(request)
    told = VenueCodeEnded(sent.zone, sent.number, present.now(), sent.reason)
    return receipt(venue_codes.end(present.parts(), who.by(PURPOSE, key), place, told))
