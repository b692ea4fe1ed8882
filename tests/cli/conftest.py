"""The command line on the real installation, in this process and as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from epiloop.core.errors import EpiloopError
from epiloop.project.home import Installation
from epiloop.project.main import Wiring, cli

Run = Callable[..., Result]


@pytest.fixture
def run(clean: Installation) -> Run:
    """Run a verb on an empty installation; an error of the domain becomes its exit code, as in `main`."""
    return _run


def _run(*arguments: object, stdin: str = "") -> Result:
    result = CliRunner().invoke(cli, [str(each) for each in arguments], obj=Wiring(), input=stdin)
    if isinstance(result.exception, EpiloopError):
        result.exit_code = result.exception.exit_code
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def read(result: Result) -> Any:
    """The one JSON value on standard output."""
    assert result.exit_code == 0, (result.exception, result.stderr)
    assert result.stdout.count("\n") == 1
    return json.loads(result.stdout)


def process(*arguments: object, home: Path, **more: Any) -> "subprocess.CompletedProcess[str]":
    """Run `epiloop` as people do."""
    command = [sys.executable, "-m", "epiloop", *map(str, arguments)]
    return subprocess.run(
        command,
        env={**os.environ, "EPILOOP_HOME": str(home), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        **more,
    )
