"""One upload between file and import: columns get their meaning, a trial says what would come, then it is imported."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import EpiloopError, InvalidInput, NotFound
from epiloop.operations.investigation.mapping import Mapping as Declared
from epiloop.operations.investigation.mapping import parse_mapping, to_yaml
from epiloop.runtime import present
from epiloop.runtime.intake import Files
from epiloop.runtime.requests import importing, uploading
from epiloop.runtime.requests.importing import RIGHT
from epiloop.runtime.requests.uploading import Waiting
from epiloop.web import vocabulary as v
from epiloop.web.acting import acting, right_required
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.imports.fields import ORDERS, WORDS
from epiloop.web.imports.mapping import UNSAID, constant, date_order, remapped, tables
from epiloop.web.imports.results import counts_of, in_words, sheets_of
from epiloop.web.imports.working import begin
from epiloop.web.keyed import by

FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
@right_required(RIGHT)
def files(request: HttpRequest, upload: UUID) -> HttpResponse:
    """The mapping of an upload, its trial, and the way on; where it was imported already, what came of it."""
    asker = by(request, uploading.PURPOSE)
    try:
        waiting = uploading.waiting(present.parts(), asker, upload)
    except NotFound:
        importing.run_of(present.parts(), asker, run := uploading.run_id(asker, upload))
        return redirect("import-run", run)
    if waiting.wanted:
        return _under_way(request, waiting)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": request.path})
    wrong = ""
    if request.method == "POST":
        try:
            _map(request, waiting)
            _begin(request, upload, uploading.TRY)
            return redirect("import-files", upload)
        except EpiloopError as refused:
            wrong = words(refused)
    return _form(request, waiting, wrong)


@require_POST
@right_required(RIGHT)
def carry_out(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Import the upload as it was tried; sent again when it is done, it leads to the result."""
    try:
        _begin(request, upload, uploading.IMPORT)
    except NotFound:
        asker = by(request, uploading.PURPOSE)
        importing.run_of(present.parts(), asker, uploading.run_id(asker, upload))
    return redirect("import-files", upload)


@require_POST
@right_required(RIGHT)
def forget(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Throw the upload away."""
    uploading.forget(present.parts(), by(request, uploading.PURPOSE), upload)
    return redirect("imports")


def _begin(request: HttpRequest, upload: UUID, wanted: str) -> None:
    asker = by(request, uploading.PURPOSE)
    uploading.order(present.parts(), asker, upload, wanted, language=get_language() or "")
    begin(upload)


def _map(request: HttpRequest, waiting: Waiting) -> None:
    """Take the mapping over, from the columns or, where it was sent as text, from that."""
    asker = by(request, uploading.PURPOSE)
    if "text" in request.POST:
        mapping = request.POST["text"]
    else:
        opened = importing.sheets(*uploading.files_of(present.parts(), asker, waiting.id))
        mapping = to_yaml(remapped(parse_mapping(waiting.mapping), opened, request.POST.dict()))
    uploading.change_mapping(present.parts(), asker, waiting.id, mapping)


def _under_way(request: HttpRequest, waiting: Waiting) -> HttpResponse:
    state = waiting.state
    if waiting.wanted == uploading.IMPORT:
        state = _progress_of_run(request, waiting)
    context = {"waiting": waiting, "done": state.get("done", 0), "total": state.get("of"), "url": request.path}
    name = "imports/_under_way.html" if request.headers.get("HX-Request") else "imports/under_way.html"
    return render(request, name, context)


def _progress_of_run(request: HttpRequest, waiting: Waiting) -> dict[str, Any]:
    asker = by(request, uploading.PURPOSE)
    try:
        run = importing.run_of(present.parts(), asker, uploading.run_id(asker, waiting.id))
    except NotFound:
        return {}
    return dict(run.result)


def _form(request: HttpRequest, waiting: Waiting, wrong: str) -> HttpResponse:
    asker = by(request, uploading.PURPOSE)
    opened = importing.sheets(*uploading.files_of(present.parts(), asker, waiting.id))
    mapping = _as_typed(request, waiting, opened)
    tried = waiting.state.get("tried")
    context = {
        "waiting": waiting,
        "place": named([waiting.jurisdiction], acting(request)).get(waiting.jurisdiction, ""),
        "tables": tables(opened, mapping),
        "system": "" if mapping.system == UNSAID else mapping.system,
        "disease": constant(mapping, "disease"),
        "classification": constant(mapping, "classification"),
        "classifications": v.choices(dict(WORDS["classification"])),
        "diseases": v.choices(v.DISEASES),
        "orders": [(key, name) for key, (name, _) in ORDERS.items()],
        "order": date_order(mapping),
        "text": request.POST.get("text") or waiting.mapping,
        "text_open": "text" in request.POST,
        "wrong": wrong or in_words(waiting.state.get("failed")),
        "tried": tried,
        "counts": counts_of(tried["counts"]) if tried else [],
        "by_sheet": sheets_of({**tried["counts"], **tried}) if tried else [],
        "problems": [*map(in_words, tried["errors"])] if tried else [],
        "left": tried["counts"]["rejected"] - len(tried["errors"]) if tried else 0,
        "warnings": [*map(in_words, tried["warnings"])] if tried else [],
    }
    return render(request, "imports/files.html", context, status=422 if wrong else 200)


def _as_typed(request: HttpRequest, waiting: Waiting, opened: Files) -> Declared:
    """The mapping to show: what was typed, also where it was refused."""
    kept = parse_mapping(waiting.mapping)
    if request.method != "POST":
        return kept
    try:
        return remapped(kept, opened, request.POST.dict()) if "text" not in request.POST else kept
    except InvalidInput:
        return kept
