"""Line lists in: looked at, tried, imported once per run, with the rejected rows as a sealed file to mend.

The page, the API and the command do the same three things: `sheets` reads the files, `proposed` gives the mapping used
last for such headings (else a guess), `run` imports, or only tries (`dry_run`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput, NotFound
from epiloop.core.jurisdictions import Code, short
from epiloop.operations.investigation import mapping as lists
from epiloop.operations.investigation.mapping import RowError
from epiloop.papers.tables import read_table, rejects
from epiloop.runtime import intake
from epiloop.runtime.intake import Files, Order, Outcome, Progress
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.registering import note_duplicates
from epiloop.store import intake as stored
from epiloop.vault.sealing import NONCE_BYTES, seal, unseal

RIGHT = "import.write"
REJECTS_LIVE = timedelta(days=7)
REJECTS = "import-rejects"
LINKED_AT_ONCE = 1_000
MOST_TOLD = 1_000
"""Rejected rows whose reasons stand in the result itself; the file has all of them."""
TOLD_EVERY = 2.0
"""Seconds between two notes of how far a run is."""

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came; its text form shows nothing of the content."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LineList:
    """What is to be imported where: a case list, a contact list, and the mapping's YAML."""

    jurisdiction: Code
    mapping: str
    cases: Upload | None = None
    contacts: Upload | None = None
    complete: bool = False
    """The contact list is whole, whatever the mapping says: links it no longer names are withdrawn."""


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended: `counts` of rows, reasons of rejected and odd rows, files of rejected rows by sheet."""

    run: UUID
    counts: Mapping[str, int]
    errors: tuple[RowError, ...] = ()
    warnings: tuple[RowError, ...] = ()
    rejects: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    dry_run: bool = False
    by_sheet: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The counts of each sheet apart."""


def sheets(cases: Upload | None, contacts: Upload | None) -> Files:
    """The files' headings and rows. Raises InvalidInput for none, or one that is no table."""
    if cases is None and contacts is None:
        raise InvalidInput(N_("There is no file."), remedy=N_("Give a case list, a contact list, or both."))
    return Files(
        read_table(cases.name, cases.content) if cases else None,
        read_table(contacts.name, contacts.content, sheet="contacts") if contacts else None,
    )


def proposed(parts: Parts, files: Files, *, system: str, disease: str = "") -> tuple[str, bool]:
    """The YAML of a mapping for files with these headings, and whether it was used before rather than guessed."""
    headings = _headings(files)
    with parts.pool.connection() as connection:
        known = stored.remembered_mapping(connection, lists.signature(*headings))
    return (known, True) if known else (lists.to_yaml(lists.guess(*headings, system=system, disease=disease)), False)


def run(
    running: Running,
    by: By,
    wanted: LineList,
    *,
    dry_run: bool = False,
    translate: Translate = str,
    progress: Progress | None = None,
) -> Report:
    """Import, or try. The mapping is remembered; the same key again takes up a run that was broken off.

    Raises NotAllowed, InvalidInput if files and mapping do not fit each other.
    """
    by.check(RIGHT, wanted.jurisdiction)
    parts = running.parts
    files = sheets(wanted.cases, wanted.contacts)
    number = by.new_id("import")
    mapping = lists.parse_mapping(wanted.mapping)
    order = Order(
        by.asked(),
        replace(mapping, complete=mapping.complete or wanted.complete),
        files,
        wanted.jurisdiction,
        running.stamp,
        by.scope(RIGHT),
    )
    if dry_run:
        return _report(number, files, intake.carry_out(parts, order, dry_run=True, progress=progress), translate)
    _start(parts, by, wanted, files, number)
    outcome = intake.carry_out(parts, order, progress=_noting(parts, number, progress))
    report = _report(number, files, outcome, translate)
    for start in range(0, len(outcome.identified), LINKED_AT_ONCE):
        note_duplicates(parts, by.part(f"duplicates:{start}"), outcome.identified[start : start + LINKED_AT_ONCE])
    _finish(parts, wanted, files, by, report)
    return report


def run_of(parts: Parts, by: By, number: UUID) -> stored.Run:
    """How a run stands. Raises NotFound for one outside the jurisdictions of the one who asks."""
    with parts.pool.connection() as connection:
        found = stored.run(connection, number)
    if found is None or not by.can(RIGHT, found.jurisdiction):
        raise NotFound(N_("There is no such import."))
    return found


def rejected_rows(parts: Parts, by: By, number: UUID) -> dict[str, bytes]:
    """The files of rejected rows by sheet, opened for whoever may import there. Raises NotFound once they expired."""
    found = run_of(parts, by, number)
    key = parts.vault.keys([number], create=False).get(number)
    expired = found.rejects_expire_at is not None and found.rejects_expire_at <= parts.now()
    if found.rejects is None or key is None or expired:
        raise NotFound(N_("There are no rejected rows, or their time is over."), remedy=N_("Import the file again."))
    opened = unseal(found.rejects, key, stream=number, kind=REJECTS)
    return {sheet: str(text).encode() for sheet, text in opened.items()}


def drop_expired(parts: Parts) -> int:
    """Forget rejected rows whose time is over."""
    with parts.pool.connection() as connection:
        return stored.drop_expired(connection, parts.now())


def _headings(files: Files) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (files.cases.headings if files.cases else ()), (files.contacts.headings if files.contacts else ())


def _start(parts: Parts, by: By, wanted: LineList, files: Files, number: UUID) -> None:
    with parts.pool.connection() as connection:
        if stored.run(connection, number) is None:
            where: dict[str, Any] = {"account": by.actor, "jurisdiction": wanted.jurisdiction, "total": files.total}
            stored.start_run(connection, number, what="cases", at=parts.now(), **where)


def _noting(parts: Parts, number: UUID, progress: Progress | None) -> Progress:
    """A progress that is also written down, every few seconds, for whoever looks at the run."""
    noted: list[datetime] = []

    def told(done: int, total: int) -> None:
        if progress:
            progress(done, total)
        now = parts.now()
        if not noted or (now - noted[-1]).total_seconds() >= TOLD_EVERY:
            noted.append(now)
            with parts.pool.connection() as connection:
                stored.note_progress(connection, number, {"done": done, "of": total})

    return told


def _report(number: UUID, files: Files, outcome: Outcome, translate: Translate) -> Report:
    named = {"cases": files.cases, "contacts": files.contacts}
    made: dict[str, bytes] = {}
    for name, sheet in named.items():
        reasons = {e.line: _reason(e, translate) for e in outcome.errors if e.sheet == name}
        if sheet is not None and reasons:
            made[name] = rejects(sheet, reasons, column="problem")
    counts, errors, warnings = outcome.counts(), tuple(outcome.errors), tuple(outcome.warnings)
    return Report(number, counts, errors, warnings, made, outcome.dry_run, _by_sheet(files, outcome))


def _by_sheet(files: Files, outcome: Outcome) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, sheet in (("cases", files.cases), ("contacts", files.contacts)):
        if sheet is not None:
            words = [word for (sheet_of, _), word in outcome.by_line.items() if sheet_of == name]
            found[name] = {word: words.count(word) for word in ("added", "updated", "unchanged")}
            found[name]["rejected"] = sum(error.sheet == name for error in outcome.errors)
            found[name]["read"] = len(sheet.rows) + len(sheet.errors)
    return found


def _reason(error: RowError, translate: Translate) -> str:
    return error.render(translate).partition(", ")[2]


def told(error: RowError, translate: Translate) -> dict[str, Any]:
    """A rejected or odd row for a list: sheet, line, column and the reason; never what stood in the cell."""
    reason = _reason(error, translate).removeprefix(f"{error.column}: ")
    return {"sheet": error.sheet, "line": error.line, "column": error.column, "problem": reason}


def kept(error: RowError) -> dict[str, Any]:
    """As `told`, with the message and its values apart, so that whoever reads it later reads it in their language."""
    values = {name: value if isinstance(value, (int, str)) else str(value) for name, value in error.values.items()}
    return {**told(error, str), "what": error.problem, "remedy": error.remedy, "values": values}


def _finish(parts: Parts, wanted: LineList, files: Files, by: By, report: Report) -> None:
    now = parts.now()
    result = {
        **report.counts,
        "sheets": report.by_sheet,
        "jurisdiction": short(wanted.jurisdiction),
        "errors": [kept(error) for error in report.errors[:MOST_TOLD]],
        "warnings": [kept(warning) for warning in report.warnings[:MOST_TOLD]],
    }
    with parts.pool.connection() as connection:
        signature = lists.signature(*_headings(files))
        stored.remember_mapping(connection, signature, wanted.mapping, account=by.actor, at=now)
        stored.finish_run(
            connection, report.run, result, rejects=_sealed(parts, report), expire_at=now + REJECTS_LIVE, at=now
        )


def _sealed(parts: Parts, report: Report) -> bytes | None:
    """The rejected rows under a key of the run's own, which the vault keeps."""
    if not report.rejects:
        return None
    key = parts.vault.keys([report.run], create=True)[report.run]
    texts = {sheet: content.decode() for sheet, content in report.rejects.items()}
    return seal(cast("Any", texts), key, stream=report.run, kind=REJECTS, nonce=parts.randomness(NONCE_BYTES))
