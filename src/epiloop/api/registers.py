"""Registers: jurisdictions, units, posts with who is on duty, places."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router

from epiloop.api.callers import Caller, caller
from epiloop.api.edge import DEFAULT_LIMIT, After, CodeIn, Day, Instant, Limit, Place, asked_area
from epiloop.api.shapes import page_of, shape
from epiloop.api.telling import add_new_things
from epiloop.core.errors import N_, InvalidInput, NotFound
from epiloop.core.jurisdictions import Code, Range, range_of
from epiloop.store.reading import divisions, owners, registers
from epiloop.store.tables import DivisionRow, PlaceRow, PostRow, ShiftRow, UnitRow

router = Router(tags=["registers"])
READ, KEEP = "register.read", "register.write"
LONGEST = timedelta(days=62)
Search = Annotated[str | None, Query(max_length=100, description="Part of the name.")]
Kind = Annotated[str | None, Query(max_length=64)]

DivisionOut = shape("Division", DivisionRow, id=None)
DivisionsOut = list[DivisionOut]  # type: ignore[valid-type]
SeatOut = shape("Seat", owners.Seat)


@router.get("/jurisdictions", response=DivisionsOut, operation_id="jurisdictions")
def search(
    request: HttpRequest,
    text: Annotated[
        str, Query(max_length=100, description="Code, name, pinyin or its initials; empty: provinces.")
    ] = "",
    inside: Annotated[CodeIn | None, Query()] = None,
    on: Day | None = None,
) -> Any:
    """Divisions meant by a text; without one those at the top of the tree."""
    who = caller(request)
    day = on or _today(who)
    within: Range | None = range_of(Code(inside)) if inside else None
    with who.reading(READ) as connection:
        if not text:
            return divisions.children(connection, Code(inside) if inside else None, day)
        return divisions.search(connection, text, day, inside=within)


@router.get("/jurisdictions/{code}", response=DivisionsOut, operation_id="jurisdiction")
def path(request: HttpRequest, code: Annotated[CodeIn, Path()], on: Day | None = None) -> Any:
    """A division with all above it, from the province down."""
    who = caller(request)
    with who.reading(READ) as connection:
        found = divisions.path(connection, Code(code), on or _today(who))
    if not found:
        raise NotFound(N_("There is no such division on that day."), remedy=N_("Search for it by name."))
    return found


@router.get("/units", response=page_of("Units", shape("Unit", UnitRow)), operation_id="units")
def units(
    request: HttpRequest,
    jurisdiction: Place = None,
    kind: Kind = None,
    text: Search = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Any:
    """Units of a jurisdiction."""
    with caller(request).reading(READ) as connection:
        return registers.units(
            connection, asked_area(jurisdiction), kind=kind, text=text, limit=limit, after_page=after
        )


@router.get("/posts", response=page_of("Posts", shape("Post", PostRow)), operation_id="posts")
def posts(
    request: HttpRequest,
    jurisdiction: Place = None,
    kind: Kind = None,
    unit: UUID | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Any:
    """Posts of a jurisdiction."""
    with caller(request).reading(READ) as connection:
        return registers.posts(
            connection, asked_area(jurisdiction), kind=kind, unit=unit, limit=limit, after_page=after
        )


@router.get("/posts/on-duty", response=page_of("Seats", SeatOut), operation_id="on-duty")
def on_duty(
    request: HttpRequest,
    jurisdiction: Place = None,
    kind: Kind = None,
    at: Instant | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Any:
    """The posts of a jurisdiction, each with who is on shift at an instant; a substitute in their place."""
    who = caller(request)
    with who.reading(READ) as connection:
        area = asked_area(jurisdiction)
        return owners.on_shift(connection, area, at or who.at, kind=kind, limit=limit, after_page=after)


@router.get("/posts/gaps", response=list[shape("RosterGap", owners.Gap)], operation_id="roster-gaps")  # type: ignore[misc]
def gaps(request: HttpRequest, since: Instant, until: Instant, jurisdiction: Place = None) -> Any:
    """When posts have nobody on shift, in at most 62 days."""
    _check_span(since, until)
    with caller(request).reading(READ) as connection:
        return owners.gaps(connection, asked_area(jurisdiction), since, until)


@router.get("/posts/{post}/shifts", response=list[shape("Shift", ShiftRow)], operation_id="shifts")  # type: ignore[misc]
def shifts(request: HttpRequest, post: UUID, since: Instant, until: Instant) -> Any:
    """The shifts of a post that touch a stretch of time of at most 62 days."""
    _check_span(since, until)
    with caller(request).reading(READ) as connection:
        return registers.shifts(connection, [post], since, until)


@router.get("/places", response=page_of("Places", shape("Place", PlaceRow)), operation_id="places")
def places(
    request: HttpRequest,
    jurisdiction: Place = None,
    kind: Kind = None,
    text: Search = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Any:
    """Places of a jurisdiction; sensitive ones only where the caller keeps the register."""
    who = caller(request)
    with who.reading(READ) as connection:
        asked = registers.PlacesAsked(asked_area(jurisdiction), who.scope(KEEP), kind=kind, text=text)
        return registers.places(connection, asked, who.at, limit=limit, after_page=after)


add_new_things(router)


def _check_span(since: Any, until: Any) -> None:
    if not timedelta() < until - since <= LONGEST:
        raise InvalidInput(N_("The time asked about is empty or longer than %(days)d days."), days=LONGEST.days)


def _today(who: Caller) -> date:
    return who.at.astimezone().date()
