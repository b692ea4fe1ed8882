"""`epiloop export`: lists to files. Names only with --named; every export is written down first."""

from pathlib import Path

import click

from epiloop.cli._verbs import Installation, Jurisdiction, answer, as_json, operator, say, with_database
from epiloop.core.errors import N_
from epiloop.core.jurisdictions import Code


@click.group()
def command() -> None:
    """Write lists to files."""


@command.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--jurisdiction", type=Jurisdiction(), required=True, help="Whose cases.")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx"]), default="csv")
@click.option("--disease", help="Only this disease.")
@click.option("--named", is_flag=True, help="With names, phones and documents.")
@as_json
@with_database
def cases(
    _installation: Installation,
    *,
    out: Path,
    jurisdiction: Code,
    form: str,
    disease: str | None,
    named: bool,
    as_json: bool,
) -> None:
    """The cases of a jurisdiction, one line each."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.exporting import Wanted, export_cases

    wanted = Wanted(jurisdiction, present.now(), form, disease, named)
    made = export_cases(present.running(), operator("data-export"), wanted)
    out.touch(mode=0o600)
    out.write_bytes(made.content)
    found = {"rows": made.rows, "file": str(out)}
    answer(found, lambda: say(N_("%(rows)d rows in %(file)s")) % found, as_json=as_json)


@command.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--jurisdiction", type=Jurisdiction(), required=True, help="Whose places.")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx"]), default="csv")
@as_json
@with_database
def places(_installation: Installation, *, out: Path, jurisdiction: Code, form: str, as_json: bool) -> None:
    """The places of a jurisdiction, one line for each zone, as `epiloop import places` takes them."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.places import export_places

    made = export_places(present.running(), operator("data-export"), jurisdiction, form)
    out.touch(mode=0o600)
    out.write_bytes(made.content)
    found = {"rows": made.rows, "file": str(out)}
    answer(found, lambda: say(N_("%(rows)d rows in %(file)s")) % found, as_json=as_json)
