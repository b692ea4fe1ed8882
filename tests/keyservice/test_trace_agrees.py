"""A trace among sealed days finds exactly whom the reference finds among all that was said, whatever was said."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exposure.towns import examples
from tests.keyservice.chance import ZONES, Town, code, person_of, same, town, without

from epiloop.exposure import Rings, decode
from keyservice.blocks import block
from keyservice.stored import stored
from keyservice.tracing import Answer, SealedDays

Row = tuple[object, ...]


def sealed(given: Town, parts: int, seed: int) -> SealedDays:
    """Blocks of days, each day in so many."""
    told = list(given.said)
    Random(seed).shuffle(told)
    rows = stored(told, given.keys, given.clock)
    blocks = {
        day: [decode(block([row for row in rows if row.day == day][at::parts])) for at in range(parts)]
        for day in given.keys
    }
    return SealedDays(blocks, given.keys)


def first_ring(rings: Rings, given: Town) -> Counter[Row]:
    number = {int.from_bytes(person_of(one.codes[0])[8:], "big"): at for at, one in enumerate(given.cases)}
    return Counter(
        (code(one.person), number[one.source], one.together // 60, one.after // 60, one.first, one.last)
        for one in rings.first
    )


def kinds(rings: Rings) -> Counter[Row]:
    """Of each pair the minutes at each kind of place."""
    told: Counter[Row] = Counter()
    for one in rings.first:
        every = {shared.kind for shared in one.shared}
        for kind in every:
            together, after = (
                sum(getattr(shared, what) for shared in one.shared if shared.kind == kind) // 60
                for what in ("together", "after")
            )
            told[code(one.person), kind, together, after] += 1
    return told


def agree(given: Town, seed: int, parts: int = 1) -> int:
    """Hold the answer against the reference; gives how many were found."""
    expected, sure = given.expected(), given.expected(doubtful=False)
    answer = sealed(given, parts, seed).trace(
        given.cases,
        given.terms,
        places=ZONES,
        second_until=given.until,
        same=same,
        told=given.told,
    )
    found = [one for one in answer.met if one.ring == 1]
    rows = [(one.person, one.case, one.together, one.after, one.first, one.last) for one in found]
    assert Counter(rows) == first_ring(expected, given)
    assert Counter((one.person, *kind) for one in found for kind in one.kinds) == kinds(expected)
    _second(answer, expected)
    known = {(code(one.person), code(one.source)) for one in sure.first}
    whose = [person_of(case.codes[0]) for case in given.cases]
    assert all(one.doubtful == ((one.person, whose[one.case]) not in known) for one in found)
    twice = {code(one.person) for one in sure.second}
    assert all(one.doubtful == (one.person not in twice) for one in answer.met if one.ring == 2)
    return len(answer.met)


def _second(answer: Answer, expected: Rings) -> None:
    """Ring 2: each person once, by whom they were met most."""
    second = {one.person: one for one in answer.met if one.ring == 2}
    assert len(second) == sum(one.ring == 2 for one in answer.met)
    best: dict[bytes, tuple[int, int]] = {}
    for one in expected.second:
        best.setdefault(code(one.person), (one.points, one.together))
    assert set(second) == set(best)
    pairs = {(code(one.person), code(one.source)): one for one in expected.second}
    for person, one in second.items():
        contact = pairs[person, one.via]
        assert (contact.points, contact.together) == best[person]
        assert (one.together, one.after) == (contact.together // 60, contact.after // 60)


@examples(100)
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_whatever_was_said_the_trace_finds_whom_the_reference_finds(seed, parts) -> None:
    agree(town(seed), seed, parts)


@examples(40)
@given(st.integers(0, 2**32), st.sampled_from((-2, -1, 0, 1)))
def test_with_a_day_destroyed_it_finds_whom_the_reference_finds_in_what_is_left(seed, which) -> None:
    given = replace(town(seed), told=())
    days = sorted(given.keys)
    agree(without(given, days[4] + timedelta(days=which)), seed)


def test_the_towns_by_chance_have_something_to_find_in_both_rings() -> None:
    found = [town(seed) for seed in range(40)]
    assert sum(len(one.expected().first) for one in found) > 100
    assert sum(len(one.expected().second) for one in found) > 100


@pytest.mark.parametrize("what", ["same", "told", "doubts", "cut"])
def test_the_towns_by_chance_would_show_a_mistake(what) -> None:
    """Each of these changes what the reference finds in some town, so a trace that forgot it would be seen."""
    changed = 0
    for seed in range(40):
        given = town(seed)
        expected = given.expected()
        if what == "told":
            other = replace(given, told=()).expected()
        elif what == "doubts":
            other = given.expected(doubtful=False)
        elif what == "same":
            other = sealed_expected_without_same(given)
        else:
            other = replace(given, said=[one for one in given.said if one.kind != 2]).expected()
        changed += other != expected
    assert changed > 3


def sealed_expected_without_same(given: Town) -> Rings:
    """The reference for the codes of cases alone, as if nobody else had two."""
    from unittest.mock import patch

    with patch("tests.keyservice.chance.person_of", lambda one: one):
        return given.expected()
