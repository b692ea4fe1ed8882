"""Places: the list, a new one, one place with its zones, hours and codes, and what is different now."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import N_, EpiloopError
from epiloop.core.jurisdictions import Code, short
from epiloop.operations.checkins.short import spoken
from epiloop.runtime import present
from epiloop.runtime.requests import venue_codes
from epiloop.runtime.requests.registering import tell_place
from epiloop.store.reading import registers
from epiloop.store.scoped import reading
from epiloop.store.tables import PlaceRow, VenueCodeRow, ZoneRow
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.asked import asked
from epiloop.web.called import called_as
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.keyed import by, fresh_key
from epiloop.web.registers import forms as f
from epiloop.web.registers import place_forms as pf
from epiloop.web.registers.counting import counted
from epiloop.web.registers.jurisdictions import RIGHT, titles_of
from epiloop.web.registers.kinds import ending_name, kind_choices, kind_name, zone_name

KEEP = "register.write"
PURPOSE = "register-keeping"
FORM = require_http_methods(["GET", "HEAD", "POST"])

ACTIONS: Mapping[str, tuple[type[f.TellForm], str, str]] = {
    "change": (f.PlaceChangeForm, N_("Change the place"), N_("The place is changed.")),
    "hours": (pf.HoursForm, N_("Opening hours"), N_("The hours are set.")),
    "zone": (pf.ZoneForm, N_("Set a zone"), N_("The zone is set.")),
    "close-zone": (pf.ZoneCloseForm, N_("Close the zone"), N_("The zone is closed.")),
    "rotate": (pf.RotateForm, N_("New codes"), N_("New codes are issued. Print and hang the new posters.")),
    "end-code": (pf.EndCodeForm, N_("Refuse a code"), N_("The code is refused from now on.")),
    "close": (f.PlaceCloseForm, N_("Close the place"), N_("The place is closed.")),
}
"""What can be done with a place: the form, its name, what is said afterwards."""
OF_ONE = ("close-zone", "end-code")
"""Offered beside the zone or the code they are about."""


@right_required(RIGHT)
def places(request: HttpRequest) -> HttpResponse:
    """The places of the jurisdiction looked at; sensitive ones for those who keep the register."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        wanted = registers.PlacesAsked(seen.area, who.scope(KEEP), kind=kind or None, text=text or None)
        page = registers.places(connection, wanted, who.at, after_page=request.GET.get("after"))
    names = named([row.jurisdiction for row in page.rows], who)
    context = {
        "tab": "places",
        "rows": [(row, titles_of(row), kind_name(row.kind), names.get(row.jurisdiction, "")) for row in page.rows],
        "after": page.after,
        "kinds": kind_choices(),
        "kind": kind,
        "text": text,
        "keeper": who.can(KEEP, who.jurisdiction),
        "may_export": who.can("export.read", who.jurisdiction),
        "key": fresh_key(),
    }
    return render(request, "registers/places.html", context)


@right_required(RIGHT)
def one(request: HttpRequest, place: UUID) -> HttpResponse:
    """One place: what it is, when it is open, its zones, and the codes at its doors."""
    who = acting(request)
    row, zones, codes = _found(who, place)
    keeper = who.can(KEEP, row.jurisdiction)
    of_zone = {zone.zone: titles_of(zone) or zone.zone for zone in zones}
    context = {
        "tab": "places",
        "row": row,
        "name": titles_of(row),
        "kind": kind_name(row.kind),
        "code": short(Code(row.jurisdiction)),
        "place": named([row.jurisdiction], who).get(row.jurisdiction, ""),
        "zones": [(zone, of_zone[zone.zone], zone_name(zone.kind)) for zone in zones],
        "codes": [
            (code, of_zone.get(code.zone, code.zone), spoken(code.short), ending_name(code.reason)) for code in codes
        ],
        "actions": [(action, title) for action, (_form, title, _said) in ACTIONS.items() if action not in OF_ONE],
        "unit": _unit_of(who, row),
        "counted": counted(who, row, zones),
        "keeper": keeper and row.closed_at is None,
        "may_enter": row.closed_at is None and who.can("checkin.write", row.jurisdiction),
        "key": fresh_key(),
    }
    return render(request, "registers/place.html", context)


def _unit_of(who: Acting, row: PlaceRow) -> str:
    """The name of the unit the place belongs to; "" where it has none."""
    if row.unit is None:
        return ""
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        found = registers.units_by_id(connection, [row.unit]).get(row.unit)
    return titles_of(found) if found else ""


@FORM
@right_required(KEEP)
def new(request: HttpRequest) -> HttpResponse:
    """A new place."""
    who = acting(request)
    initial = {"jurisdiction": called_as(who, who.jurisdiction)}
    form = f.PlaceForm(request.POST or None, who=who, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            done = tell_place(present.parts(), by(request, PURPOSE), None, form.body())
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
        else:
            messages.success(request, gettext("The place is registered. Set its zones, then print its posters."))
            return redirect("registers-place", UUID(str(done.result["place"])))
    title = gettext("New place")
    context = {"form": form, "title": title, "key": fresh_key(), "back": "registers-places", "tab": "places"}
    return render(request, "registers/form.html", context, status=422 if form.errors else 200)


@FORM
@right_required(KEEP)
def act(request: HttpRequest, place: UUID, action: str) -> HttpResponse:
    """Tell something of a place, its zones or its codes: a form by GET, an act by POST."""
    if action not in ACTIONS:
        raise Http404
    who = acting(request)
    row, _zones, _codes = _found(who, place)
    who.check(KEEP, row.jurisdiction)
    kind, title, said = ACTIONS[action]
    form = kind(request.POST or None, who=who, initial=_initial(request, who, row, action))
    if request.method == "POST" and form.is_valid():
        try:
            _carry_out(request, place, form)
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
        else:
            messages.success(request, gettext(said))
            return redirect("registers-places") if action == "close" else redirect("registers-place", place)
    context = {
        "form": form,
        "title": gettext(title),
        "name": titles_of(row),
        "key": fresh_key(),
        "grave": action in ("close", *OF_ONE),
        "place": row,
        "tab": "places",
    }
    return render(request, "registers/form.html", context, status=422 if form.errors else 200)


def _carry_out(request: HttpRequest, place: UUID, form: f.TellForm) -> None:
    parts, asker, at = present.parts(), by(request, PURPOSE), acting(request).at
    if isinstance(form, pf.RotateForm):
        venue_codes.rotate(parts, asker, place, at + timedelta(days=form.cleaned_data["days"]))
    elif isinstance(form, pf.EndCodeForm):
        venue_codes.end(parts, asker, place, form.ended(present.now()))
    else:
        tell_place(parts, asker, place, form.body())


def _found(who: Acting, place: UUID) -> tuple[PlaceRow, list[ZoneRow], list[VenueCodeRow]]:
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        row = registers.places_by_id(connection, [place], who.scope(KEEP)).get(place)
        if row is None:
            raise Http404
        zones = registers.zones(connection, [place]).get(place, [])
        codes = registers.venue_codes(connection, [place]).get(place, [])
    return row, zones, codes


def _initial(request: HttpRequest, who: Acting, row: PlaceRow, action: str) -> dict[str, object]:
    """What a form starts with: the place as it is, or the zone or code whose link was followed."""
    if action == "change":
        return {
            "place_kind": row.kind,
            "name_zh": row.name_zh,
            "name_en": row.name_en if row.name_en != row.name_zh else "",
            "jurisdiction": called_as(who, row.jurisdiction),
            "capacity": row.capacity,
            "sensitivity": row.sensitivity,
            "code": row.door,
            "position": "" if row.longitude is None else f"{row.longitude}, {row.latitude}",
        }
    if action == "hours":
        return {"hours": row.hours}
    wanted = ("word", "zone_kind", "name_zh", "name_en", "capacity", "number")
    return {name: request.GET[name] for name in wanted if name in request.GET}
