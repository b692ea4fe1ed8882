"""The reference pages of the command line and the interface say what both are."""

import tests.api.conftest  # noqa: F401 - sets Django up

from epiloop.project.reference import stale


def test_the_reference_pages_of_both_doors_are_current() -> None:
    assert not {"api.md", "cli.md"} & set(stale()), "run `epiloop reference`"
