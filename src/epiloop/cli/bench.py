"""`epiloop bench`: run one of the benchmarks beside the code and print its table."""

import contextlib
import os
import platform
import sys
from collections.abc import Collection
from importlib import import_module
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
@click.option("--size", type=click.Choice(["small", "full", "county", "city"]), default="small", show_default=True)
@as_json
def command(name: str, size: str, *, as_json: bool) -> None:
    """Run benchmark NAME: acts, checkins, county, engine, linelist, names, pages or trace.

    Its answers are checked, its times are those of this machine.
    """
    if name not in names():
        choices = ", ".join(names())
        raise NotFound(N_("There is no benchmark %(name)s; known are: %(choices)s."), name=name, choices=choices)
    on = machine()
    lines = plain(_run(name, size))
    answer({"benchmark": name, "machine": on, "size": size, "lines": lines}, lambda: _said(on, lines), as_json=as_json)


def check_size(name: str, size: str, sizes: Collection[str]) -> None:
    """Each benchmark has sizes of its own; raises NotFound with their names."""
    if size not in sizes:
        message = N_("Benchmark %(name)s has no size %(size)s; known are: %(choices)s.")
        raise NotFound(message, name=name, size=size, choices=", ".join(sizes))


def machine() -> str:
    """What the numbers are measured on, with the load from others before."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load before {load:.1f}"


def _run(name: str, size: str) -> Any:
    """The benchmark's lines. By its name, so that processes it starts find it; what it prints is not the answer."""
    sys.path.insert(0, str(FOLDER))
    try:
        with contextlib.redirect_stdout(sys.stderr):
            benchmark = import_module(name)
            check_size(name, size, benchmark.SIZES)
            return benchmark.run(size)
    finally:
        sys.path.remove(str(FOLDER))


def _said(on: str, found: Any) -> str:
    rows = [row for row in (found if isinstance(found, list) else [found]) if isinstance(row, dict)]
    headings = list(dict.fromkeys(name for row in rows for name in row))
    lines = table(headings, [[row.get(name) for name in headings] for row in rows]) if rows else str(found)
    return f"{on}\n{lines}"
