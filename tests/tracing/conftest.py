"""Accounts of these tests have passwords that cost nothing, as those of `tests.api` do."""

from tests.api.conftest import quick

__all__ = ["quick"]
