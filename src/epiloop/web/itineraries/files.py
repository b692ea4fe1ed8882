"""Itineraries in and out as files."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import EpiloopError
from epiloop.runtime import present
from epiloop.runtime.accounts.orders import translator
from epiloop.runtime.requests import itineraries
from epiloop.runtime.requests.itineraries import EXPORT, IMPORT
from epiloop.web import titles
from epiloop.web.acting import right_required
from epiloop.web.errors import words
from epiloop.web.imports.export import TYPES
from epiloop.web.keyed import by, fresh_key

MOST_TOLD = 20


class ItinerariesFileForm(forms.Form):
    """A list of stops."""

    file = forms.FileField(
        label=_("List of stops"),
        help_text=_("CSV or XLSX with person, where, begins and ends; one line for each stop."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    system = forms.SlugField(
        label=pgettext_lazy("of a list", "Comes from"),
        initial="itineraries",
        max_length=40,
        help_text=_("A word for its source. The same number from the same source is the same stop."),
    )
    people = forms.CharField(
        label=_("Whose numbers the people have"),
        required=False,
        max_length=40,
        help_text=_("The system of the case list, as it was imported. Empty: ids of this installation."),
    )


@require_POST
@right_required(EXPORT)
def give_out(request: HttpRequest, person: UUID) -> HttpResponse:
    """The itinerary of one person as a file; it is an act, so it stands in the audit list."""
    form = "xlsx" if request.POST.get("format") == "xlsx" else "csv"
    made = itineraries.export_itinerary(present.running(), by(request, "data-export"), person, form)
    return as_file(made.content, f"itinerary-{titles.short_code(person)}.{form}", TYPES[form])


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(IMPORT)
def take_in(request: HttpRequest) -> HttpResponse:
    """A list of stops comes in; lines that are wrong are shown, and come back as a file to mend."""
    form = ItinerariesFileForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form, "key": fresh_key()}
    if request.method == "POST" and form.is_valid():
        file, translate = form.cleaned_data["file"], translator(get_language() or "")
        try:
            came = itineraries.import_itineraries(
                present.running(),
                by(request, "data-import"),
                (file.name, file.read()),
                system=form.cleaned_data["system"],
                people=form.cleaned_data["people"],
                translate=translate,
            )
        except EpiloopError as wrong:
            form.add_error("file", words(wrong))
        else:
            if "mend" in request.POST and came.mend:
                return as_file(came.mend, "stops-to-mend.csv", TYPES["csv"])
            told = [(error.line, words(error.wrong)) for error in came.errors[:MOST_TOLD]]
            context |= {"came": came, "told": told, "more": max(0, len(came.errors) - MOST_TOLD)}
    return render(request, "itineraries/in.html", context, status=422 if form.errors else 200)


def as_file(content: bytes, name: str, kind: str) -> HttpResponse:
    """A download."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
