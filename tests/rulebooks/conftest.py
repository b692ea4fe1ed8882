"""The rulebooks of this repository, read once."""

from pathlib import Path

import pytest

from epiloop.rules.model import Rulebook
from epiloop.rules.source import load_named

ROOT = Path(__file__).parents[2] / "rulebooks"


@pytest.fixture(scope="session")
def cn() -> Rulebook:
    """The national rules of mainland China."""
    return load_named(ROOT, "cn")[0]


@pytest.fixture(scope="session")
def jinhua() -> tuple[Rulebook, ...]:
    """Jinhua's table of key populations, below the national rules."""
    return load_named(ROOT, "jinhua")
