"""What people do: who learns where, who works for whom in which key post, and who stays away from home for it."""

from dataclasses import dataclass

import numpy as np

from epiloop.project.demonstration.columns import NOBODY, Bools, Floats, Ints
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.kinds import KINDS, OCCUPATION

POSTS: tuple[str, ...] = tuple(sorted({post for kind in KINDS for post, _ in kind.posts}))
"""Key posts; a person's post is an index into this, or NOBODY."""
SCHOOLS = (("kindergarten", 3, 6, 0.85), ("primary-school", 6, 12, 1.0), ("middle-school", 12, 15, 1.0),
           ("high-school", 15, 18, 0.85))  # fmt: skip
"""(kind of unit, from age, below age, share of the age that attends)."""
WORKING = (18, 60)
NEAR = 8.0
"""How much likelier an employer of one's own township is than an equal one elsewhere."""
BIRTHS_PER_YEAR = 0.0125
PER_CLASS = 42
_STAY_AT_SCHOOL = {"middle-school": 0.25, "high-school": 0.6}

_MOST_POSTS = max(len(kind.posts) for kind in KINDS)
_POST_EDGES = np.full((len(KINDS), _MOST_POSTS), 2.0)
_POST_IDS = np.full((len(KINDS), _MOST_POSTS + 1), NOBODY, dtype=np.int64)
for _row, _kind in enumerate(KINDS):
    _total = 0.0
    for _column, (_post, _share) in enumerate(_kind.posts):
        _total += _share
        _POST_EDGES[_row, _column] = _total
        _POST_IDS[_row, _column] = POSTS.index(_post)
    _POST_EDGES[_row, len(_kind.posts) :] = _total
_OF_KIND = np.array([OCCUPATION[kind.occupation] for kind in KINDS])


@dataclass(frozen=True, slots=True)
class Work:
    """For each person: occupation, employer and school (units), class, key post, and the unit they live at."""

    occupation: Ints
    employer: Ints
    school: Ints
    class_no: Ints
    post: Ints
    lodging: Ints


@dataclass(frozen=True, slots=True)
class Chances:
    """What everybody's draw needs, worked out once for a county."""

    employers: tuple[Floats, ...]
    """For each township the running sum of the chances of all units."""
    schools: tuple[dict[str, tuple[Ints, Floats]], ...]
    """For each township and kind of school: the units and the running sum of their chances."""
    classes: Ints
    """For each unit the number of parallel classes of one age."""
    employed: float
    """The share of adults who stay in the county that units employ."""
    care_homes: Ints


def chances(county: County) -> Chances:
    """Work out where the people of each township may work and learn."""
    tree, units = county.tree, county.units
    township = tree.township_of[units.community]
    staff = units.staff.astype(np.float64)
    employers = tuple(np.cumsum(staff * (1 + NEAR * (township == item))) for item in range(len(tree.townships)))
    schools = tuple({key: _schools(county, key, item) for key, *_ in SCHOOLS} for item in range(len(tree.townships)))
    employed = min(0.85, float(staff.sum()) / (0.5 * county.people))
    return Chances(employers, schools, _classes(county), employed, units.of_kind("care-home"))


def _schools(county: County, key: str, township: int) -> tuple[Ints, Floats]:
    every = county.units.of_kind(key)
    near = every[county.tree.township_of[county.units.community[every]] == township]
    chosen = near if len(near) else every
    return chosen, np.cumsum(county.units.staff[chosen].astype(np.float64))


def _classes(county: County) -> Ints:
    units, tree = county.units, county.tree
    crowd = np.bincount(tree.township_of, weights=[item.people for item in tree.communities])
    classes = np.ones(len(units), dtype=np.int64)
    for key, *_ in SCHOOLS:
        every = units.of_kind(key)
        township = tree.township_of[units.community[every]]
        reach = crowd[township] if len(np.unique(township)) == len(crowd) else np.full(len(every), crowd.sum())
        weight = np.bincount(township, weights=units.staff[every], minlength=len(crowd))
        total = weight[township] if len(np.unique(township)) == len(crowd) else np.full(len(every), weight.sum())
        classes[every] = np.maximum(1, np.round(reach * units.staff[every] / total * BIRTHS_PER_YEAR / PER_CLASS))
    return classes


def work(rng: np.random.Generator, chance: Chances, county: County, community: int, age: Floats) -> Work:
    """What the people of one community do, by their age."""
    township = int(county.tree.township_of[community])
    urban = county.tree.communities[community].urban
    size = len(age)
    occupation = _unemployed(rng, age, urban=urban)
    school, class_no, lodging = _learn(rng, chance, township, age)
    occupation = np.where((school != NOBODY) & (age >= 6), OCCUPATION["pupil"], occupation)
    occupation = np.where((school != NOBODY) & (age < 6), OCCUPATION["kindergarten-child"], occupation)
    adult = (age >= WORKING[0]) & (age < WORKING[1]) & (occupation != OCCUPATION["migrant"])
    hired = adult & (rng.random(size) < min(0.92, chance.employed * (1.25 if urban else 0.85)))
    employer = np.where(hired, _pick(rng, chance.employers[township], size), NOBODY)
    kind = np.where(hired, county.units.kind[employer], 0)
    occupation = np.where(hired, _OF_KIND[kind], occupation)
    step = (rng.random(size)[:, None] >= _POST_EDGES[kind]).sum(axis=1)
    post = np.where(hired, _POST_IDS[kind, step], NOBODY)
    frail = (age >= 72) & (rng.random(size) < 0.03)
    lodging = np.where(frail, chance.care_homes[rng.integers(0, len(chance.care_homes), size)], lodging)
    return Work(occupation, employer, school, class_no, post, lodging)


def _pick(rng: np.random.Generator, edges: Floats, size: int) -> Ints:
    found = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return np.asarray(np.minimum(found, len(edges) - 1), dtype=np.int64)


def _unemployed(rng: np.random.Generator, age: Floats, *, urban: bool) -> Ints:
    """What everybody does who neither learns nor has an employer."""
    luck = rng.random(len(age))
    farmer = 0.12 if urban else 0.72
    grown = np.where(luck < farmer, OCCUPATION["farmer"], np.where(luck < farmer + 0.14, OCCUPATION["self-employed"],
                                                                  OCCUPATION["home"]))  # fmt: skip
    old = np.where(luck < (0.75 if urban else 0.15), OCCUPATION["retired"],
                   np.where((age < 76) & (luck < 0.9), OCCUPATION["farmer"], OCCUPATION["home"]))  # fmt: skip
    away: Bools = (age >= 18) & (age < 52) & (rng.random(len(age)) < (0.05 if urban else 0.17))
    grown = np.where(away, OCCUPATION["migrant"], grown)
    young = np.where(age < 6, OCCUPATION["infant"], OCCUPATION["home"])
    return np.where(age < WORKING[0], young, np.where(age < WORKING[1], grown, old))


def _learn(rng: np.random.Generator, chance: Chances, township: int, age: Floats) -> tuple[Ints, Ints, Ints]:
    """School, class (year of age times 100 plus its number) and, for boarders, the school as lodging."""
    school = np.full(len(age), NOBODY, dtype=np.int64)
    class_no, lodging = school.copy(), school.copy()
    for key, low, high, attend in SCHOOLS:
        pupils = np.flatnonzero((age >= low) & (age < high) & (rng.random(len(age)) < attend))
        choice, edges = chance.schools[township][key]
        chosen = choice[_pick(rng, edges, len(pupils))]
        school[pupils] = chosen
        class_no[pupils] = age[pupils].astype(np.int64) * 100 + rng.integers(0, chance.classes[chosen])
        boards = rng.random(len(pupils)) < _STAY_AT_SCHOOL.get(key, 0.0)
        lodging[pupils[boards]] = chosen[boards]
    return school, class_no, lodging
