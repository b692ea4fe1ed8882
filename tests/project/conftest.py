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


@pytest.fixture
def up(place: Callable[[str], Installation]) -> Iterator[Up]:
    running = start(place("home"))
    yield running
    if running.process.poll() is None:
        running.stop()
