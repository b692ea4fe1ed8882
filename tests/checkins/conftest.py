"""Parts over a clean installation with days announced, as `tests.runtime` has them."""

from tests.runtime.conftest import clock, lawful, parts

__all__ = ["clock", "lawful", "parts"]
