"""Where imports begin: a file comes in, and the list of what came in before."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import EpiloopError
from epiloop.core.jurisdictions import Code, code, short
from epiloop.core.rights import EVERYWHERE
from epiloop.papers.tables import MOST_BYTES
from epiloop.runtime import present
from epiloop.runtime.requests import uploading
from epiloop.runtime.requests.importing import RIGHT, LineList, Upload
from epiloop.store.reading.imports import RunLine, runs
from epiloop.store.scoped import reading
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.imports.mapping import UNSAID
from epiloop.web.keyed import by, fresh_key
from epiloop.web.who import logins

TABLE = ".csv,.tsv,.txt,.xlsx,.xlsm"
TYPES = tuple(TABLE.split(","))
FILES = ("cases", "contacts")
LOOKED_AT = 64 * 1024
"""Bytes of a file that are looked at before it is kept."""


def table_file(label: Any, *, required: bool = True, help_text: Any = "") -> forms.FileField:
    """A field for a CSV or XLSX file."""
    widget = forms.ClearableFileInput(attrs={"accept": TABLE})
    empty = {"empty": _("The file is empty. Choose the list itself.")}
    return forms.FileField(label=label, required=required, help_text=help_text, widget=widget, error_messages=empty)


def upload_of(file: Any) -> Upload | None:
    """An uploaded file as it came, out of memory."""
    return Upload(str(file.name), file.read()) if file else None


def offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Let a field of a form offer these choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class UploadForm(forms.Form):
    """A case list, a contact list, or both, and where they belong."""

    cases = table_file(
        _("Case list"), required=False, help_text=_("CSV (UTF-8 or GB 18030) or XLSX, one row a case, with headings.")
    )
    contacts = table_file(
        _("Contact list"),
        required=False,
        help_text=_("One row a link: whom a case exposed, by the numbers in the list."),
    )
    jurisdiction = forms.ChoiceField(
        label=_("Jurisdiction"), help_text=_("Where people stay of whom the list says nothing else.")
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "jurisdiction", places)

    def clean(self) -> dict[str, Any]:
        """One file at least, none too large."""
        cleaned = super().clean() or {}
        for name in FILES:
            wrong = wrong_with(cleaned[name]) if cleaned.get(name) else None
            if wrong:
                self.add_error(name, wrong)
        if not self.errors and not any(cleaned.get(name) for name in FILES):
            self.add_error("cases", _("Choose a file: a case list, a contact list, or both."))
        return cleaned


def wrong_with(file: Any) -> Any:
    """Why a file cannot be a list, said before it is kept; None if nothing is seen at first sight."""
    if not file.name.lower().endswith(TYPES):
        return _("This is neither CSV nor XLSX. Save the list as one of them.")
    if file.size > MOST_BYTES:
        return _("The file is larger than 64 MB. Split it.")
    begins = file.read(LOOKED_AT)
    file.seek(0)
    lines = [line for line in begins.splitlines() if line.strip(b' \t,;"')]
    if not file.name.lower().endswith(".xlsx") and len(begins) < LOOKED_AT and len(lines) < 2:
        return _("The file has no row below its column names. Choose the list itself.")
    return None


def places_of(who: Acting, right: str) -> list[tuple[str, str]]:
    """The jurisdictions that somebody may choose from: the one looked at, and those granted."""
    granted = {grant.jurisdiction for grant in who.account.grants if grant.jurisdiction != EVERYWHERE}
    found = [number for number in sorted({*granted, who.jurisdiction or Code(0)}) if number and who.can(right, number)]
    names = named(found, who)
    ordered = sorted(found, key=lambda number: (number != who.jurisdiction, number))
    return [(short(number), f"{names[number]} · {short(number)}") for number in ordered]


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(RIGHT)
def start(request: HttpRequest) -> HttpResponse:
    """Take a file in, or show what came in before."""
    who = acting(request)
    places = places_of(who, RIGHT)
    form = UploadForm(request.POST or None, request.FILES or None, places=places)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("import-files", _kept(request, form.cleaned_data))
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        page = runs(connection, who.scope(RIGHT), who.at, after_page=request.GET.get("after"))
    waiting = uploading.all_waiting(present.parts(), by(request, uploading.PURPOSE))
    context = {
        "form": form,
        "key": fresh_key(),
        "waiting": waiting,
        "runs": _shown(page.rows, who),
        "after": page.after,
        "divisions": who.can("register.write"),
        "may_export": who.can("export.read"),
    }
    return render(request, "imports/start.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, given: dict[str, Any]) -> Any:
    """The uploaded files, sealed. Their mapping is guessed or remembered; what is not guessed is asked for next."""
    wanted = LineList(code(given["jurisdiction"]), UNSAID, upload_of(given["cases"]), upload_of(given["contacts"]))
    return uploading.keep(present.running(), by(request, uploading.PURPOSE), wanted, disease=UNSAID)


def _shown(rows: tuple[RunLine, ...], who: Acting) -> list[dict[str, Any]]:
    names = named([row.jurisdiction for row in rows], who)
    people = logins(row.account for row in rows)
    return [
        {"run": row, "place": names.get(row.jurisdiction, ""), "by": people.get(row.account, row.account)}
        for row in rows
    ]
