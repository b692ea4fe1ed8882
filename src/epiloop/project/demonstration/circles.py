"""Who meets whom: the people of a household, a unit, a class, a township - looked up without scanning everybody."""

from dataclasses import dataclass

import numpy as np

from epiloop.project.demonstration.columns import NOBODY, Ints
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.population import Frame

CLASS_NUMBERS = 100_000


@dataclass(frozen=True, slots=True)
class Groups:
    """People sorted by a key, to get the members of one group."""

    order: Ints
    keys: Ints

    def members(self, key: int) -> Ints:
        """The people whose key this is."""
        low, high = np.searchsorted(self.keys, [key, key + 1])
        return self.order[low:high]


def _groups(key: Ints) -> Groups:
    order = np.argsort(key, kind="stable")
    return Groups(order, key[order])


@dataclass(frozen=True)
class Circles:
    """The circles of everybody who stays in the county."""

    frame: Frame
    work: Groups
    classes: Groups
    stays: Groups

    def household(self, person: int) -> list[int]:
        """The others of the household who stay where the person stays."""
        frame = self.frame
        first = int(frame.household[person])
        end = int(np.searchsorted(frame.household, first, side="right"))
        return [item for item in range(first, end) if item != person and frame.stay[item] == frame.stay[person]]

    def colleagues(self, person: int) -> Ints:
        """The people of the same class or the same employer; empty for those who have neither."""
        employer, school = int(self.frame.employer[person]), int(self.frame.school[person])
        if employer != NOBODY:
            return self.work.members(employer)
        if school != NOBODY:
            return self.classes.members(school * CLASS_NUMBERS + int(self.frame.class_no[person]))
        return self.work.order[:0]

    def neighbours(self, person: int) -> Ints:
        """The people who stay in the same community."""
        return self.stays.members(int(self.frame.stay_community[person]))

    def unit_of(self, person: int) -> int:
        """The unit where the person spends the day, NOBODY if none."""
        employer = int(self.frame.employer[person])
        return employer if employer != NOBODY else int(self.frame.school[person])

    def here(self, person: int) -> bool:
        """Whether the person stays in the county."""
        return bool(self.frame.stay_community[person] >= 0)


def circles(frame: Frame) -> Circles:
    """Sort everybody into circles."""
    classes = np.where(frame.school == NOBODY, NOBODY, frame.school * CLASS_NUMBERS + frame.class_no)
    return Circles(frame, _groups(frame.employer), _groups(classes), _groups(frame.stay_community))


def markets(county: County) -> dict[int, Ints]:
    """For each township the places where people of different households meet: markets, restaurants, squares."""
    meeting = np.array([kind in ("market", "restaurant", "supermarket", "public") for kind in county.places.kind])
    township = county.tree.township_of[county.places.community]
    return {item: np.flatnonzero(meeting & (township == item)) for item in range(len(county.tree.townships))}
