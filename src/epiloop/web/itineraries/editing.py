"""Stops corrected and withdrawn, templates of a day, and the search for places while somebody types."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import EpiloopError
from epiloop.core.instants import Interval, end_of_day, start_of_day
from epiloop.operations.itineraries import queries
from epiloop.operations.itineraries.events import StopKind, StopTold, StopWithdrawn
from epiloop.operations.itineraries.state import Stop
from epiloop.runtime import present
from epiloop.runtime.requests import itineraries
from epiloop.runtime.requests.itineraries import PURPOSE, WRITE, Seen
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words
from epiloop.web.itineraries.finding import places_called, settled
from epiloop.web.itineraries.forms import DayForm, StopForm, initial_of
from epiloop.web.itineraries.page import DAY, look
from epiloop.web.itineraries.shown import home_of
from epiloop.web.itineraries.words import words_of
from epiloop.web.people.records import by, digest_of, page_of, request_key
from epiloop.web.registers.jurisdictions import titles_of
from epiloop.web.registers.kinds import kind_name

NOBODY = UUID(int=0)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(WRITE)
def correct(request: HttpRequest, person: UUID, stop: UUID) -> HttpResponseBase:
    """The form of one stop as it was told last; sent, it becomes a correction."""
    who = acting(request)
    page = page_of(who, person)
    who.check(WRITE, page.person.jurisdiction)
    found = look(who, person)
    known = _standing(found, stop)
    begun = {**initial_of(known, home_of(found), found.zone), "key": request_key()}
    form = StopForm(request.POST) if request.method == "POST" else StopForm(initial=begun)
    if form.is_bound and form.is_valid():
        times = form.times(found.zone, who.at, known.begins)
        told = settled(who, page, form, form.told(stop, times))
        if told is not None and _carry_out(request, who, person, form, [told]):
            messages.success(request, gettext("The stop is corrected."))
            return _back(person, form.cleaned_data["day"])
    context = {
        "page": page,
        "person": person,
        "stop": stop,
        "code": titles.short_code(person),
        "form": form,
        "title": words_of(known.told, home_of(found)).title,
        "tellings": known.tellings,
        "key": request_key(),
    }
    return render(request, "itineraries/stop.html", context, status=422 if form.errors else 200)


@require_POST
@right_required(WRITE)
def withdraw(request: HttpRequest, person: UUID, stop: UUID) -> HttpResponse:
    """The person was not there after all."""
    who = acting(request)
    asked = by(who, PURPOSE, request.POST.get("key", "")[:80] or request_key())
    told = StopWithdrawn(stop, request.POST.get("reason", "")[:2000] or None)
    itineraries.withdraw_stop(present.running(), asked, person, told)
    messages.success(request, gettext("The stop is withdrawn."))
    return _back(person)


@require_POST
@right_required(WRITE)
def day(request: HttpRequest, person: UUID) -> HttpResponse:
    """A day like another one, or at home wherever nothing is known of it."""
    who = acting(request)
    form = DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Which day is meant was not said."))
        return _back(person)
    found, wanted = look(who, person), form.cleaned_data["day"]
    copied = form.copied if "copy" in request.POST else None
    told = _like(found, copied, wanted) if copied else _at_home(found, wanted)
    if not told:
        messages.warning(request, gettext("There is nothing to take over."))
    else:
        asked = by(who, PURPOSE, str(form.cleaned_data["key"]), digest_of(request))
        itineraries.tell_day(present.running(), asked, person, told)
        messages.success(request, gettext("The day is recorded."))
    return _back(person, wanted)


@require_POST
@right_required(WRITE)
def places(request: HttpRequest) -> HttpResponse:
    """Names of places that begin to match, as options for the list of the field."""
    rows = places_called(acting(request), request.POST.get("what", "")[:60])
    options = [(titles_of(row), kind_name(row.kind)) for row in rows]
    return render(request, "itineraries/_options.html", {"options": options})


def _carry_out(request: HttpRequest, who: Acting, person: UUID, form: StopForm, told: Sequence[StopTold]) -> bool:
    asked = by(who, PURPOSE, str(form.cleaned_data["key"]), digest_of(request))
    try:
        itineraries.tell_stops(present.running(), asked, person, told)
    except EpiloopError as wrong:
        form.add_error(None, words(wrong))
        return False
    return True


def _standing(found: Seen, stop: UUID) -> Stop:
    known = found.itinerary.stops.get(stop)
    if known is None or known.step != "told":
        raise Http404
    return known


def _like(found: Seen, source: date, target: date) -> list[StopTold]:
    """What began on another day, as far as it lies behind."""
    now = found.known.now
    copied = queries.like_the_day(found.itinerary.standing(), source, target, found.zone)
    return [one for one in copied if one.ends and one.ends <= now]


def _at_home(found: Seen, wanted: date) -> list[StopTold]:
    """At home in each gap of a day, until now at the latest."""
    end = min(end_of_day(wanted, found.zone), found.known.now)
    begin = start_of_day(wanted, found.zone)
    if begin >= end:
        return []
    silent = queries.gaps(found.itinerary.standing(), Interval(begin, end))
    return [StopTold(NOBODY, StopKind.HOUSEHOLD, gap.start, gap.end) for gap in silent]


def _back(person: UUID, day: date | None = None) -> HttpResponse:
    wanted = f"?{DAY}={day.isoformat()}#tell" if day else ""
    return redirect(f"{reverse('itinerary', args=[person])}{wanted}")
