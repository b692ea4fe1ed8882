"""`epiloop itineraries`: stops in and out as files. What goes out is written down first."""

from pathlib import Path
from uuid import UUID

import click

from epiloop.cli._verbs import Installation, answer, as_json, bar, operator, say, with_database
from epiloop.core.errors import N_

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Where people were: take lists of stops in, write one person's stops to a file."""


@command.command(name="import")
@click.argument("file", type=FILE)
@click.option("--system", default="itineraries", help="A word for where the list comes from.")
@click.option("--people", default="", help="The system whose numbers stand for the people. Default: ids of ours.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Where rejected lines go.")
@as_json
@with_database
def import_(
    _installation: Installation, *, file: Path, system: str, people: str, rejects: Path | None, as_json: bool
) -> None:
    """Take in a list of stops (CSV or XLSX), one line each. The same list again changes nothing."""
    from epiloop.runtime import present
    from epiloop.runtime.requests import itineraries

    with bar(say(N_("Importing"))) as progress:
        came = itineraries.import_itineraries(
            present.running(),
            operator("data-import"),
            (file.name, file.read_bytes()),
            system=system,
            people=people,
            translate=say,
            progress=progress,
        )
    written = _write(came.mend, rejects or Path(f"{file.stem}.rejects.csv"))
    found = {name: getattr(came, name) for name in ("read", "told", "unchanged", "rejected")}
    found |= {"rejects_file": written, "errors": [{"line": one.line, "what": str(one.wrong)} for one in came.errors]}
    answer(found, lambda: say(N_("%(read)d lines: %(told)d recorded, %(rejected)d rejected")) % found, as_json=as_json)


@command.command()
@click.argument("person", type=click.UUID)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["csv", "xlsx"]), default="csv")
@as_json
@with_database
def export(_installation: Installation, *, person: UUID, out: Path, form: str, as_json: bool) -> None:
    """Write the stops of one person to a file that `import` takes."""
    from epiloop.runtime import present
    from epiloop.runtime.requests import itineraries

    made = itineraries.export_itinerary(present.running(), operator("data-export"), person, form)
    out.touch(mode=0o600)
    out.write_bytes(made.content)
    found = {"rows": made.rows, "file": str(out)}
    answer(found, lambda: say(N_("%(rows)d rows in %(file)s")) % found, as_json=as_json)


def _write(content: bytes, path: Path) -> str | None:
    if not content:
        return None
    path.touch(mode=0o600)
    path.write_bytes(content)
    return str(path)
