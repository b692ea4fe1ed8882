"""Files: line lists in, with a trial and the rejected rows; cases out."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import File, Form, Path, Router, Schema, UploadedFile
from pydantic import ConfigDict, Field

from epiloop.api.callers import caller
from epiloop.api.edge import CodeIn, CodeOut, Key, Word
from epiloop.core.errors import N_, NotFound
from epiloop.core.jurisdictions import Code
from epiloop.runtime import present
from epiloop.runtime.acts import Decision
from epiloop.runtime.requests import By, exporting, importing
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
    """What came of an import, in rows."""

    run: UUID | None
    dry_run: bool
    read: int
    added: int
    updated: int
    unchanged: int
    rejected: int
    rejects: list[str]
    errors: list[RowOut]
    warnings: list[RowOut]


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


@router.post("/imports", response=ImportOut, operation_id="import")
def run(
    request: HttpRequest,
    key: Key,
    jurisdiction: Annotated[CodeIn, Form()],
    mapping: Annotated[str, Form(max_length=100_000)],
    dry_run: Annotated[bool, Form()] = False,  # noqa: FBT002
    cases: Annotated[UploadedFile | None, File()] = None,
    contacts: Annotated[UploadedFile | None, File()] = None,
) -> Any:
    """Import a line list, or only try. Bad rows hold up no good one; the same list again changes nothing."""
    by = caller(request).by("data-import", key)
    done = _ordered(by)
    if done is not None:
        return done
    wanted = LineList(Code(jurisdiction), mapping, _upload(cases), _upload(contacts))
    report = importing.run(present.running(), by, wanted, dry_run=dry_run, translate=gettext)
    return {
        "run": None if dry_run else report.run,
        "dry_run": dry_run,
        **report.counts,
        "rejects": list(report.rejects),
        "errors": [importing.told(error, gettext) for error in report.errors[: importing.MOST_TOLD]],
        "warnings": [importing.told(error, gettext) for error in report.warnings[: importing.MOST_TOLD]],
    }


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


def _ordered(by: By) -> dict[str, Any] | None:
    """Write the order down, so that its key serves no other; what came of it, if it was carried out before."""
    order = Decision((), {"run": str(by.new_id("import"))})
    ordered = carry_out(present.parts(), by.part("order"), {}, lambda _histories, _now, _laws: order)
    run = _run_of(by) if ordered.repeated else None
    if run is None or run.finished_at is None:
        return None
    rejects = [sheet for sheet, counts in run.result.get("sheets", {}).items() if counts["rejected"]]
    return {**run.result, "run": run.id, "dry_run": False, "rejects": rejects}


def _run_of(by: By) -> Run | None:
    """The run of this order, if it was begun."""
    try:
        return importing.run_of(present.parts(), by, by.new_id("import"))
    except NotFound:
        return None


def _upload(file: UploadedFile | None) -> Upload | None:
    return Upload(file.name or "", file.read()) if file else None


def _file(content: bytes, name: str, form: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=CONTENT_TYPES[form], headers=headers)
