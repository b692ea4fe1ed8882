"""A code table of divisions imported as a run that can be watched: progress, numbers, rejected rows as a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic
from typing import Any, cast
from uuid import UUID

from epiloop.core.errors import EpiloopError
from epiloop.core.rights import EVERYWHERE
from epiloop.registers.jurisdictions.table import RowError
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests import divisions
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.importing import MOST_TOLD, REJECTS, REJECTS_LIVE
from epiloop.store import intake as stored
from epiloop.vault.sealing import NONCE_BYTES, seal

NOTED_EVERY = 1.0
SHEET = "divisions"


@dataclass(frozen=True, slots=True)
class CodeTable:
    """The text of the files, from when on they hold, and the document they come from."""

    files: Sequence[str]
    since: date
    source: str


def begin(parts: Parts, by: By) -> UUID:
    """Note that an import of divisions begins; the id of the run. Raises NotAllowed."""
    by.check(divisions.RIGHT, EVERYWHERE)
    run = by.new_id("import")
    with parts.pool.connection() as connection:
        if stored.run(connection, run) is None:
            where: dict[str, Any] = {"account": by.actor, "jurisdiction": EVERYWHERE, "total": 0}
            stored.start_run(connection, run, what=SHEET, at=parts.now(), **where)
    return run


def carry_out(parts: Parts, by: By, wanted: CodeTable, translate: Callable[[str], str]) -> None:
    """Import the table and note what came of it; what it cannot read at all is noted, too."""
    run = by.new_id("import")
    try:
        came = divisions.import_divisions(
            parts, by, wanted.files, since=wanted.since, source=wanted.source, progress=_noting(parts, run)
        )
    except EpiloopError as wrong:
        values = {name: str(value) for name, value in wrong.values.items()}
        failed = {"what": wrong.what, "where": wrong.where, "remedy": wrong.remedy, "values": values}
        _finish(parts, run, {"failed": failed}, b"")
        return
    result = _counts(came) | {"errors": [_kept(error) for error in came.errors[:MOST_TOLD]]}
    mend = divisions.rejected_rows(wanted.files, came.errors, translate) if came.errors else b""
    _finish(parts, run, result, mend)


def _counts(came: divisions.Imported) -> dict[str, Any]:
    names = ("read", "added", "changed", "unchanged", "folded")
    return {name: getattr(came, name) for name in names} | {"rejected": len(came.errors)}


def _kept(error: RowError) -> dict[str, Any]:
    values = {name: value if isinstance(value, (int, str)) else str(value) for name, value in error.values.items()}
    return {"sheet": SHEET, "line": error.line, "column": "", "what": error.what, "remedy": "", "values": values}


def _noting(parts: Parts, run: UUID) -> divisions.Progress:
    noted = [monotonic()]

    def told(step: str, done: int, total: int) -> None:
        if monotonic() - noted[-1] >= NOTED_EVERY:
            noted.append(monotonic())
            with parts.pool.connection() as connection:
                stored.note_progress(connection, run, {"step": step, "done": done, "of": total})

    return told


def _finish(parts: Parts, run: UUID, result: dict[str, Any], mend: bytes) -> None:
    now = parts.now()
    sealed = None
    if mend:
        key = parts.vault.keys([run], create=True)[run]
        content = cast("Any", {SHEET: mend.decode()})
        sealed = seal(content, key, stream=run, kind=REJECTS, nonce=parts.randomness(NONCE_BYTES))
    with parts.pool.connection() as connection:
        stored.finish_run(connection, run, result, rejects=sealed, expire_at=now + REJECTS_LIVE, at=now)
