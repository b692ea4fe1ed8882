"""Households of up to three generations: who lives together, of which sex and age.

Shares follow what the 2020 census found in small counties of southern China in outline: about three people to a
household, every fifth household of one person, every fifth of three generations.
"""

from dataclasses import dataclass

import numpy as np

from epiloop.project.demonstration.columns import Floats, Ints, drawn, starts_of

HEAD, PARTNER, CHILD, GRANDPARENT, ELDER, ELDER_PARTNER, GRANDCHILD = range(7)
MALE, FEMALE = 1, 2
OLDEST = 101

_TYPES: tuple[tuple[float, tuple[int, ...]], ...] = (
    (0.10, (HEAD,)),
    (0.08, (ELDER,)),
    (0.09, (HEAD, PARTNER)),
    (0.10, (ELDER, ELDER_PARTNER)),
    (0.15, (HEAD, PARTNER, CHILD)),
    (0.15, (HEAD, PARTNER, CHILD, CHILD)),
    (0.04, (HEAD, PARTNER, CHILD, CHILD, CHILD)),
    (0.04, (HEAD, CHILD)),
    (0.06, (HEAD, PARTNER, CHILD, GRANDPARENT)),
    (0.05, (HEAD, PARTNER, CHILD, GRANDPARENT, GRANDPARENT)),
    (0.06, (HEAD, PARTNER, CHILD, CHILD, GRANDPARENT, GRANDPARENT)),
    (0.04, (HEAD, PARTNER, CHILD, CHILD, GRANDPARENT)),
    (0.03, (ELDER, ELDER_PARTNER, GRANDCHILD)),
    (0.01, (ELDER, ELDER_PARTNER, GRANDCHILD, GRANDCHILD)),
)
_WEIGHTS = np.array([weight for weight, _ in _TYPES])
_SIZES = np.array([len(roles) for _, roles in _TYPES])
_ROLES = np.array([[*roles, *(-1,) * (6 - len(roles))] for _, roles in _TYPES])
_WITH_CHILD = np.array([CHILD in roles for _, roles in _TYPES])
MEAN_SIZE = float(_WEIGHTS @ _SIZES / _WEIGHTS.sum())


@dataclass(frozen=True, slots=True)
class Households:
    """People in households: for each person the household (from 0), role, sex and age in years with fractions."""

    household: Ints
    role: Ints
    sex: Ints
    age: Floats


def households(rng: np.random.Generator, people: int) -> Households:
    """Exactly `people` people; the last household is cut short where it would not fit."""
    kinds = drawn(rng, _WEIGHTS, int(people / MEAN_SIZE * 1.1) + 40)
    sizes = _SIZES[kinds]
    count = int(np.searchsorted(np.cumsum(sizes), people)) + 1 if people else 0
    kinds, sizes = kinds[:count], sizes[:count].copy()
    if count:
        sizes[-1] -= int(sizes.sum()) - people
    present = np.arange(6) < sizes[:, None]
    role = _ROLES[kinds][present]
    household = np.repeat(np.arange(count), sizes)
    rank = np.arange(people) - np.repeat(starts_of(sizes)[:-1], sizes)
    head_age, head_sex = _heads(rng, kinds)
    age = _ages(rng, role, head_age[household], rank)
    return Households(household, role, _sexes(rng, role, head_sex[household], rank), age)


def _heads(rng: np.random.Generator, kinds: Ints) -> tuple[Floats, Ints]:
    """Age and sex of the first person of each household."""
    size = len(kinds)
    parents = np.clip(rng.normal(39, 8.5, size), 22, 62)
    others = rng.uniform(21, 60, size)
    elders = np.clip(60 + rng.gamma(1.8, 6.0, size), 60, OLDEST - 4)
    elder = np.isin(_ROLES[kinds, 0], (ELDER,))
    age = np.where(elder, elders, np.where(_WITH_CHILD[kinds], parents, others))
    male = rng.random(size) < np.where(elder & (_SIZES[kinds] == 1), 0.38, np.where(_SIZES[kinds] == 1, 0.56, 0.80))
    return age, np.where(male, MALE, FEMALE)


def _ages(rng: np.random.Generator, role: Ints, head: Floats, rank: Ints) -> Floats:
    size = len(role)
    partner = np.clip(head + rng.normal(-1.8, 3, size), 20, OLDEST - 2)
    child = np.clip(head - np.clip(rng.normal(27, 4.2, size), 18, 45) - 2.6 * (rank - 2).clip(0), 0, 38)
    child = np.where(child <= 0, rng.uniform(0, 4, size), child)
    grandparent = np.clip(head + rng.normal(26, 3.5, size), 45, OLDEST - 2)
    grandchild = np.clip(head - np.clip(rng.normal(55, 4, size), 42, 70), 0, 17)
    grandchild = np.where(grandchild <= 0, rng.uniform(0, 8, size), grandchild)
    by_role = (head, partner, child, grandparent, head, partner, grandchild)
    age = np.choose(role, by_role) + rng.random(size) * 0.98
    return np.asarray(age, dtype=np.float64)


def _sexes(rng: np.random.Generator, role: Ints, head: Ints, rank: Ints) -> Ints:
    size = len(role)
    other = MALE + FEMALE - head
    child = np.where(rng.random(size) < 0.525, MALE, FEMALE)
    first_grandparent = np.where(rng.random(size) < 0.35, MALE, FEMALE)
    second = np.zeros(size, dtype=bool)
    second[1:] = (role[1:] == GRANDPARENT) & (role[:-1] == GRANDPARENT) & (rank[1:] > 0)
    grandparent = np.where(second, MALE + FEMALE - np.roll(first_grandparent, 1), first_grandparent)
    return np.asarray(np.choose(role, (head, other, child, grandparent, head, other, child)), dtype=np.int64)
