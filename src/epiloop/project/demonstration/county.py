"""The plan of a county: everything that is small and shared by all its people. People are made from it in chunks."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from epiloop.core.errors import N_, InvalidInput
from epiloop.project.demonstration.columns import Ints, starts_of
from epiloop.project.demonstration.tree import DemoTree
from epiloop.project.demonstration.tree import tree as grow
from epiloop.project.demonstration.units import Places, Units, places, units

FEWEST, MOST = 1_000, 20_000_000


@dataclass(frozen=True)
class County:
    """A county of `people` on the day `at`. Equal arguments of `county` give equal counties."""

    people: int
    seed: int
    at: date
    tree: DemoTree
    units: Units
    places: Places

    @property
    def zones(self) -> int:
        """How many places are zones of units; they stand first, in order of unit."""
        return int((self.places.unit >= 0).sum())

    @cached_property
    def first_of(self) -> Ints:
        """For each community the index of its first person; one more entry for the end of the last."""
        return starts_of(np.array([item.people for item in self.tree.communities], dtype=np.int64))


def county(people: int, seed: int, at: date) -> County:
    """Plan a county. Raises InvalidInput unless `people` is between 1,000 and 20,000,000."""
    if not FEWEST <= people <= MOST:
        raise InvalidInput(N_("A demonstration county has %(fewest)s to %(most)s people."), fewest=FEWEST, most=MOST)
    divisions = grow(people)
    all_units = units(divisions, people, seed)
    return County(people, seed, at, divisions, all_units, places(divisions, all_units))
