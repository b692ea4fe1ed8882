"""Between upload and import: files sealed under a key of their own, tried and imported by whoever is free.

A page keeps what was uploaded here while somebody maps its columns. Work on it is asked for (`order`) and done by
`work`: at once in a thread of the process that took the order, or by the worker if that process died. An import that
was broken off goes on where it was, since every batch of it is done once per key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, cast
from uuid import UUID

from epiloop.core.errors import N_, EpiloopError, NotFound, Refused
from epiloop.core.jurisdictions import Code
from epiloop.operations.investigation.mapping import parse_mapping
from epiloop.runtime.intake import Progress
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.requests import importing
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.importing import LineList, Report, Upload
from epiloop.store import intake as runs
from epiloop.store import uploads as stored
from epiloop.vault.sealing import NONCE_BYTES, seal, unseal

LIVES = timedelta(hours=24)
"""How long an upload waits for its import."""
KIND = "import-upload"
PURPOSE = "data-import"
TRY, IMPORT = "try", "import"
NOTED_EVERY = 1.0
"""Seconds between two notes of how far a trial is."""
MOST_ERRORS = 500
EVER = datetime(1900, 1, 1, tzinfo=UTC)

Asker = Callable[[str], By]
"""From the id of an account to the one who asks, with the rights held now; the key is left empty."""
Translator = Callable[[str], Callable[[str], str]]
"""From a language to its messages."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An upload: where it will go, how it is mapped, what is being done with it, what a trial found."""

    id: UUID
    jurisdiction: Code
    mapping: str
    wanted: str
    state: Mapping[str, Any]
    made_at: datetime
    expires_at: datetime


def keep(running: Running, by: By, wanted: LineList, *, disease: str = "", mapped: bool = False) -> UUID:
    """Keep the files sealed until they are imported; the id of the upload.

    `wanted.mapping` names the system, or is the mapping itself if they are `mapped` already. Raises NotAllowed,
    InvalidInput for files that are no tables, or a mapping that is none.
    """
    parts = running.parts
    by.check(importing.RIGHT, wanted.jurisdiction)
    files = importing.sheets(wanted.cases, wanted.contacts)
    mapping = wanted.mapping
    if mapped:
        parse_mapping(mapping)
    else:
        mapping, _ = importing.proposed(parts, files, system=wanted.mapping, disease=disease)
    now, upload = parts.now(), by.new_id("upload")
    sealed = _sealed(parts, upload, wanted)
    row = stored.Stored(
        upload,
        by.actor,
        wanted.jurisdiction,
        now,
        now + LIVES,
        mapping,
        wanted="",
        language="",
        state={},
        sealed=sealed,
    )
    with parts.pool.connection() as connection:
        if stored.one(connection, upload, now) is None:
            stored.keep(connection, row)
    return upload


def waiting(parts: Parts, by: By, upload: UUID) -> Waiting:
    """One's own upload. Raises NotFound once it was imported or expired."""
    with parts.pool.connection() as connection:
        return _shown(_own(stored.one(connection, upload, parts.now()), by))


def all_waiting(parts: Parts, by: By) -> list[Waiting]:
    """One's own uploads, the latest first."""
    with parts.pool.connection() as connection:
        return [_shown(each) for each in stored.of_account(connection, by.actor, parts.now())]


def files_of(parts: Parts, by: By, upload: UUID) -> tuple[Upload | None, Upload | None]:
    """The case list and the contact list of one's own upload, opened."""
    with parts.pool.connection() as connection:
        row = _own(stored.one(connection, upload, parts.now(), files=True), by)
    return _opened(parts, row)


def change_mapping(parts: Parts, by: By, upload: UUID, mapping: str) -> None:
    """Map the columns otherwise. Raises InvalidInput for a mapping that is none, Refused while it is worked on."""
    parse_mapping(mapping)
    waiting(parts, by, upload)
    with parts.pool.connection() as connection:
        if not stored.change_mapping(connection, upload, mapping):
            raise Refused(N_("This list is being worked on."), remedy=N_("Wait until it is done."))


def order(parts: Parts, by: By, upload: UUID, wanted: str, *, language: str = "") -> None:
    """Ask for a trial or the import; asking again while it is under way changes nothing."""
    waiting(parts, by, upload)
    with parts.pool.connection() as connection:
        stored.want(connection, upload, wanted, language)


def forget(parts: Parts, by: By, upload: UUID) -> None:
    """Throw one's own upload away. Raises Refused while it is worked on."""
    if waiting(parts, by, upload).wanted:
        raise Refused(N_("This list is being worked on."), remedy=N_("Wait until it is done."))
    _drop(parts, upload)


def run_id(by: By, upload: UUID) -> UUID:
    """The run that importing this upload makes."""
    return _importer(by, upload).new_id("import")


def work(running: Running, upload: UUID, asker: Asker, translator: Translator) -> bool:
    """Do what is asked for; False if nothing is, or somebody else does it."""
    parts = running.parts
    with parts.pool.connection() as connection, stored.claimed(connection, upload) as mine:
        row = stored.one(connection, upload, EVER, files=True) if mine else None
        connection.commit()
        if row is None or not row.wanted:
            return False
        by = _importer(asker(row.account), upload)
        if row.wanted == IMPORT and _is_imported(parts, by):
            _drop(parts, upload)
        else:
            _carry_out(running, row, by, translator(row.language))
        return True


def take_up(running: Running, asker: Asker, translator: Translator) -> int:
    """Do all that is asked for and that nobody does; how many pieces of work."""
    with running.parts.pool.connection() as connection:
        found = stored.wanted(connection)
    return sum(work(running, upload, asker, translator) for upload in found)


def anything_wanted(parts: Parts) -> bool:
    """Whether somebody asked for work that is not done yet."""
    with parts.pool.connection() as connection:
        return bool(stored.wanted(connection))


def drop_expired(parts: Parts) -> int:
    """Forget uploads whose time is over, key and all."""
    with parts.pool.connection() as connection:
        found = stored.expired(connection, parts.now())
    for upload in found:
        _drop(parts, upload)
    return len(found)


def _carry_out(running: Running, row: stored.Stored, by: By, translate: Callable[[str], str]) -> None:
    parts, dry = running.parts, row.wanted == TRY
    try:
        cases, contacts = _opened(parts, row)
        wanted = LineList(Code(row.jurisdiction), row.mapping, cases, contacts)
        progress = _noting(parts, row.id) if dry else None
        report = importing.run(running, by, wanted, dry_run=dry, translate=translate, progress=progress)
    except EpiloopError as wrong:
        _settle(parts, row.id, {"failed": _error(wrong)})
        return
    if dry:
        _settle(parts, row.id, {"tried": _found(report)})
    else:
        _drop(parts, row.id)


def _is_imported(parts: Parts, by: By) -> bool:
    """Whether the import ended and only forgetting the files was cut short."""
    with parts.pool.connection() as connection:
        run = runs.run(connection, by.new_id("import"))
    return run is not None and run.finished_at is not None


def _noting(parts: Parts, upload: UUID) -> Progress:
    noted = [monotonic()]

    def told(done: int, total: int) -> None:
        if monotonic() - noted[-1] >= NOTED_EVERY:
            noted.append(monotonic())
            with parts.pool.connection() as connection:
                stored.note(connection, upload, {"done": done, "of": total}, done=False)

    return told


def _settle(parts: Parts, upload: UUID, state: Mapping[str, Any]) -> None:
    with parts.pool.connection() as connection:
        stored.note(connection, upload, state, done=True)


def _found(report: Report) -> dict[str, Any]:
    return {
        "counts": dict(report.counts),
        "sheets": report.by_sheet,
        "errors": [importing.kept(error) for error in report.errors[:MOST_ERRORS]],
        "warnings": [importing.kept(warning) for warning in report.warnings[:MOST_ERRORS]],
        "odd": len(report.warnings),
    }


def _error(wrong: EpiloopError) -> dict[str, Any]:
    values = {name: str(value) for name, value in wrong.values.items()}
    return {"what": wrong.what, "where": wrong.where, "remedy": wrong.remedy, "values": values}


def _importer(by: By, upload: UUID) -> By:
    return replace(by, purpose=PURPOSE, key=f"upload:{upload}")


def _own(row: stored.Stored | None, by: By) -> stored.Stored:
    if row is None or row.account != by.actor:
        raise NotFound(
            N_("These files are no longer here: they were imported, thrown away, or their day was over."),
            remedy=N_("Upload them again."),
        )
    return row


def _shown(row: stored.Stored) -> Waiting:
    code = Code(row.jurisdiction)
    return Waiting(row.id, code, row.mapping, row.wanted, row.state, row.made_at, row.expires_at)


def _sealed(parts: Parts, upload: UUID, wanted: LineList) -> bytes:
    named = {"cases": wanted.cases, "contacts": wanted.contacts}
    content = {name: [one.name, one.content] for name, one in named.items() if one}
    key = parts.vault.keys([upload], create=True)[upload]
    return seal(cast("Any", content), key, stream=upload, kind=KIND, nonce=parts.randomness(NONCE_BYTES))


def _opened(parts: Parts, row: stored.Stored) -> tuple[Upload | None, Upload | None]:
    key = parts.vault.keys([row.id], create=False).get(row.id)
    if row.sealed is None or key is None:
        raise NotFound(N_("The files of this upload are gone."), remedy=N_("Upload them again."))
    content = cast("dict[str, tuple[str, bytes]]", unseal(row.sealed, key, stream=row.id, kind=KIND))
    cases, contacts = (Upload(*content[name]) if name in content else None for name in ("cases", "contacts"))
    return cases, contacts


def _drop(parts: Parts, upload: UUID) -> None:
    """The key and the row: what backups still hold of the row opens no more. Raises Unavailable with both still there:
    a row without its key can be dropped later, a key without its row would be forgotten by nobody.
    """
    parts.vault.erase([upload])
    with parts.pool.connection() as connection:
        stored.drop(connection, upload)
