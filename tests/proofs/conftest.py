"""The real parts over a real PostgreSQL, as the tests of runtime have them; rulebooks are read from disk only once."""

from functools import cache

import pytest
from tests.runtime.conftest import RULEBOOKS, clock, parts  # noqa: F401 - fixtures

from epiloop.core.jurisdictions import code
from epiloop.rules.model import Rulebook
from epiloop.rules.source import load_folder
from epiloop.runtime.acts import Asked
from epiloop.runtime.adopting import adopt
from epiloop.runtime.parts import Parts

book = cache(lambda name: load_folder(RULEBOOKS / name))


def take(parts: Parts, text: Rulebook, where: str = "45") -> None:  # noqa: F811 - the name of the argument
    """Adopt a rulebook."""
    asked = Asked("test", "rule-keeping", f"adopt:{text.name}:{text.digest}")
    adopt(parts, asked, text, jurisdiction=code(where))


@pytest.fixture
def lawful(parts: Parts) -> Parts:  # noqa: F811 - the fixture above
    """Parts with the rulebooks `cn` and `who` adopted."""
    for name in ("cn", "who"):
        take(parts, book(name))
    return parts
