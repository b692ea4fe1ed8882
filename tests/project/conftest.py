"""Installations of their own for tests that start and stop them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.project.running import Up, laid_out, start, wait_for

from epiloop.project.home import Installation
from epiloop.project.supervisor import is_up


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[[str], Installation]]:
    """Makes installations by name, and looks that nothing of theirs outlives the test."""
    made: list[Installation] = []

    def make(name: str) -> Installation:
        made.append(laid_out(tmp_path / name))
        return made[-1]

    yield make
    for installation in made:
        wait_for(lambda one=installation: not is_up(one), "key service and PostgreSQL to stop")


@pytest.fixture(scope="session")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation that is made by the first test that starts it; the others find it as that one left it."""
    return laid_out(tmp_path_factory.mktemp("stood") / "home")


@pytest.fixture(scope="module")
def left_running() -> Iterator[list[Up]]:
    """What the test before did not stop; stopped after the last one of a file."""
    running: list[Up] = []
    yield running
    for one in running:
        stop(one)


@pytest.fixture
def up(stood: Installation, left_running: list[Up]) -> Iterator[Up]:
    """A running installation, as the test before left it: started if it stopped or killed it."""
    if not left_running:
        (stood.run_dir / "address").unlink(missing_ok=True)  # of one that was killed
        left_running.append(start(stood))
    yield left_running[0]
    if left_running[0].process.poll() is not None:
        stop(left_running.pop())


def stop(one: Up) -> None:
    if one.process.poll() is None:
        one.stop()
    wait_for(lambda: not is_up(one.installation), "key service and PostgreSQL to stop")
