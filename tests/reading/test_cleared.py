"""Cleared the same day: of what falls due in the day, those same ones that are done; and loops by version."""

from datetime import timedelta

import psycopg
import pytest
from tests.reading.rows import (
    CITY,
    COUNTY,
    ELSEWHERE,
    GRID,
    NEXT_VILLAGE,
    NOON,
    OTHER_COUNTY,
    VILLAGE,
    ZONE,
    duty,
    hours,
    loop,
    seen,
    write,
)  # fmt: skip

from epiloop.core.jurisdictions import Code, Range, Scope, scope
from epiloop.project.home import Installation
from epiloop.store.reading.asking import Area
from epiloop.store.reading.board import Counts, day_around
from epiloop.store.reading.cleared import cleared_today
from epiloop.store.reading.rules import adoptions, in_force, loops_by_version

DAY = day_around(NOON, ZONE)


@pytest.fixture(params=[True, False], ids=["folded", "not folded"])
def busy(clean: Installation, request: pytest.FixtureRequest) -> Installation:
    """Six duties of the day, two of them done by noon; others of other days."""
    write(
        clean, duty(1, due=NOON - hours(2)), duty(2, due=DAY.end),
        duty(3, due=NOON + hours(1), owner_post="investigator"),
        duty(4, due=NOON - hours(1), state="done", done_at=NOON - hours(3)),
        duty(5, due=DAY.end, state="done", done_at=DAY.start - hours(9), owner_post="investigator"),
        duty(6, due=DAY.end, state="done", done_at=NOON + hours(5)),
        duty(7, due=DAY.start), duty(8, due=DAY.end + timedelta(seconds=1)),
        duty(9, due=DAY.start, state="done", done_at=NOON),
        duty(10, state="void"), duty(11, due=NOON, jurisdiction=OTHER_COUNTY),
        fold=request.param,
    )  # fmt: skip
    return clean


@pytest.mark.parametrize("area", [scope(COUNTY), scope(VILLAGE), scope(GRID), scope(GRID, NEXT_VILLAGE)])
def test_of_the_days_own_duties_those_that_are_done(busy: Installation, area: Area) -> None:
    with seen(busy, CITY) as app:
        found = cleared_today(app, area, DAY)
        assert (found.due, found.done, found.left) == (6, 2, 4)
        assert {(one.post, one.due, one.done) for one in found.by_owner} == {
            ("grid-worker", 4, 1),
            ("investigator", 2, 1),
        }
        by_hour = {(one.hour - DAY.start) // hours(1): (one.due, one.done) for one in found.by_hour}
        assert {hour: by_hour[hour] for hour in (0, 9, 10, 11, 12, 13, 24)} == {
            0: (0, 1), 9: (0, 2), 10: (1, 2), 11: (2, 2), 12: (2, 2), 13: (3, None), 24: (6, None),
        }  # fmt: skip
        one = cleared_today(app, area, DAY, Counts(owner_post="investigator"))
        assert (one.due, one.done) == (2, 1)


def test_an_outsider_clears_nothing(busy: Installation) -> None:
    with seen(busy, ELSEWHERE) as app:
        found = cleared_today(app, Scope((Range(0, 10**16),)), DAY)
        assert (found.due, found.done, found.by_owner) == (0, 0, ())


def test_open_loops_are_counted_by_version(clean: Installation) -> None:
    write(
        clean, loop(1), loop(2), loop(3, version="2022-06-28"), loop(4, closes_at=NOON),
        loop(5, opened_at=NOON + hours(1)),
        loop(6, jurisdiction=OTHER_COUNTY),
    )  # fmt: skip
    with seen(clean, COUNTY) as app:
        found = loops_by_version(app, scope(Code(CITY)), NOON)
        assert [(line.version, line.loops) for line in found] == [("2021-05-14", 2), ("2022-06-28", 1)]
        assert loops_by_version(app, scope(CITY), NOON, measure="arrival") == []


def test_the_adoption_in_force_is_the_last_one_by_the_instant(clean: Installation) -> None:
    with psycopg.connect(clean.dsn("engine")) as engine:
        for after, digest in ((-2, b"1"), (-1, b"2"), (1, b"3")):
            row = "insert into adoption (stream, rulebook, digest, jurisdiction, adopted_at, recorded_at) values"
            engine.execute(f"{row} (gen_random_uuid(), 'cn', %s, 0, %s, %s)", [digest, NOON + hours(after), NOON])
    with seen(clean) as app:
        assert [one.digest for one in adoptions(app)] == [b"3", b"2", b"1"]
        assert [one.digest for one in in_force(app, NOON)] == [b"2"]
