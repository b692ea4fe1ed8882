"""The case list out, as a file without names, written down before it is given away."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import EpiloopError
from epiloop.core.jurisdictions import code
from epiloop.runtime import present
from epiloop.runtime.requests import exporting
from epiloop.web import vocabulary as v
from epiloop.web.acting import acting, right_required
from epiloop.web.errors import words
from epiloop.web.imports.start import offer, places_of
from epiloop.web.keyed import by, fresh_key

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class ExportForm(forms.Form):
    """What is exported, and as what."""

    jurisdiction = forms.ChoiceField(label=_("Jurisdiction"))
    disease = forms.ChoiceField(label=_("Disease"), required=False)
    format = forms.ChoiceField(label=_("Format"), choices=(("xlsx", "XLSX"), ("csv", "CSV")))

    def __init__(self, *args: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "jurisdiction", places)
        offer(self, "disease", [("", gettext("all diseases")), *v.choices(v.DISEASES)])


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(exporting.RIGHT)
def export(request: HttpRequest) -> HttpResponse:
    """Give the file, by POST; it is an act, so it stands in the audit list."""
    who = acting(request)
    form = ExportForm(request.POST or None, places=places_of(who, exporting.RIGHT))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = exporting.Wanted(code(given["jurisdiction"]), who.at, given["format"], given["disease"] or None)
        try:
            made = exporting.export_cases(present.running(), by(request, "data-export"), wanted)
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
        else:
            name = f"cases-{given['jurisdiction']}.{given['format']}"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(made.content, content_type=TYPES[given["format"]], headers=headers)
    context = {"form": form, "key": fresh_key()}
    return render(request, "imports/export.html", context, status=422 if form.errors else 200)
