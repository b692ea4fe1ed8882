"""Four clears of a county with everything in it: the counts are those of the rows, and of the lists behind them."""

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
import pytest
from tests.reading.rows import (
    COUNTY,
    GRID,
    NEXT_VILLAGE,
    NOON,
    OTHER_COUNTY,
    OTHER_TOWN,
    TOWN,
    VILLAGE,
    ZONE,
    duty,
    hours,
    n_id,
    person,
    post,
    seen,
    shift,
    status,
    write,
)

from epiloop.core.jurisdictions import Code, scope
from epiloop.project.home import Installation
from epiloop.store.reading.board import day_around
from epiloop.store.reading.clears import Clear, ClearLine, four_clears, gaps
from epiloop.store.tables import DuplicateRow

PLACES = (GRID, VILLAGE, NEXT_VILLAGE, TOWN, OTHER_TOWN, COUNTY, OTHER_COUNTY)
INSTANTS = [NOON + hours(n) for n in (-30, -9.5, 0, 0.75, 7, 40)]
EMPLOYER = 700
BY_ROWS = """
    with asked as (select * from person where controlled_until > %(at)s and merged_into is null
                   and jurisdiction >= %(low)s and jurisdiction < %(high)s)
    select count(*),
        count(*) filter (where not exists (select from duplicate
                                           where state = 'possible' and id in (left_person, right_person))),
        count(*) filter (where identified),
        count(*) filter (where jurisdiction %% 10000000 <> 0),
        count(*) filter (where exists (select from status_span where subject = id and starts <= %(at)s and ends > %(at)s
                                       and strictness > 0)
                           and not exists (select from duty where subject = id and state = 'open' and due <= %(day_end)s
                                           and valid_from <= %(at)s and coalesce(valid_until, 'infinity') > %(at)s
                                           and (owner_post, owner_party) in (('village-doctor', 'territory'),
                                                                             ('safety-officer', 'employer'))))
    from asked
"""


def somebody(draw: random.Random, n: int) -> Iterator[tuple[Any, ...]]:
    """A person with up to three stretches of restriction, and duties of posts with and without anybody."""
    at = {"jurisdiction": draw.choice(PLACES)}
    spans = [(start, start + draw.randint(1, 30)) for start in draw.sample(range(-40, 40), draw.randint(0, 3))]
    strict = [span for number, span in enumerate(spans) if number or draw.random() < 0.8]
    held = {hour for start, end in strict for hour in range(start, end)}
    since = until = max(held, default=0) + 1
    while since - 1 in held:
        since -= 1
    known = {"controlled_from": NOON + hours(since), "controlled_until": NOON + hours(until)} if held else {}
    merged = n_id(1) if draw.random() < 0.05 else None
    yield person(n, identified=draw.random() < 0.8, merged_into=merged, **known, **at)
    for number, (start, end) in enumerate(spans):
        values = {"loop": f"contact#{number}", "strictness": 30 if (start, end) in strict else 0}
        yield status(n, starts=NOON + hours(start), ends=NOON + hours(end), **values, **at)
    for number in range(draw.randint(0, 2)):
        due = NOON + hours(draw.randint(-30, 40))
        ends = draw.choice([None, due + hours(8)])
        owner = draw.choice(["grid-worker", "grid-worker", "village-doctor", "safety-officer"])
        party = "employer" if owner == "safety-officer" else "territory"
        unit = n_id(EMPLOYER) if party == "employer" else None
        values = {"owner_post": owner, "owner_party": party, "owner_unit": unit, "due": due, "valid_until": ends}
        yield duty(n, f"visit@{number}", **values, **at)


@pytest.fixture
def crowd(clean: Installation) -> Installation:
    draw = random.Random(4)
    rows = [row for n in range(1, 301) for row in somebody(draw, n)]
    pairs = [DuplicateRow(n_id(n), n_id(n + 150), draw.choice(["possible", "different"]), 0.9, GRID, None)
             for n in range(1, 150, 9)]  # fmt: skip
    always = {"starts": NOON - hours(99), "ends": NOON + hours(99)}
    write(clean, post(800, "grid-worker", VILLAGE), shift(800, "worker", **always), *rows, *pairs)
    with psycopg.connect(clean.dsn("engine")) as engine:
        engine.execute("insert into unit values (%s, 'company', '厂', 'Works', %s)", [n_id(EMPLOYER), VILLAGE])
    return clean


def counted(installation: Installation, code: Code, size: int, at: datetime) -> list[int]:
    """People, and how many are clear in each way, by looking at each person's rows."""
    words = {"at": at, "day_end": day_around(at, ZONE).end, "low": code, "high": code + size}
    with psycopg.connect(installation.dsn("engine")) as engine:
        found = engine.execute(BY_ROWS, words).fetchone()
    assert found is not None
    return list(found)


def told(lines: list[ClearLine]) -> list[int]:
    """The lines together."""
    sums = [[line.people, *(line.clear(which) for which in Clear)] for line in lines]
    return [sum(column) for column in zip(*sums, strict=True)] or [0] * 5


@pytest.mark.parametrize("at", INSTANTS)
@pytest.mark.parametrize(("code", "size"), [(COUNTY, 10**10), (TOWN, 10**7), (VILLAGE, 10**4)])
def test_at_any_instant_the_counts_are_those_of_the_rows_and_of_the_lists_behind_them(
    crowd: Installation, code: Code, size: int, at: datetime
) -> None:
    with seen(crowd, COUNTY) as app:
        lines = four_clears(app, code, day_around(at, ZONE))
        behind = [len(gaps(app, scope(code), day_around(at, ZONE), which, limit=400).rows) for which in Clear]
    expected = counted(crowd, code, size, at)
    assert told(lines) == expected
    assert behind == [expected[0] - clear for clear in expected[1:]]


def test_each_gap_occurs_in_the_crowd(crowd: Installation) -> None:
    people, *clear = counted(crowd, COUNTY, 10**10, NOON)
    assert people > 50
    assert all(0 < number < people for number in clear)


def test_a_list_goes_on_where_its_page_ended(crowd: Installation) -> None:
    with seen(crowd, COUNTY) as app:
        day = day_around(NOON, ZONE)
        every = gaps(app, scope(COUNTY), day, Clear.CONTROL, limit=400).rows
        first = gaps(app, scope(COUNTY), day, Clear.CONTROL, limit=7)
        rest = gaps(app, scope(COUNTY), day, Clear.CONTROL, limit=400, after_page=first.after)
    assert first.rows + rest.rows == every


def test_somebody_who_sees_a_part_is_told_of_that_part(crowd: Installation) -> None:
    with seen(crowd, TOWN) as app:
        lines = four_clears(app, COUNTY, day_around(NOON, ZONE))
        behind = gaps(app, scope(COUNTY), day_around(NOON, ZONE), Clear.IDENTITY, limit=400).rows
    people, _, identified, _, _ = counted(crowd, TOWN, 10**7, NOON)
    assert [line.people for line in lines] == [people]
    assert len(behind) == people - identified
