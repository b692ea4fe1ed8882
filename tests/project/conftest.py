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


@pytest.fixture
def up(stood: Installation) -> Iterator[Up]:
    (stood.run_dir / "address").unlink(missing_ok=True)  # of one that was killed
    running = start(stood)
    yield running
    if running.process.poll() is None:
        running.stop()
    wait_for(lambda: not is_up(stood), "key service and PostgreSQL to stop")
