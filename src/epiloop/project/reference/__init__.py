"""Reference pages made from the code: what stands in docs/reference and must never be written by hand.

`epiloop reference` writes them, a test fails when one is stale. Each page is a function without arguments that gives
the whole text, so the same code always gives the same page.
"""

from epiloop.project.reference.writing import PAGES, stale, write

__all__ = ["PAGES", "stale", "write"]
