"""The code table of divisions comes in, from the official files, by those who keep the registers everywhere."""

from threading import Thread
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import InvalidInput
from epiloop.core.instants import day_of
from epiloop.core.rights import EVERYWHERE
from epiloop.papers.tables import decoded
from epiloop.runtime import present
from epiloop.runtime.accounts.orders import translator
from epiloop.runtime.requests import By, division_runs
from epiloop.runtime.requests.division_runs import CodeTable
from epiloop.web.acting import acting, right_required
from epiloop.web.errors import words
from epiloop.web.imports.working import SHORT
from epiloop.web.keyed import by, fresh_key

PURPOSE = "register-keeping"
MOST_FILES = 5


class ManyFiles(forms.ClearableFileInput):
    """A control for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several uploaded files."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each of them checked."""
        given = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given or [None]]


class DivisionsForm(forms.Form):
    """One table with parents, or the five files that each know the level above."""

    tables = FilesField(
        label=_("Code table"),
        help_text=_(
            "CSV with code, parent_code, level, name_zh; or up to five files, each with code, name and the codes above."
        ),
        widget=ManyFiles(attrs={"accept": ".csv,.txt", "multiple": True}),
    )
    since = forms.DateField(label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    source = forms.CharField(
        label=_("Document"), max_length=200, help_text=_("What the table is published in, with its number.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@right_required("register.write")
def divisions(request: HttpRequest) -> HttpResponse:
    """Take a code table in. The import goes on when the page is left."""
    who = acting(request)
    who.check("register.write", EVERYWHERE)
    initial = {"since": day_of(who.at, who.zone)}
    form = DivisionsForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            texts = [decoded(file.read(), "divisions") for file in form.cleaned_data["tables"][:MOST_FILES]]
        except InvalidInput as wrong:
            form.add_error("tables", words(wrong))
        else:
            return _begun(
                by(request, PURPOSE), CodeTable(texts, form.cleaned_data["since"], form.cleaned_data["source"])
            )
    context = {"form": form, "key": fresh_key()}
    return render(request, "imports/divisions.html", context, status=422 if form.errors else 200)


def _begun(asker: By, table: CodeTable) -> HttpResponse:
    run = division_runs.begin(present.parts(), asker)
    args: tuple[Any, ...] = (present.parts(), asker, table, translator(get_language() or ""))
    thread = Thread(target=division_runs.carry_out, args=args, name="divisions", daemon=True)
    thread.start()
    thread.join(SHORT)
    return redirect("import-run", run)
