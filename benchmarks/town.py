"""A made-up town that checks in: who was where on which day, as columns. Nobody is in two places at once.

Each person checks in once a day on average (PRIVACY: a million a day per million people): a third at work, the others
on one or two outings. Places belong to neighbourhoods; half of all outings go to one's own. Some places are much more
popular than others (Zipf), as shops are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure import Columns, Terms, load_terms

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2022, 6, 20)
KINDS = ("workplace", "shop", "restaurant", "market", "bus")
SHARES = (0.0, 0.5, 0.25, 0.1, 0.15)
"""Of outings, by kind."""
STAYS = ((7.0, 9.5), (0.08, 0.6), (0.5, 1.4), (0.2, 0.9), (0.2, 0.7))
"""Hours, from and to, by kind."""
SLOTS = ((8.0, 9.0, 0.35), (18.6, 20.0, 0.45), (21.4, 22.4, 0.20))
"""Entered between these hours, by that share of the people: work, first and second outing."""
PER_PLACE, PER_WORKPLACE, NEIGHBOURS = 120, 40, 5_000

TERMS: Terms = load_terms(
    {
        "clause": "a made-up clause",
        "window_days": 14,
        "ring_1": {"minutes": 15},
        "ring_2": {"minutes": 120, "latency_hours": 24},
        "kinds": {
            "default": {"minimum_minutes": 10, "weight": 1},
            "shop": {"minimum_minutes": 5, "lag_hours": 0.5, "lag_minimum_minutes": 10, "lag_weight": 0.25},
            "restaurant": {"weight": 2, "lag_hours": 1, "lag_minimum_minutes": 10, "lag_weight": 0.5},
            "workplace": {"weight": 0.5},
        },
    }
)


@dataclass(frozen=True)
class Town:
    """How many people, for how many days, from which seed. `active`: which share of them goes anywhere on a day."""

    people: int
    days: int
    seed: int = 1
    active: float = 1.0

    @property
    def places(self) -> int:
        """Places of outings; workplaces are numbered after them."""
        return max(8, self.people // PER_PLACE)

    def segments(self) -> Iterator[Columns]:
        """Each day's visits."""
        return (self.visits(number) for number in range(self.days))

    def visits(self, number: int) -> Columns:
        """The visits of a day, counted from the first."""
        draw = np.random.default_rng((self.seed, number))
        parts = [self._slot(draw, number, slot) for slot in range(len(SLOTS))]
        person, place, kind, entered, left = (np.concatenate(column) for column in zip(*parts, strict=True))
        rows = len(person)
        return Columns(
            person=person.astype(np.uint64),
            place=place.astype(np.uint64),
            entered=entered,
            left=left,
            kind=kind.astype(np.uint16),
            row=np.full(rows, -1, np.int16),
            origin=np.ones(rows, np.uint8),
            sealed=np.zeros((rows, 0), np.uint8),
            kinds=KINDS,
        )

    def _slot(self, draw: np.random.Generator, number: int, slot: int) -> list[NDArray[Any]]:
        low, high, share = SLOTS[slot]
        person = np.flatnonzero(draw.random(self.people) < share * self.active)
        if slot == 0:
            place, kind = self.places + person // PER_WORKPLACE, np.zeros(len(person), np.int64)
        else:
            place = self._outings(draw, person)
            kind = self.kinds()[place]
        midnight = round(datetime.combine(FIRST + timedelta(days=number), datetime.min.time(), ZONE).timestamp())
        entered = midnight + (3600 * draw.uniform(low, high, len(person))).astype(np.int64)
        shortest, longest = np.array(STAYS).T[:, kind]
        stay = shortest + (longest - shortest) * draw.random(len(person))
        return [person, place, kind, entered, entered + (3600 * stay).astype(np.int64)]

    def kinds(self) -> NDArray[np.int64]:
        """The kind of each place of outings."""
        found: NDArray[np.int64] = np.random.default_rng(self.seed).choice(len(KINDS), self.places, p=SHARES)
        return found

    def _outings(self, draw: np.random.Generator, person: NDArray[np.intp]) -> NDArray[np.int64]:
        """Where people go: half of them near home, the others anywhere; few places take many."""
        groups = max(1, self.people // NEIGHBOURS)
        each = self.places // groups
        home = person // NEIGHBOURS % groups
        group = np.where(draw.random(len(person)) < 0.5, home, draw.integers(0, groups, len(person)))
        # The n-th place of a neighbourhood takes a share of about 1/n.
        nth = np.exp(draw.random(len(person)) * np.log(each + 1)).astype(np.int64) - 1
        found: NDArray[np.int64] = group * each + np.minimum(nth, each - 1)
        return found

    def cases(self, count: int) -> list[int]:
        """People to trace."""
        found: list[int] = np.random.default_rng((self.seed, 99)).choice(self.people, count, replace=False).tolist()
        return found
