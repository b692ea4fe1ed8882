"""`epiloop test`: everything that the machine can check, pytest last."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click

from epiloop.core.errors import EpiloopError
from epiloop.project import frontend, languages

CHECKOUT = frontend.CHECKOUT
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

PROCESSES = 2
"""Of pytest: each has two PostgreSQL servers, a key service and at times a browser. As many checks run at a time."""


@dataclass(frozen=True, slots=True)
class Check:
    """One tool with its arguments."""

    name: str
    command: Sequence[str]


def check_everything(*, fast: bool, tests: Sequence[str] = ()) -> int:
    """Run all checks, also after a failure, and pytest at the end; 0 only if every one passed."""
    failed = _failed([] if tests else list(_checks()))
    _tell_browser()
    if failed:
        click.secho(f"Failed before pytest: {', '.join(failed)}", fg="red", bold=True)
    click.secho("== pytest", bold=True)
    chosen = ["-m", "not slow and not browser"] if fast else []
    done = subprocess.run([sys.executable, "-m", "pytest", *chosen, *_at_once(tests)], cwd=CHECKOUT, check=False)
    return done.returncode or int(bool(failed))


def _at_once(tests: Sequence[str]) -> Sequence[str]:
    """Chosen tests run in this order, one after the other; all of them in two processes, each with its installation.

    Files go to them in the order that `tests/conftest.py` gives.
    """
    if tests or (os.cpu_count() or 1) < PROCESSES:
        return tests
    return ["-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder", "-q"]


def find_chromium() -> str | None:
    """The browser for the browser tests: EPILOOP_CHROMIUM, else one on the PATH or in the usual place."""
    if given := os.environ.get("EPILOOP_CHROMIUM"):
        return given
    on_path = (shutil.which(name) for name in BROWSERS)
    return next((path for path in (*on_path, *(path for path in MAC_BROWSERS if Path(path).exists())) if path), None)


def _checks() -> Iterator[Check]:
    """The longest first."""
    programs = Path(sys.executable).parent
    yield Check("mypy", [sys.executable, "-m", "mypy"])
    yield Check("ruff", [sys.executable, "-m", "ruff", "check"])
    yield Check("ruff format", [sys.executable, "-m", "ruff", "format", "--check"])
    yield Check("import-linter", [str(programs / "lint-imports"), "--no-logo"])
    if importlib.util.find_spec("epiloop.cli.rules"):
        yield Check("rules check", [sys.executable, "-m", "epiloop", "rules", "check"])
        yield Check("rules test", [sys.executable, "-m", "epiloop", "rules", "test"])


def _failed(checks: Sequence[Check]) -> Sequence[str]:
    """Build, and let the checks run meanwhile; the names of those that did not pass, once each has said why."""
    with ThreadPoolExecutor(PROCESSES) as beside:
        running = [(check, beside.submit(_run, check)) for check in checks]
        _build()
        return [check.name for check, run in running if not _passed(check, run.result())]


def _run(check: Check) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(check.command, cwd=CHECKOUT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def _passed(check: Check, done: "subprocess.CompletedProcess[bytes]") -> bool:
    click.secho(f"== {check.name}", bold=True)
    click.echo(done.stdout, nl=False)
    return done.returncode == 0


def _build() -> None:
    languages.compile_changed()
    try:
        if frontend.is_due():
            click.secho("== front end", bold=True)
            frontend.build()
    except EpiloopError as wrong:  # browser tests of what needs it say so themselves
        click.echo(wrong.render(), err=True)


def _tell_browser() -> None:
    if find_chromium() is None:
        click.echo(
            "The browser tests are skipped: Chromium was not found. On Debian `apt-get install chromium`, elsewhere set"
            " EPILOOP_CHROMIUM to a Chromium or Chrome."
        )
