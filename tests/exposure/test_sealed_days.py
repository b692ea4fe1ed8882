"""Days whose tokens mean nothing to anybody without the day's key: the keeper of the keys gets the same answer."""

import sys
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.exposure.towns import MIDNIGHT, busy, by_day, examples

from epiloop.exposure import reference, tracing
from epiloop.exposure.segment import columns
from epiloop.exposure.visits import Visit

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from sealed_days import SealedDay, opened, sealed

SPREAD = 0x9E3779B97F4A7C15
"""An odd number: multiplied with it, small numbers are spread over all 64 bits and stay apart."""


def sealed_day(told: list[Visit], key: bytes) -> SealedDay:
    """The day as a keeper stores it."""
    return opened(sealed(columns(told), key), key)


def days(told: list[Visit]) -> list[SealedDay]:
    """Each day under a key of its own."""
    parts: dict[int, list[Visit]] = {}
    for visit in told:
        parts.setdefault((visit.entered - MIDNIGHT) // 86_400, []).append(visit)
    return [sealed_day(part, bytes([number % 256]) * 16) for number, part in parts.items()]


@examples(60)
@given(st.integers(0, 2**32))
def test_sealed_days_give_the_answer_of_open_ones(seed) -> None:
    town = busy(seed)
    until = MIDNIGHT + 200_000
    found = tracing.trace(days(town.visits), town.cases, town.terms, second_until=until)
    assert found.rings() == reference.trace(town.visits, town.cases, town.terms, second_until=until)


def test_an_explanation_opens_what_it_needs() -> None:
    town = busy(3)
    rings = reference.trace(town.visits, town.cases, town.terms)
    contact = rings.first[0]
    case = next(case for case in town.cases if case.person == contact.source)
    told = tracing.explain(days(town.visits), case, contact.person, town.terms)
    assert told == reference.explain(town.visits, case, contact.person, town.terms)
    assert sum(stretch.points for stretch in told) == contact.points


def test_equal_people_have_unequal_tokens_on_different_days() -> None:
    one, other = (sealed_day([Visit(1, 1, "shop", MIDNIGHT, MIDNIGHT + 60)], bytes([key]) * 16) for key in (1, 2))
    assert one.segment.people[0] != other.segment.people[0]
    assert one.segment.places[0] != other.segment.places[0]


@examples(60)
@given(st.integers(0, 2**32))
def test_numbers_of_64_bits_are_as_good_as_small_ones(seed) -> None:
    town = busy(seed)
    wide = [replace(visit, person=visit.person * SPREAD % 2**64) for visit in town.visits]
    cases = [replace(case, person=case.person * SPREAD % 2**64) for case in town.cases]
    expected = reference.trace(wide, cases, town.terms)
    assert tracing.trace(by_day(wide), cases, town.terms).rings() == expected
    assert len(expected.first) == len(reference.trace(town.visits, town.cases, town.terms).first)
