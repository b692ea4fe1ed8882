"""Files of places: lists in and out, and posters of their codes."""

import io
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.core.jurisdictions import short
from epiloop.papers.posters import SIZES, Wording
from epiloop.runtime import present
from epiloop.runtime.accounts.orders import translator
from epiloop.runtime.requests import venue_codes
from epiloop.runtime.requests.places import export_places, import_places
from epiloop.runtime.requests.venue_codes import DAYS, Printing
from epiloop.store.reading.registers import PlacesAsked
from epiloop.web.acting import acting, right_required
from epiloop.web.asked import asked
from epiloop.web.errors import words
from epiloop.web.imports.export import TYPES
from epiloop.web.keyed import by, fresh_key
from epiloop.web.registers.place_forms import PlacesFileForm
from epiloop.web.registers.places import KEEP, PURPOSE

MOST_PAGES = 300
"""Posters that a page prints at once, some seconds of work; `epiloop codes print` prints any number."""
MOST_TOLD = 20


@require_POST
@right_required(KEEP)
def posters(request: HttpRequest) -> HttpResponse:
    """The posters of a place, or of the jurisdiction looked at, as PDF. Codes that are missing are issued."""
    who = acting(request)
    area = asked(request, who, KEEP).area
    one = request.POST.get("place", "")
    wanted = Printing(
        site=settings.GATE_ADDRESS,
        wording=Wording(translator("zh-hans"), DAYS),
        asked=PlacesAsked(area, who.scope(KEEP), kind=request.POST.get("kind") or None),
        places=[_id(one)] if one else (),
        size=request.POST.get("size", "A4") if request.POST.get("size") in SIZES else "A4",
        most=MOST_PAGES,
    )
    out = io.BytesIO()
    venue_codes.print_posters(present.running(), by(request, PURPOSE), wanted, out)
    return _file(out.getvalue(), f"posters-{wanted.size}.pdf", "application/pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(KEEP)
def take_in(request: HttpRequest) -> HttpResponse:
    """A list of places comes in; lines that are wrong are shown, and come back as a file to mend."""
    form = PlacesFileForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form, "tab": "places", "key": fresh_key()}
    if request.method == "POST" and form.is_valid():
        file, translate = form.cleaned_data["file"], translator(get_language() or "")
        try:
            came = import_places(
                present.parts(),
                by(request, PURPOSE),
                (file.name, file.read()),
                system=form.cleaned_data["system"],
                translate=translate,
            )
        except EpiloopError as wrong:
            form.add_error("file", words(wrong))
        else:
            if "mend" in request.POST and came.mend:
                return _file(came.mend, "places-to-mend.csv", TYPES["csv"])
            told = [(error.line, words(error.wrong)) for error in came.errors[:MOST_TOLD]]
            context |= {"came": came, "told": told, "more": max(0, len(came.errors) - MOST_TOLD)}
    return render(request, "registers/places_in.html", context, status=422 if form.errors else 200)


@require_POST
@right_required("export.read")
def give_out(request: HttpRequest) -> HttpResponse:
    """The places of the jurisdiction looked at as a file; it is an act, so it stands in the audit list."""
    who = acting(request)
    if who.jurisdiction is None:
        raise InvalidInput(N_("Choose a jurisdiction first."))
    form = "xlsx" if request.POST.get("format") == "xlsx" else "csv"
    made = export_places(present.running(), by(request, "data-export"), who.jurisdiction, form)
    return _file(made.content, f"places-{short(who.jurisdiction)}.{form}", TYPES[form])


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
