"""Files: line lists in, with a trial and the rejected rows; cases out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext
from ninja import File, Form, Path, Router, Schema, Status, UploadedFile
from pydantic import ConfigDict, Field

from epiloop.api.callers import caller
from epiloop.api.edge import CodeIn, CodeOut, Key, Word
from epiloop.core.errors import N_, EpiloopError, NotFound
from epiloop.core.jurisdictions import Code
from epiloop.runtime import present
from epiloop.runtime.acts import Decision
from epiloop.runtime.requests import By, exporting, importing, uploading
from epiloop.runtime.requests.asking import carry_out
from epiloop.runtime.requests.importing import LineList, Upload
from epiloop.store.intake import Run

router = Router(tags=["files"])
SHEETS = ("cases", "contacts")
CONTENT_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class RowOut(Schema):
    """A rejected or odd row: where, and why; never what stood in it."""

    sheet: str
    line: int
    column: str
    problem: str


class ImportOut(Schema):
    """What came of an import or a trial, in rows; `rejects` are the sheets with rejected rows."""

    read: int
    added: int
    updated: int
    unchanged: int
    rejected: int
    withdrawn: int | None = None
    rejects: list[str]
    errors: list[RowOut]
    warnings: list[RowOut]


class OrderOut(Schema):
    """How an ordered import stands. `run` once it is done, for its rejected rows; `problem` says why it failed."""

    order: UUID
    state: Literal["waiting", "working", "done", "failed"]
    dry_run: bool | None
    done: int | None
    total: int | None
    run: UUID | None
    result: ImportOut | None
    problem: str | None


class RunOut(Schema):
    """How an import stands; `result` has how far it is, then its counts."""

    id: UUID
    started_at: datetime
    finished_at: datetime | None
    jurisdiction: CodeOut
    total: int
    result: dict[str, Any]
    rejects_expire_at: datetime | None


class ProposalOut(Schema):
    """A mapping for files with these headings; `used_before` rather than guessed."""

    mapping: str
    used_before: bool


class ExportIn(Schema):
    """Whose cases, in which format; `named` adds names, phones and documents."""

    model_config = ConfigDict(extra="forbid")
    jurisdiction: CodeIn
    format: Annotated[str, Field(pattern="^(csv|xlsx)$")] = "csv"
    disease: Word | None = None
    named: bool = False


@router.post(
    "/imports",
    response={202: OrderOut},
    operation_id="import",
    openapi_extra={
        "responses": {202: {"headers": {"Location": {"description": "Where it stands", "schema": {"type": "string"}}}}}
    },
)
def run(
    request: HttpRequest,
    response: HttpResponse,
    key: Key,
    jurisdiction: Annotated[CodeIn, Form()],
    mapping: Annotated[str, Form(max_length=100_000)],
    dry_run: Annotated[bool, Form()] = False,  # noqa: FBT002
    cases: Annotated[UploadedFile | None, File()] = None,
    contacts: Annotated[UploadedFile | None, File()] = None,
) -> Any:
    """Order the import of a line list, or a trial: the files are kept sealed and the worker takes them up.

    How far it is, and what came of it, stands at the address in `Location`. Bad rows hold up no good one; the same
    list again changes nothing.
    """
    by = caller(request).by("data-import", key)
    wanted = LineList(Code(jurisdiction), mapping, _upload(cases), _upload(contacts))
    by.check(importing.RIGHT, wanted.jurisdiction)
    again = _ordered(by)
    upload = by.new_id("upload")
    if not (again and _known(by, upload)):
        uploading.keep(present.running(), by, wanted, mapped=True)
        kind = uploading.TRY if dry_run else uploading.IMPORT
        uploading.order(present.parts(), by, upload, kind, language=get_language() or "")
    response["Location"] = reverse("api:import-order", args=[upload])
    return Status(202, _stands(by, upload))


@router.get("/imports/orders/{order}", response=OrderOut, operation_id="import-order", url_name="import-order")
def order(request: HttpRequest, order: UUID) -> Any:
    """How an ordered import or trial stands: waiting, working (`done` of `total` rows), done or failed.

    One's own only. A trial is forgotten after a day; an import stays as its run.
    """
    return _stands(caller(request).by("data-import"), order)


@router.post("/imports/mapping", response=ProposalOut, operation_id="propose-mapping")
def mapping(
    request: HttpRequest,
    system: Annotated[str, Form(max_length=100)],
    disease: Annotated[str, Form(max_length=64)] = "",
    cases: Annotated[UploadedFile | None, File()] = None,
    contacts: Annotated[UploadedFile | None, File()] = None,
) -> Any:
    """The mapping used last for files with such headings, else a guess to be corrected. Nothing is kept."""
    caller(request).by("data-import").check(importing.RIGHT, None)
    files = importing.sheets(_upload(cases), _upload(contacts))
    text, used = importing.proposed(present.parts(), files, system=system, disease=disease)
    return {"mapping": text, "used_before": used}


@router.get("/imports/{run}", response=RunOut, operation_id="import-run")
def one(request: HttpRequest, run: UUID) -> Any:
    """How an import stands."""
    return importing.run_of(present.parts(), caller(request).by("data-import"), run)._asdict()


@router.get(
    "/imports/{run}/rejects/{sheet}",
    operation_id="import-rejects",
    openapi_extra={"responses": {200: {"description": "CSV", "content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def rejects(request: HttpRequest, run: UUID, sheet: Annotated[str, Path(pattern="^(cases|contacts)$")]) -> HttpResponse:
    """The rejected rows of a sheet as a file to mend, for seven days."""
    found = importing.rejected_rows(present.parts(), caller(request).by("data-import"), run)
    if sheet not in found:
        raise NotFound(N_("No row of this sheet was rejected."))
    return _file(found[sheet], f"rejects-{sheet}", "csv")


@router.post(
    "/exports/cases",
    operation_id="export-cases",
    openapi_extra={
        "responses": {
            200: {
                "description": "The file",
                "content": {
                    kind: {"schema": {"type": "string", "format": "binary"}} for kind in CONTENT_TYPES.values()
                },
            }
        }
    },
)
def export(request: HttpRequest, sent: ExportIn, key: Key) -> HttpResponse:
    """The cases of a jurisdiction as a file. It is written down before it is given away."""
    who = caller(request)
    wanted = exporting.Wanted(Code(sent.jurisdiction), who.at, sent.format, sent.disease, sent.named)
    made = exporting.export_cases(present.running(), who.by("data-export", key), wanted)
    return _file(made.content, "cases", sent.format)


def _ordered(by: By) -> bool:
    """Write the order down, so that its key serves no other; whether it was given before."""
    decision = Decision((), {"upload": str(by.new_id("upload"))})
    return carry_out(present.parts(), by.part("order"), {}, lambda _histories, _now, _laws: decision).repeated


def _known(by: By, upload: UUID) -> bool:
    """Whether the files arrived, and wait or were imported."""
    try:
        _stands(by, upload)
    except NotFound:
        return False
    return True


def _stands(by: By, upload: UUID) -> dict[str, Any]:
    """How an order stands. Raises NotFound."""
    parts, number = present.parts(), uploading.run_id(by, upload)
    run = _run_of(by, number)
    if run is not None and run.finished_at is not None:
        return _order(upload, "done", run=number, total=run.total, result=_result(run.result))
    try:
        found = uploading.waiting(parts, by, upload)
    except NotFound:
        raise NotFound(N_("There is no such import.")) from None
    if "tried" in found.state:
        tried = found.state["tried"]
        return _order(upload, "done", dry_run=True, result=_result({**tried, **tried["counts"]}))
    if "failed" in found.state:
        return _order(upload, "failed", dry_run=None, problem=_rendered(found.state["failed"]))
    state = run.result if run is not None else found.state
    far = {"done": state.get("done", 0), "total": state.get("of", 0)}
    return _order(upload, "working" if "of" in state else "waiting", dry_run=found.wanted == uploading.TRY, **far)


def _order(upload: UUID, state: str, **known: Any) -> dict[str, Any]:
    nothing = {"dry_run": False, "run": None, "done": None, "total": None, "result": None, "problem": None}
    return {**nothing, "order": upload, "state": state, **known}


def _result(said: Mapping[str, Any]) -> dict[str, Any]:
    rejects = [sheet for sheet, counts in said.get("sheets", {}).items() if counts["rejected"]]
    rows = {name: [{**row, "problem": _rendered(row)} for row in said[name]] for name in ("errors", "warnings")}
    return {**said, "rejects": rejects, **rows}


def _rendered(kept: Mapping[str, Any]) -> str:
    """What was kept of an error, in the language of the one who reads it."""
    return EpiloopError(kept["what"], remedy=kept["remedy"], **kept["values"]).render(gettext)


def _run_of(by: By, number: UUID) -> Run | None:
    """The run of an order, if it was begun."""
    try:
        return importing.run_of(present.parts(), by, number)
    except NotFound:
        return None


def _upload(file: UploadedFile | None) -> Upload | None:
    return Upload(file.name or "", file.read()) if file else None


def _file(content: bytes, name: str, form: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=CONTENT_TYPES[form], headers=headers)
