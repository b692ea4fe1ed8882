"""Array types and the few array operations that the generator repeats."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.str_]
Days = NDArray[np.datetime64]

NOBODY = -1
"""In a column of indexes: none."""


def stream(seed: int, *path: int) -> np.random.Generator:
    """An independent generator for each path under a seed, so that parts can be made alone and in any order."""
    return np.random.default_rng([seed, *path])


def shares(total: int, weights: Floats) -> Ints:
    """Whole numbers in proportion to the weights that add up to `total` (largest remainders)."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    rest = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:rest]] += 1
    return np.asarray(whole)


def drawn(rng: np.random.Generator, weights: Floats, size: int) -> Ints:
    """`size` indexes drawn with the given weights."""
    edges = np.cumsum(weights)
    found = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return np.asarray(np.minimum(found, len(weights) - 1), dtype=np.int64)


def ordinal(day: date) -> np.datetime64:
    """A day as numpy counts days."""
    return np.datetime64(day, "D")


def starts_of(counts: Ints) -> Ints:
    """Where each of consecutive stretches begins, and where the last ends: one entry more than counts."""
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
