"""Places: the list, a new one, what is different now."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import EpiloopError
from epiloop.core.jurisdictions import Code, short
from epiloop.runtime import present
from epiloop.runtime.requests.registering import tell_place
from epiloop.store.reading import registers
from epiloop.store.scoped import reading
from epiloop.store.tables import PlaceRow
from epiloop.web.acting import acting, right_required
from epiloop.web.asked import asked
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.keyed import by, fresh_key
from epiloop.web.registers import forms as f
from epiloop.web.registers.jurisdictions import RIGHT, titles_of
from epiloop.web.registers.kinds import kind_choices, kind_name

KEEP = "register.write"
PURPOSE = "register-keeping"
FORM = require_http_methods(["GET", "HEAD", "POST"])


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
    }
    return render(request, "registers/places.html", context)


@FORM
@right_required(KEEP)
def new(request: HttpRequest) -> HttpResponse:
    """A new place."""
    who = acting(request)
    initial = {"jurisdiction": short(who.jurisdiction) if who.jurisdiction else ""}
    form = f.PlaceForm(request.POST or None, zone=who.zone, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            tell_place(present.parts(), by(request, PURPOSE), None, form.body())
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
        else:
            messages.success(request, gettext("The place is registered."))
            return redirect("registers-places")
    title = gettext("New place")
    context = {"form": form, "title": title, "key": fresh_key(), "back": "registers-places", "tab": "places"}
    return render(request, "registers/form.html", context, status=422 if form.errors else 200)


@FORM
@right_required(KEEP)
def change(request: HttpRequest, place: UUID, action: str) -> HttpResponse:
    """Another name, kind, size - or its end."""
    who = acting(request)
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        row = registers.places_by_id(connection, [place], who.scope(KEEP)).get(place)
    if row is None or action not in ("change", "close"):
        raise Http404
    who.check(KEEP, row.jurisdiction)
    kind = f.PlaceCloseForm if action == "close" else f.PlaceChangeForm
    form = kind(request.POST or None, zone=who.zone, initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        try:
            tell_place(present.parts(), by(request, PURPOSE), place, form.body())
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
        else:
            messages.success(request, gettext("The place is changed."))
            return redirect("registers-places")
    context = {
        "form": form,
        "title": gettext("Close the place") if action == "close" else gettext("Change the place"),
        "name": titles_of(row),
        "key": fresh_key(),
        "grave": action == "close",
        "back": "registers-places",
        "tab": "places",
    }
    return render(request, "registers/form.html", context, status=422 if form.errors else 200)


def _initial(row: PlaceRow) -> dict[str, object]:
    return {
        "place_kind": row.kind,
        "name_zh": row.name_zh,
        "name_en": row.name_en if row.name_en != row.name_zh else "",
        "jurisdiction": short(Code(row.jurisdiction)),
        "capacity": row.capacity,
        "sensitivity": row.sensitivity,
    }
