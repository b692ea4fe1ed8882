"""`epiloop bench`: run one of the benchmarks beside the code and print its table."""

import runpy
from pathlib import Path
from typing import Any

import click

from epiloop.cli._verbs import answer, as_json, plain, table
from epiloop.core.errors import N_, NotFound

FOLDER = Path(__file__).parents[3] / "benchmarks"


def names() -> list[str]:
    """The benchmarks there are: files of the folder that have a function `run`."""
    return sorted(file.stem for file in FOLDER.glob("*.py") if "\ndef run(" in file.read_text("utf-8"))


@click.command()
@click.argument("name")
@click.option("--size", type=click.Choice(["small", "full"]), default="small", show_default=True)
@as_json
def command(name: str, size: str, *, as_json: bool) -> None:
    """Run benchmark NAME; its answers are checked, its times are those of this machine."""
    if name not in names():
        choices = ", ".join(names())
        raise NotFound(N_("There is no benchmark %(name)s; known are: %(choices)s."), name=name, choices=choices)
    found = plain(runpy.run_path(str(FOLDER / f"{name}.py"), run_name=f"benchmarks.{name}")["run"](size))
    answer({"benchmark": name, "size": size, "rows": found}, lambda: _said(found), as_json=as_json)


def _said(found: Any) -> str:
    rows = [row for row in (found if isinstance(found, list) else [found]) if isinstance(row, dict)]
    headings = list(dict.fromkeys(name for row in rows for name in row))
    return table(headings, [[row.get(name) for name in headings] for row in rows]) if rows else str(found)
