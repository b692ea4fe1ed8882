"""The people of a county, community by community: each chunk can be made alone and is always the same.

`Frame` holds what the simulation needs (whole numbers only, 100 bytes a person); `Chunk` adds who they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from epiloop.project.demonstration.columns import NOBODY, Days, Floats, Ints, Texts, drawn, ordinal, stream
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.households import CHILD, GRANDCHILD, Households, households
from epiloop.project.demonstration.identifiers import birthdays, document_numbers, phone_numbers
from epiloop.project.demonstration.kinds import OCCUPATION
from epiloop.project.demonstration.names import NATION_WEIGHTS, full_names, surnames
from epiloop.project.demonstration.occupations import Chances, Work, chances, work
from epiloop.project.demonstration.tree import grid_code

STREAM, NAMES_STREAM = 2, 3
DAYS_PER_YEAR = 365.2425
OWN_PHONE_FROM = 10
ELSEWHERE = NOBODY
"""As `stay_community`: outside the county."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Frame:
    """Columns of people, one entry each, in order of `index`.

    `household` is the index of its first person; `role` of households.py; `sex` 1 male, 2 female; `nation` and
    `surname` of names.py; `community` an index into the tree's; `residence` and `stay` 16-digit codes;
    `stay_community` ELSEWHERE if outside the county; `employer`, `school`, `lodging` units or NOBODY; `post` of
    occupations.POSTS or NOBODY.
    """

    index: Ints
    household: Ints
    role: Ints
    sex: Ints
    born: Days
    nation: Ints
    surname: Ints
    community: Ints
    residence: Ints
    stay: Ints
    stay_community: Ints
    occupation: Ints
    employer: Ints
    school: Ints
    class_no: Ints
    post: Ints
    lodging: Ints

    def __len__(self) -> int:
        return len(self.index)


@dataclass(frozen=True, slots=True)
class Chunk:
    """All people whose residence is one community: the frame, and who they are."""

    community: int
    frame: Frame
    names: Texts
    documents: Texts
    phones: Texts
    addresses: Texts

    def __len__(self) -> int:
        return len(self.frame)


def generate(county: County, *, progress: Progress | None = None) -> Iterator[Chunk]:
    """All people in order, one community at a time. `progress(done, total)` counts people."""
    chance = chances(county)
    done = 0
    for community in range(len(county.tree.communities)):
        frame = _frame(county, chance, community)
        yield _identified(county, community, frame)
        done += len(frame)
        if progress:
            progress(done, county.people)


def frames(county: County, *, progress: Progress | None = None) -> Frame:
    """Everybody's columns at once, without names: 140 MB for a million people."""
    chance = chances(county)
    parts: list[Frame] = []
    done = 0
    for community in range(len(county.tree.communities)):
        parts.append(_frame(county, chance, community))
        done += len(parts[-1])
        if progress:
            progress(done, county.people)
    return Frame(*(np.concatenate([getattr(part, name.name) for part in parts]) for name in fields(Frame)))


def _frame(county: County, chance: Chances, community: int) -> Frame:
    rng = stream(county.seed, STREAM, community)
    place = county.tree.communities[community]
    home = households(rng, place.people)
    first = int(county.first_of[community])
    index = first + np.arange(place.people)
    born = _born(rng, county, home.age, index)
    age = (ordinal(county.at) - born).astype(np.int64) / DAYS_PER_YEAR
    does = work(rng, chance, county, community, age)
    count = int(home.household[-1]) + 1 if place.people else 0
    nation = drawn(rng, NATION_WEIGHTS, count)[home.household]
    residence = grid_code(place.code, home.household * place.grids // max(1, count))
    stay, stay_community = _stay(rng, county, community, does, residence)
    heads = first + np.searchsorted(home.household, np.arange(count))
    return Frame(
        index, heads[home.household], home.role, home.sex, born, nation, _surnames(rng, home, nation),
        np.full(place.people, community), residence, stay, stay_community,
        does.occupation, does.employer, does.school, does.class_no, does.post, does.lodging,
    )  # fmt: skip


def _born(rng: np.random.Generator, county: County, age: Floats, index: Ints) -> Days:
    days = np.floor(age * DAYS_PER_YEAR).astype(np.int64) + rng.integers(0, 2, len(age))
    return birthdays(ordinal(county.at) - days, index, county.people)


def _surnames(rng: np.random.Generator, home: Households, nation: Ints) -> Ints:
    """Men and children of a household share its surname; wives and grandmothers keep their own."""
    count = len(nation)
    own = surnames(rng, nation)
    family = own[np.searchsorted(home.household, home.household)] if count else own
    shared = (home.sex == 1) | np.isin(home.role, (CHILD, GRANDCHILD))
    return np.where(shared, family, own)


def _stay(rng: np.random.Generator, county: County, community: int, does: Work, residence: Ints) -> tuple[Ints, Ints]:
    """Where people really are: most at home; boarders and residents of homes there; migrants in another county."""
    size = len(residence)
    codes = county.tree.codes
    moved = rng.random(size) < 0.02
    there = np.where(moved, rng.integers(0, len(codes), size), community)
    there = np.where(does.lodging != NOBODY, county.units.community[does.lodging], there)
    stay = np.where(there == community, residence, codes[there])
    migrant = does.occupation == OCCUPATION["migrant"]
    outside = np.array(county.tree.elsewhere, dtype=np.int64)
    stay = np.where(migrant, outside[rng.integers(0, len(outside), size)], stay)
    return stay, np.where(migrant, ELSEWHERE, there)


def _identified(county: County, community: int, frame: Frame) -> Chunk:
    rng = stream(county.seed, NAMES_STREAM, community)
    names = full_names(rng, frame.surname, frame.sex, frame.nation)
    documents = document_numbers(frame.index, frame.born, frame.sex)
    age = (ordinal(county.at) - frame.born).astype(np.int64) / DAYS_PER_YEAR
    shares = (age < OWN_PHONE_FROM) | ((age > 78) & (rng.random(len(frame)) < 0.4))
    phones = phone_numbers(np.where(shares, frame.household, frame.index), county.seed)
    return Chunk(community, frame, names, documents, phones, _addresses(county, community, frame))


def _addresses(county: County, community: int, frame: Frame) -> Texts:
    """ "古宜镇大竹村3组12号": township, village, grid and a house number of its own for each household."""
    place = county.tree.communities[community]
    stem = county.tree.names[place.township] + place.name.removesuffix("居委会").removesuffix("委会")
    grid = (frame.residence // 100 % 100).astype(str)
    house = (frame.household - int(county.first_of[community]) + 1).astype(str)
    add = np.strings.add
    return add(add(add(add(np.array(stem), grid), "组"), house), "号").astype("U40")
