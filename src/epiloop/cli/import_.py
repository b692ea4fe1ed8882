"""`epiloop import`: line lists and code tables, with rejected rows as a file to mend."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from epiloop.cli._verbs import Installation, Jurisdiction, answer, as_json, bar, note, operator, say, with_database
from epiloop.core.errors import N_
from epiloop.core.jurisdictions import Code, code

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ANYWHERE = code("99")
"""Where people of a list stay that names no place, if nobody says where: no division has this number."""


@click.group()
def command() -> None:
    """Take over line lists and code tables."""


@command.command()
@click.argument("file", type=FILE)
@click.option("--contacts", type=FILE, help="A contact list beside the case list.")
@click.option("--mapping", type=FILE, required=True, help="YAML: which column is which field.")
@click.option("--jurisdiction", type=Jurisdiction(), help="Where people stay of whom the list does not say it.")
@click.option("--complete", is_flag=True, help="The contact list is whole: withdraw links it no longer names.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Where rejected rows go.")
@as_json
@with_database
def cases(
    installation: Installation,
    *,
    file: Path,
    contacts: Path | None,
    mapping: Path,
    jurisdiction: Code | None,
    dry_run: bool,
    as_json: bool,
    **more: Any,
) -> None:
    """Import a line list (CSV or XLSX). The same list again changes nothing."""
    from epiloop.runtime import present
    from epiloop.runtime.requests import importing

    where = jurisdiction or _home_of(installation)
    wanted = importing.LineList(where, mapping.read_text("utf-8"), _upload(file), _upload(contacts), more["complete"])
    with bar(say(N_("Importing"))) as progress:
        report = importing.run(
            present.running(), operator("data-import"), wanted, dry_run=dry_run, translate=say, progress=progress
        )
    written = _write(report.rejects, more["rejects"] or Path(f"{file.stem}.rejects.csv"))
    found: dict[str, Any] = {**report.counts, "rejects_file": written[0] if written else None, "dry_run": dry_run}
    found |= {"rejects_files": written, "run": None if dry_run else str(report.run)}
    found |= {
        name: [importing.told(error, say) for error in errors]
        for name, errors in (("errors", report.errors), ("warnings", report.warnings))
    }
    answer(found, lambda: _counts_said(found), as_json=as_json)


@command.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), default="2000-01-01", help="From which day the table holds."
)
@click.option("--source", default="", help="The document it comes from. Default: the file's name.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Where rejected rows go.")
@as_json
@with_database
def divisions(
    _installation: Installation, *, files: Sequence[Path], since: Any, source: str, rejects: Path | None, as_json: bool
) -> None:
    """Import a code table of divisions: one file with parent_code, or five that each name the codes above."""
    from epiloop.runtime import present
    from epiloop.runtime.requests import divisions as tables

    texts = [file.read_text("utf-8-sig") for file in files]
    day: date = since.date()
    with bar(say(N_("Divisions"))) as progress:
        came = tables.import_divisions(
            present.parts(),
            operator("register-keeping"),
            texts,
            since=day,
            source=source or files[0].name,
            progress=lambda step, done, total: progress(done, total if step == "write" else 0),
        )
    errors = tables.rejected_rows(texts, came.errors, say) if came.errors else b""
    written = _write({"divisions": errors} if errors else {}, rejects or Path(f"{files[0].stem}.rejects.csv"))
    found: dict[str, Any] = {
        "read": came.read,
        "added": came.added,
        "updated": came.changed,
        "unchanged": came.unchanged,
        "folded": came.folded,
        "rejected": len(came.errors),
        "rejects_file": written[0] if written else None,
    }
    answer(found, lambda: _counts_said(found), as_json=as_json)


@command.command()
@click.argument("file", type=FILE)
@click.option("--system", default="places", help="Where the list comes from: the same number of it is the same place.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Where rejected rows go.")
@as_json
@with_database
def places(_installation: Installation, *, file: Path, system: str, rejects: Path | None, as_json: bool) -> None:
    """Import a list of places (CSV or XLSX), one line a zone. The same list again changes nothing."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.places import import_places

    asker, named = operator("register-keeping"), (file.name, file.read_bytes())
    with bar(say(N_("Importing"))) as progress:
        came = import_places(present.parts(), asker, named, system=system, translate=say, progress=progress)
    written = _write({"places": came.mend} if came.mend else {}, rejects or Path(f"{file.stem}.rejects.csv"))
    names = ("read", "added", "updated", "unchanged", "rejected")
    found: dict[str, Any] = {name: getattr(came, name) for name in names}
    found["rejects_file"] = written[0] if written else None
    answer(found, lambda: _counts_said(found), as_json=as_json)


def _home_of(installation: Installation) -> Code:
    given = installation.settings.get("jurisdiction")
    if given:
        return code(str(given))
    note(say(N_("No --jurisdiction: people without a stay in the list are put under the code 99.")))
    return ANYWHERE


def _upload(file: Path | None) -> Any:
    from epiloop.runtime.requests.importing import Upload

    return Upload(file.name, file.read_bytes()) if file else None


def _write(rejects: Any, to: Path) -> list[str]:
    """Write the files of rejected rows: the first where asked, the one of another sheet beside it."""
    written: list[str] = []
    for number, (sheet, content) in enumerate(rejects.items()):
        path = to if number == 0 else to.with_stem(f"{to.stem}.{sheet}")
        path.touch(mode=0o600)
        path.write_bytes(content)
        written.append(str(path))
    return written


def _counts_said(found: dict[str, Any]) -> str:
    names = {
        "read": N_("read"),
        "added": N_("added"),
        "updated": N_("updated"),
        "unchanged": N_("unchanged"),
        "rejected": N_("rejected"),
        "withdrawn": N_("withdrawn"),
    }
    line = "  ".join(f"{say(word)} {found[name]}" for name, word in names.items() if name in found)
    return f"{line}\n{found['rejects_file']}" if found["rejects_file"] else line
