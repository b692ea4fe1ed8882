"""The commands that documents tell people to type are typed, and what the documents show is what came."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.blocks import ROOT, blocks, documents, name

from epiloop.project.home import installation_at
from epiloop.project.supervisor import wait_until_stopped

RUN = [path for path in documents() if any(block.info == "sh test" for block in blocks(path))]
SHOWN = "text shows"
HELD = 'until [ -e "$EPILOOP_HOME/run/held" ]; do sleep 0.1; done'


@pytest.fixture
def home() -> Iterator[Path]:
    """A home directory of its own, with no Epiloop in it."""
    with tempfile.TemporaryDirectory(prefix="epiloop-docs-", ignore_cleanup_errors=True) as directory:
        os.chmod(directory, 0o755)  # noqa: PTH101 - the system user that root hands installations to must enter
        yield Path(directory)
        for found in Path(directory).glob("*/settings.toml"):
            wait_until_stopped(installation_at(found.parent))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("path", RUN, ids=name)
def test_commands_do_what_the_document_shows(path: Path, home: Path) -> None:
    said = _run(_script(path), home)
    for block in blocks(path):
        for line in block.text.splitlines() if block.info == SHOWN else ():
            assert _plain(line) in _plain(said), f"{name(path)} shows what the commands did not say:\n{line}\n\n{said}"


def test_there_are_documents_with_commands() -> None:
    assert "docs/tutorials/your-first-outbreak.md" in map(name, RUN)


def _script(path: Path) -> str:
    """All blocks to be run, as one script; the command is the one of these tests, not one that installs itself."""
    text = "".join(block.text for block in blocks(path) if block.info == "sh test")
    python = shlex.quote(sys.executable)
    typed = re.sub(r"(?:\.{1,2}/)+epiloop (?=[a-z])", f"{python} -m epiloop ", text)
    holding = f"exec {{held}}> >({python} {ROOT / 'tests/docs/holding.py'}); {HELD}"
    return re.sub(rf"^({re.escape(python)} -m epiloop init.*)$", rf"\1\n{holding}", typed, flags=re.MULTILINE)


def _run(script: str, home: Path) -> str:
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "LC_ALL": "C.UTF-8", "HOME": str(home)}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=850,
    )
    assert done.returncode == 0, f"the commands ended with {done.returncode}:\n{script}\n{done.stdout}"
    return done.stdout


def _plain(text: str) -> str:
    return " ".join(text.split())
