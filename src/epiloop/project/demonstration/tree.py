"""The administrative tree of the demonstration: one province, one city, its counties, and one county to the village.

Codes and names are public facts (GB/T 2260 and the statistical division codes). Grids below the communities are
synthetic: about 900 people each.
"""

import csv
from dataclasses import dataclass
from functools import cached_property
from importlib import resources

import numpy as np

from epiloop.core.jurisdictions import Code, code, short
from epiloop.project.demonstration.columns import Ints, shares

COUNTY = code("450226")
PEOPLE_PER_GRID = 900
MOST_GRIDS = 99
URBAN_WEIGHT = 6.0
"""How many times as many people as a village a residents' committee has, on average."""
COLUMNS = ("code", "parent_code", "level", "name_zh", "name_en")


@dataclass(frozen=True, slots=True)
class Community:
    """A residents' committee (`urban`) or a village, with its people and its grids."""

    code: Code
    township: Code
    name: str
    urban: bool
    people: int
    grids: int


@dataclass(frozen=True)
class DemoTree:
    """The tree, with `people` spread over its communities."""

    rows: tuple[dict[str, str], ...]
    """The code table, grids included: what the importer of jurisdictions reads."""
    communities: tuple[Community, ...]
    elsewhere: tuple[Code, ...]
    """The other counties of the city, where some people stay."""

    @property
    def county(self) -> Code:
        """The county that is simulated."""
        return COUNTY

    @cached_property
    def names(self) -> dict[Code, str]:
        """The Chinese name of every division."""
        return {code(row["code"]): row["name_zh"] for row in self.rows}

    @cached_property
    def names_en(self) -> dict[Code, str]:
        """The English name of every division, the Chinese one where it has none."""
        return {code(row["code"]): row["name_en"] or row["name_zh"] for row in self.rows}

    @cached_property
    def townships(self) -> tuple[Code, ...]:
        """The townships, in order of code."""
        return tuple(sorted({item.township for item in self.communities}))

    @cached_property
    def township_of(self) -> Ints:
        """For each community the index of its township."""
        place = {township: index for index, township in enumerate(self.townships)}
        return np.array([place[item.township] for item in self.communities], dtype=np.int64)

    @cached_property
    def codes(self) -> Ints:
        """The 16-digit codes of the communities."""
        return np.array([item.code for item in self.communities], dtype=np.int64)

    def lines(self) -> list[str]:
        """The code table as lines of CSV."""
        return [",".join(COLUMNS), *(",".join(row[name] for name in COLUMNS) for row in self.rows)]


def tree(people: int) -> DemoTree:
    """The tree with `people` spread over it: towns get more than villages, and villages differ."""
    rows = _real_rows()
    villages = [row for row in rows if row["level"] == "community"]
    counts = shares(people, np.array([_weight(row) for row in villages]))
    communities = tuple(_community(row, int(count)) for row, count in zip(villages, counts, strict=True))
    grids = [grid for community in communities for grid in _grids(community)]
    counties = tuple(code(row["code"]) for row in rows if row["level"] == "county")
    return DemoTree((*rows, *grids), communities, tuple(item for item in counties if item != COUNTY))


def _real_rows() -> tuple[dict[str, str], ...]:
    text = resources.files("epiloop.project.demonstration").joinpath("divisions.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _urban(row: dict[str, str]) -> bool:
    return "社区" in row["name_zh"]


def _weight(row: dict[str, str]) -> float:
    """Between half and one and a half of the kind's average, fixed by the code's digits."""
    spread = 0.5 + int(row["code"]) * 7919 % 1000 / 1000
    return spread * (URBAN_WEIGHT if _urban(row) else 1.0)


def _community(row: dict[str, str], people: int) -> Community:
    grids = min(MOST_GRIDS, max(1, round(people / PEOPLE_PER_GRID)))
    return Community(code(row["code"]), code(row["parent_code"]), row["name_zh"], _urban(row), people, grids)


def _grids(community: Community) -> list[dict[str, str]]:
    stem = community.name.removesuffix("居委会").removesuffix("委会")
    own = short(community.code)
    return [
        {
            "code": f"{own}{number:02d}",
            "parent_code": own,
            "level": "grid",
            "name_zh": f"{stem}第{number}网格",
            "name_en": f"Grid {number}",
        }
        for number in range(1, community.grids + 1)
    ]


def grid_code(community: Code, grid: Ints) -> Ints:
    """The 16-digit codes of grids counted from 0 inside a community."""
    return np.asarray(community + (grid + 1) * 100, dtype=np.int64)
