"""The real parts over a real PostgreSQL, as the tests of runtime have them."""

from tests.rules.cast import book
from tests.runtime.conftest import clock, lawful, parts

from epiloop.core.jurisdictions import code
from epiloop.rules.model import Rulebook
from epiloop.runtime.acts import Asked
from epiloop.runtime.adopting import adopt
from epiloop.runtime.parts import Parts

__all__ = ["book", "clock", "lawful", "parts", "take"]


def take(on: Parts, text: Rulebook, where: str = "45") -> None:
    """Adopt a rulebook."""
    asked = Asked("test", "rule-keeping", f"adopt:{text.name}:{text.digest}")
    adopt(on, asked, text, jurisdiction=code(where))
