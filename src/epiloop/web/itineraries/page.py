"""The itinerary of one person: by day, on a map, with gaps and conflicts, and the form that takes it down."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import EpiloopError
from epiloop.core.instants import ONE_DAY, day_of
from epiloop.operations.itineraries import queries
from epiloop.operations.itineraries.events import StopKind
from epiloop.operations.itineraries.state import Stop
from epiloop.runtime import present
from epiloop.runtime.requests import itineraries
from epiloop.runtime.requests.itineraries import EXPORT, PURPOSE, READ, WRITE, Seen
from epiloop.store.reading.people import PersonPage
from epiloop.store.reading.registers import places_by_id
from epiloop.store.tables import PlaceRow
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words
from epiloop.web.itineraries import shown
from epiloop.web.itineraries.base import base
from epiloop.web.itineraries.finding import settled
from epiloop.web.itineraries.forms import DayForm, StopForm
from epiloop.web.people.records import by, digest_of, page_of, request_key

DAY = "day"
"""The day that was worked on last stands in the address."""


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(READ)
def itinerary(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """What was told of where the person was; a stop sent by POST is told. Each look is logged first (R11)."""
    who = acting(request)
    page = page_of(who, person)
    if page.person.merged_into:
        return redirect("itinerary", person=page.person.merged_into)
    who.check(READ, page.person.jurisdiction)
    found = look(who, person)
    form = StopForm(request.POST) if request.method == "POST" else StopForm(initial=_begin(request, found))
    if form.is_bound and (ends := _tell(request, who, page, found, form)):
        messages.success(request, gettext("The stop is recorded."))
        return redirect(f"{reverse('itinerary', args=[person])}?{DAY}={day_of(ends, found.zone).isoformat()}#tell")
    return show(request, who, page, found, form)


def look(who: Acting, person: UUID) -> Seen:
    """The itinerary, opened for the one who acts, places of the register by their names in the reader's language."""
    found = itineraries.seen(present.parts(), by(who, PURPOSE), person, who.at)
    if titles.chinese():
        return found
    with who.reading(who.scope("register.read")) as connection:
        ids = {stop.told.place for stop in found.itinerary.standing() if stop.told.place}
        rows = places_by_id(connection, ids, who.scope(READ))
    stops = {stop.stop: _named(stop, rows) for stop in found.itinerary.stops.values()}
    return replace(found, itinerary=replace(found.itinerary, stops=stops))


def _named(stop: Stop, rows: Mapping[UUID, PlaceRow]) -> Stop:
    row = rows.get(stop.told.place) if stop.told.where is StopKind.PLACE and stop.told.place else None
    return replace(stop, told=replace(stop.told, name=row.name_en)) if row else stop


def show(request: HttpRequest, who: Acting, page: PersonPage, found: Seen, form: StopForm) -> HttpResponse:
    """The page with a form, empty or refused."""
    response = render(request, "itineraries/itinerary.html", _context(who, page, found, form), status=_status(form))
    response.headers["Cache-Control"] = "no-store"
    return response


def _status(form: StopForm) -> int:
    return 422 if form.errors else 200


def _tell(request: HttpRequest, who: Acting, page: PersonPage, found: Seen, form: StopForm) -> datetime | None:
    """When the stop ends that was told; None where it was not, and the form says why."""
    if not form.is_valid():
        return None
    asked = by(who, PURPOSE, str(form.cleaned_data["key"]), digest_of(request))
    times = form.times(found.zone, who.at, last_end(found, form.cleaned_data["day"]))
    told = settled(who, page, form, form.told(asked.new_id("stop"), times))
    if told is None:
        return None
    try:
        itineraries.tell_stops(present.running(), asked, page.person.id, [told])
    except EpiloopError as wrong:
        form.add_error(None, words(wrong))
        return None
    return times[1]


def last_end(found: Seen, day: date) -> datetime | None:
    """When the last stop that began or went on to a day ended on it."""
    ends = [stop.ends for stop in found.itinerary.standing() if day_of(stop.ends, found.zone) == day]
    return max(ends, default=None)


def _begin(request: HttpRequest, found: Seen) -> dict[str, Any]:
    """What an empty form begins with: the day worked on last, else the first with a gap, from the last stop on."""
    silent = queries.gaps(found.itinerary.standing(), found.window)
    day = _asked_day(request) or day_of(silent[0].start if silent else found.window.start, found.zone)
    before = last_end(found, day)
    begins = f"{before.astimezone(found.zone):%H:%M}" if before else ""
    return {"key": request_key(), "day": day, "begins": begins}


def _asked_day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(DAY, ""))
    except ValueError:
        return None


def _context(who: Acting, page: PersonPage, found: Seen, form: StopForm) -> dict[str, Any]:
    where = page.person.jurisdiction
    stops = found.itinerary.standing()
    points, numbers = shown.points_of(stops)
    day = form["day"].value()
    return {
        "page": page,
        "person": page.person.id,
        "code": titles.short_code(page.person.id),
        "form": form,
        "days": shown.shown_days(found, numbers),
        "window": found.window,
        "last_day": day_of(found.window.end, found.zone) if found.window.end else None,
        "stops": len(stops),
        "gaps": len(shown.gap_lengths(found)),
        "clashes": len(queries.conflicts(stops)),
        "map": _map(who, points, stops) if points else None,
        "template": DayForm(initial={"key": request_key(), "day": day, "like": _day_before(day)}),
        "may_write": who.can(WRITE, where),
        "may_export": who.can(EXPORT, where),
        "publishable": _publishable(who, found) if who.can(EXPORT, where) else [],
        "key": request_key(),
    }


def _day_before(day: object) -> date | None:
    return day - ONE_DAY if isinstance(day, date) else None


def _map(who: Acting, points: list[dict[str, Any]], stops: Any) -> dict[str, Any]:
    said = {
        "none": gettext("No map here: this browser does not draw it. The table says the same."),
        "north": pgettext("on a map", "N"),
        "closer": gettext("Closer"),
        "farther": gettext("Farther"),
        "metres": gettext("m"),
        "kilometres": gettext("km"),
    }
    path = shown.path_of(stops)
    return {"points": points, "path": path, **base(who, path), "words": said}


def _publishable(who: Acting, found: Seen) -> list[tuple[UUID, str, datetime]]:
    names = itineraries.offered(present.running(), by(who, PURPOSE), found)
    return [(stop, name, found.itinerary.stops[stop].begins) for stop, name in names.items()]
