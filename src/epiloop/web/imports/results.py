"""What came of an import: numbers, rows that were not taken, and those rows as a file to mend."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from epiloop.core.errors import N_
from epiloop.runtime import present
from epiloop.runtime.requests import importing, uploading
from epiloop.runtime.requests.importing import RIGHT
from epiloop.web.acting import acting, right_required
from epiloop.web.header import named
from epiloop.web.imports.fields import NAMES, SHEETS
from epiloop.web.keyed import by
from epiloop.web.who import logins

COUNTS = (
    ("read", N_("Rows read"), ""),
    ("added", N_("Added"), "done"),
    ("updated", N_("Updated"), ""),
    ("changed", N_("Changed"), ""),
    ("unchanged", N_("Unchanged"), ""),
    ("folded", N_("Repeat their parent"), ""),
    ("rejected", N_("Rejected"), "late"),
)


def in_words(problem: Mapping[str, Any] | None) -> Any:
    """A row's problem in the reader's language: sheet, line, column, what, remedy. "" for none; text for an error."""
    if not problem:
        return ""
    values = {name: gettext(value) if isinstance(value, str) else value for name, value in problem["values"].items()}
    what, remedy = (gettext(problem[part]) % values if problem.get(part) else "" for part in ("what", "remedy"))
    if "line" not in problem:
        return " ".join(part for part in (_place(problem.get("where", "")), what, remedy) if part)
    sheet = gettext(SHEETS.get(problem["sheet"], problem["sheet"]))
    return {"sheet": sheet, "line": problem["line"], "column": problem["column"], "what": what, "remedy": remedy}


def _place(where: str) -> str:
    """A place in a mapping ("cases.id") in words."""
    sheet, _, name = where.partition(".")
    if sheet in NAMES and name in NAMES[sheet]:
        return f"{gettext(SHEETS[sheet])} · {gettext(NAMES[sheet][name])}:"
    return f"{where}:" if where else ""


def sheets_of(result: Mapping[str, Any]) -> list[tuple[str, list[int]]]:
    """The numbers of each sheet apart: its name, and them in the order of `COUNTS`."""
    found: Mapping[str, Mapping[str, int]] = result.get("sheets") or {}
    order = [key for key, _, _ in COUNTS if key in result]
    return [(SHEETS[sheet], [counts.get(key, 0) for key in order]) for sheet, counts in found.items()]


def counts_of(result: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """The numbers of a result: name, number, kind."""
    return [(name, result[key], kind) for key, name, kind in COUNTS if key in result]


@right_required(RIGHT)
def run(request: HttpRequest, run: UUID) -> HttpResponse:
    """One import: how far it is, or what came of it."""
    who = acting(request)
    found = importing.run_of(present.parts(), by(request, uploading.PURPOSE), run)
    result = dict(found.result)
    errors = result.get("errors", [])
    mendable = found.rejects is not None and found.rejects_expire_at is not None and found.rejects_expire_at > who.at
    context = {
        "run": found,
        "place": named([found.jurisdiction], who).get(found.jurisdiction, ""),
        "by": logins([found.account]).get(found.account, found.account),
        "counts": counts_of(result),
        "by_sheet": sheets_of(result),
        "failed": in_words(result.get("failed")),
        "problems": [in_words(each) for each in errors if "what" in each],
        "left": result.get("rejected", 0) - len(errors),
        "warnings": [in_words(each) for each in result.get("warnings", []) if "what" in each],
        "sheets": sorted({each["sheet"] for each in errors}) if mendable else [],
        "done": result.get("done", 0),
        "total": result.get("of"),
        "url": request.path,
    }
    if request.headers.get("HX-Request"):
        if found.finished_at:
            return HttpResponse(headers={"HX-Redirect": request.path})
        return render(request, "imports/_under_way.html", context)
    return render(request, "imports/run.html", context)


@right_required(RIGHT)
def rejects(request: HttpRequest, run: UUID, sheet: str) -> HttpResponse:
    """The rejected rows of one sheet as a CSV file: cells as they came, line and reason; formulas are made text."""
    files = importing.rejected_rows(present.parts(), by(request, uploading.PURPOSE), run)
    name = f"{sheet}-to-mend.csv"
    return HttpResponse(
        files.get(sheet, b""),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
