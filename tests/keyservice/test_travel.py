"""Two places in less time than the way between them takes: both are flagged, and only those."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exposure.towns import examples

from epiloop.core.jurisdictions import code
from epiloop.exposure import Source
from epiloop.vault.spots import MOVES, spot
from keyservice.folding import Stays
from keyservice.travel import LEAST, Presence, implausible, jumps

HERE = "450226100"
TRAVELS = [("450226200", 4), ("450227100", 15), ("450300100", 45), ("320412100", 90)]


def there(visit: int, minutes: float, where: str = HERE, last: float | None = None) -> Presence:
    area = int(code(where)) if where else MOVES
    return Presence(int(minutes * 60), int((minutes if last is None else last) * 60), area, visit)


@pytest.mark.parametrize(("other", "minutes"), TRAVELS)
def test_the_way_is_that_between_the_highest_jurisdictions_that_differ(other: str, minutes: int) -> None:
    for later, flagged in ((minutes, set()), (minutes - 0.02, {1, 2}), (0, {1, 2})):
        assert jumps([there(1, 0), there(2, later, other)]) == flagged
        assert jumps([there(2, later, other), there(1, 0)]) == flagged


def test_the_way_begins_when_somebody_left() -> None:
    later = there(2, 60, "450226200")
    assert jumps([there(1, 0, last=58), later])
    assert not jumps([there(1, 0, last=56), later])
    assert jumps([there(1, 0, last=90), later]), "in both at once"
    assert not jumps([there(1, 0, "", last=59), later]), "who sat in a bus was not at one place"
    assert not jumps([there(1, 0, last=90), there(3, 60)]), "two zones of a town may be doors of one house"


AREAS = st.sampled_from([int(code(one)) for one in (HERE, *(other for other, _ in TRAVELS))] + [MOVES])
SAID = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 90), AREAS), max_size=9)


def pair_by_pair(said: list[Presence]) -> set[int]:
    """What `jumps` says, from its words."""
    flagged: set[int] = set()
    for one, other in combinations(sorted(said), 2):
        levels = [digits for digits in LEAST if one.area // 10 ** (16 - digits) != other.area // 10 ** (16 - digits)]
        known = levels and MOVES not in (one.area, other.area)
        if known and other.first - min(one.last, other.first) < LEAST[levels[0]]:
            flagged |= {one.visit, other.visit}
    return flagged


@examples(100)
@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.sampled_from([1, 1, 2, 4]), SAID), max_size=4))
def test_a_table_of_many_people_is_flagged_as_each_of_them_is(people) -> None:
    told = [(who, left, source, *one) for who, left, source, said in people for one in said]
    names = sorted({one[5] for one in told})
    table = np.array(
        [(who, left, source, at * 60, stay * 60, names.index(to)) for who, left, source, at, stay, to in told]
    )
    who, left, source, at, stay, zone = table.reshape(-1, 6).T.astype(np.int64)
    other = np.zeros(len(who), np.int64)
    stays = Stays(other, zone, other, at, at + stay, left == 0, source, other)
    zones = np.array([spot(name, b"door") for name in names], "V16")
    flagged = set(np.flatnonzero(implausible(stays, who, zones)).tolist())
    last = np.where(left == 0, at, at + stay)
    expected = set()
    for one in {*who.tolist()}:
        rows = np.flatnonzero((who == one) & (source == Source.CHECK_IN)).tolist()
        expected |= jumps(Presence(int(at[n]), int(last[n]), names[zone[n]], n) for n in rows)
    assert flagged == expected


@examples(200)
@given(SAID)
def test_many_are_flagged_as_each_two_of_them_are(told) -> None:
    said = [Presence(at * 60, (at + stay) * 60, where, number) for number, (at, stay, where) in enumerate(told)]
    assert jumps(said) == pair_by_pair(said)
