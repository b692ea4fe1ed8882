"""Close contacts on every day of five regimes, against a calculation that knows nothing of the engine or the files.

The table below is the written rule, the arithmetic is the counting rule: days of a stage follow day zero and the
stages before, test days are counted from the first day in the stage, what lies beyond its end is dropped.
"""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epiloop.rules.model import Rulebook
from epiloop.rules.planning import plan
from epiloop.rules.source import load_named
from epiloop.rules.spec import seen

ROOT = Path(__file__).parents[2] / "rulebooks"


class Part(NamedTuple):
    name: str
    days: int
    tests: tuple[int, ...]
    release: bool = False
    """Whether there is a test on the last day however late the person came."""


REGIMES = {
    date(2021, 5, 14): (Part("centralised", 14, (1, 4, 7), release=True), Part("home", 7, (2, 7))),
    date(2022, 6, 28): (Part("centralised", 7, (1, 2, 3, 5, 7)), Part("home", 3, (3,))),
    date(2022, 11, 11): (Part("centralised", 5, (1, 2, 3, 5)), Part("home", 3, (1, 3))),
    date(2022, 12, 7): (Part("home", 5, (), release=True),),
}
FIRST, LAST = date(2021, 5, 14), date(2022, 12, 25)
"""The last day before class B management was announced: from then on plans are cut short by it."""


@cache
def _cn() -> tuple[Rulebook, ...]:
    return load_named(ROOT, "cn")  # not a fixture: Hypothesis would print it


def in_force(day: date) -> date:
    return max(start for start in REGIMES if start <= day)


def after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def by_hand(zero: date, found: date, admitted: date | None) -> tuple[list[str], list[str]]:
    """The stages and the test days of somebody last exposed on `zero`, in the words of a case."""
    stages, tests = [], {found} if found > zero else set()
    served = 0
    for number, part in enumerate(REGIMES[in_force(found)]):
        last = after(zero, served + part.days)
        first = max(after(zero, served + 1), after(found, 1))
        if admitted and number == 0 and admitted <= last:
            first = admitted
        served += part.days
        if part.release and last >= found:
            tests.add(last)
        if first <= last:
            stages.append(f"{part.name} {first}..{last}")
            tests.update(day for n in part.tests if (day := after(first, n - 1)) <= last)
    return stages, sorted(map(str, tests))


def by_rulebook(zero: date, found: date, admitted: date | None) -> tuple[list[str], list[str]]:
    facts = [f"last_exposure={zero}", f"determined={found}"] + ([f"admitted={admitted}"] if admitted else [])
    asked = f"{admitted or found}T23:00"
    answer = seen(plan(_cn(), measure="close-contact", jurisdiction="320412", facts=facts, as_of=asked))
    assert answer["version"] == str(in_force(found))
    # As a set of days: the two samples before release may fall on a day that has a test anyway.
    return answer["stages"], sorted(set(answer["duties"].get("sample", [])))


@pytest.mark.parametrize("start", REGIMES, ids=str)
def test_determined_at_once_on_every_day_of_the_regime(start: date) -> None:
    end = min((other for other in REGIMES if other > start), default=LAST)
    days = [after(start, n) for n in range((end - start).days)]
    different = [day for day in days if by_rulebook(day, day, None) != by_hand(day, day, None)]
    assert days
    assert not different


@settings(max_examples=400, deadline=None)
@given(zero=st.dates(FIRST, after(LAST, -1)), late=st.integers(0, 25))
def test_found_late_in_any_regime(zero: date, late: int) -> None:
    found = min(after(zero, late), LAST)
    assert by_rulebook(zero, found, None) == by_hand(zero, found, None)


@settings(max_examples=400, deadline=None)
@given(zero=st.dates(FIRST, LAST), late=st.integers(0, 6), waited=st.integers(0, 6))
def test_found_late_and_admitted_later_still(zero: date, late: int, waited: int) -> None:
    found = min(after(zero, late), LAST)
    admitted = after(found, waited)
    if in_force(admitted) == in_force(found) and admitted <= LAST:
        assert by_rulebook(zero, found, admitted) == by_hand(zero, found, admitted)
