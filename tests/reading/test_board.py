"""The board's numbers are those of the rows, at every instant, folded or not, and each opens the list it counts."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reading.rows import (
    CITY,
    COUNTY,
    ELSEWHERE,
    EVER,
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
    loop,
    rung,
    seen,
    write,
)  # fmt: skip

from epiloop.core.jurisdictions import Range, Scope, scope
from epiloop.project.home import Installation
from epiloop.store.reading.asking import Area
from epiloop.store.reading.blocks import blocks
from epiloop.store.reading.board import Counts, Day, LineCounts, board, day_around
from epiloop.store.reading.lists import DutyFilter, Lateness, LoopFilter, LoopState, duties, loops
from epiloop.store.tables import DutyRow, EscalationRow, LoopRow

MINUTES = (-2880, -1500, -725, -720, -61, -60, -1, 0, 1, 30, 59, 60, 600, 720, 721, 1500)
MOMENTS = [NOON + timedelta(minutes=minute) for minute in MINUTES]
MOMENT = st.sampled_from(MOMENTS)
ANY = st.datetimes(NOON.replace(tzinfo=None) - hours(30), NOON.replace(tzinfo=None) + hours(30)).map(
    lambda at: at.replace(tzinfo=ZONE)
)
POST = st.sampled_from(["grid-worker", "investigator"])
PLACE = st.sampled_from([GRID, VILLAGE, NEXT_VILLAGE, TOWN, OTHER_TOWN, COUNTY, OTHER_COUNTY, CITY])


@st.composite
def duty_rows(draw: st.DrawFn, subject: int) -> DutyRow:
    first, last = draw(st.one_of(st.just(EVER), MOMENT)), draw(st.one_of(st.none(), MOMENT))
    if last is not None and last <= first:
        last = None
    state = draw(st.sampled_from(["open", "open", "done", "void"]))
    return duty(
        subject, f"visit@{draw(st.integers(1, 2))}", due=draw(MOMENT), jurisdiction=draw(PLACE), state=state,
        done_at=draw(MOMENT) if state == "done" else None, consequence=draw(st.sampled_from([10, 50, 90])),
        line=draw(st.sampled_from(["people", "goods"])), owner_post=draw(POST),
        valid_from=first, valid_until=last,
    )  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    rows: dict[object, tuple[Any, ...]] = {}
    for subject in range(1, draw(st.integers(1, 10)) + 1):
        opened = draw(MOMENT)
        closes = draw(st.one_of(st.none(), MOMENT.filter(lambda at, opened=opened: at >= opened)))
        rows[subject] = loop(subject, jurisdiction=draw(PLACE), opened_at=opened, closes_at=closes)
        for row in draw(st.lists(duty_rows(subject), max_size=4)):
            rows[subject, row.key, row.valid_from] = row
        if draw(st.booleans()):
            rows[subject, "rung"] = rung(subject, 1, draw(MOMENT))
    return list(rows.values())


def counted(rows: list[tuple[Any, ...]], area: Area, day: Day, counts: Counts) -> dict[str, LineCounts]:
    """The slow obvious way: every row looked at."""
    risen = {(r.subject, r.loop, r.duty): r.at for r in rows if isinstance(r, EscalationRow)}
    found = {line: {} for line in ("people", "goods")}
    for row in rows:
        if isinstance(row, EscalationRow) or row.jurisdiction not in area or counts.line not in (None, row.line):
            continue
        number = found[row.line]
        for name in _counts_for(row, day, risen) if _asked(row, counts) else ():
            number[name] = number.get(name, 0) + 1
    return {line: LineCounts(line, **number) for line, number in found.items()}


def _asked(row: tuple[Any, ...], counts: Counts) -> bool:
    return isinstance(row, LoopRow) or counts.owner_post in (None, row.owner_post)  # type: ignore[attr-defined]


def _counts_for(row: Any, day: Day, risen: dict[Any, datetime]) -> list[str]:
    at = day.at
    if isinstance(row, LoopRow):
        closed = row.closes_at is not None and row.closes_at <= at
        names = ["open"] if row.opened_at <= at and not closed else []
        names += ["new_today"] if day.start < row.opened_at <= at else []
        return names + (["closed_today"] if closed and row.closes_at > day.start else [])
    ends = row.valid_until or datetime.max.replace(tzinfo=ZONE)
    if row.state == "done":
        return ["done_today"] if day.start < row.done_at <= at and row.valid_from <= row.done_at < ends else []
    if row.state == "void":
        return []
    names = ["due_today"] if at < row.due <= day.end and row.valid_from < row.due <= ends else []
    if row.due <= at and row.valid_from <= at < ends:
        rose = risen.get((row.subject, row.loop, row.key))
        names += ["late", "escalated"] if rose is not None and rose <= at else ["late"]
    return names


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=worlds(), instants=st.lists(MOMENT | ANY, min_size=3, max_size=3), place=PLACE, post=st.none() | POST,
    folded=st.booleans(), offset=st.sampled_from([0, 8, 5.75]),
)  # fmt: skip
def test_the_numbers_are_those_of_the_rows(
    clean: Installation,
    rows: list[Any],
    instants: list[datetime],
    place: Any,
    post: str | None,
    folded: bool,
    offset: float,
) -> None:
    wipe(clean)
    write(clean, *rows, fold=folded)
    with seen(clean, CITY) as app:
        for asked in (scope(CITY), scope(place)):
            for at in (*MOMENTS, *instants):
                day, counts = day_around(at, timezone(hours(offset))), Counts(owner_post=post)
                found = {line.line: line for line in board(app, asked, day, counts)}
                for line, numbers in counted(rows, asked, day, counts).items():
                    assert found[line] == numbers, at
                    if at in instants:
                        assert opened(app, asked, day, line, post) == numbers, at


def opened(app: psycopg.Connection[Any], asked: Area, day: Day, line: str, post: str | None) -> LineCounts:
    """How long the list behind each number is."""

    def how_many(lateness: Lateness, *, escalated: bool = False) -> int:
        chosen = DutyFilter(line=line, owner_post=post, escalated=escalated)
        return len(duties(app, asked, day, lateness, chosen, limit=1000).rows)

    def how_many_loops(state: LoopState) -> int:
        return len(loops(app, asked, day, state, LoopFilter(line=line), limit=1000).rows)

    return LineCounts(
        line,
        open=how_many_loops(LoopState.OPEN),
        due_today=how_many(Lateness.DUE_TODAY),
        late=how_many(Lateness.LATE),
        escalated=how_many(Lateness.LATE, escalated=True),
        new_today=how_many_loops(LoopState.NEW),
        closed_today=how_many_loops(LoopState.CLOSED),
        done_today=how_many(Lateness.DONE),
    )


def test_replacing_a_subject_takes_back_what_it_counted_for(clean: Installation) -> None:
    day = day_around(NOON + hours(1), ZONE)
    write(clean, loop(1), duty(1))
    with seen(clean, CITY) as app:
        assert board(app, scope(TOWN), day)[0].late == 1
    write(clean, loop(1), duty(1, state="done", done_at=NOON + hours(0.5)))
    with seen(clean, CITY) as app:
        people = board(app, scope(TOWN), day)[0]
        assert (people.late, people.done_today, people.open) == (0, 1, 1)


def test_a_duty_that_two_regimes_lay_down_is_counted_once(clean: Installation) -> None:
    change = NOON + hours(2)
    write(
        clean, duty(1, due=NOON, valid_until=change), duty(1, due=NOON, valid_from=change),
        duty(2, due=NOON + hours(4), valid_until=change), duty(2, due=NOON + hours(4), valid_from=change),
    )  # fmt: skip
    with seen(clean, CITY) as app:
        for after, late, due in ((1, 1, 1), (2, 1, 1), (3, 1, 1), (4, 2, 0)):
            numbers = board(app, scope(CITY), day_around(NOON + hours(after), ZONE))[0]
            assert (numbers.late, numbers.due_today) == (late, due), after


@pytest.mark.parametrize(("valid_from", "rose"), [(10, 20), (20, 10), (-90, 20), (20, -10), (-90, -10)])
def test_what_rises_in_the_hour_in_which_another_regime_takes_over_is_counted_once(
    clean: Installation, valid_from: int, rose: int
) -> None:
    taken_over = duty(1, due=NOON - hours(1), valid_from=NOON + timedelta(minutes=valid_from))
    write(clean, taken_over, rung(1, 1, NOON + timedelta(minutes=rose)))
    with seen(clean, CITY) as app:
        for minute in (-11, 5, 15, 30, 60):
            late = minute >= valid_from
            numbers = board(app, scope(CITY), day_around(NOON + timedelta(minutes=minute), ZONE))[0]
            assert (numbers.late, numbers.escalated) == (late, late and minute >= rose), minute


def test_an_outsider_counts_nothing(clean: Installation) -> None:
    write(clean, loop(1), duty(1), rung(1, 1, NOON))
    day = day_around(NOON + hours(1), ZONE)
    for allowed in (scope(ELSEWHERE), scope(OTHER_COUNTY), Scope()):
        with seen(clean, allowed) as app:
            for line in board(app, scope(CITY), day):
                assert line == LineCounts(line.line)


def test_who_sees_part_of_a_county_does_not_see_the_sums_of_the_county(clean: Installation) -> None:
    write(clean, duty(1), duty(2, jurisdiction=OTHER_TOWN))
    day = day_around(NOON + hours(1), ZONE)
    with seen(clean, TOWN) as app:
        assert board(app, scope(COUNTY), day)[0].late == 0
        assert board(app, scope(TOWN), day)[0].late == 1


@pytest.mark.parametrize(
    ("area", "whole"),
    [
        (scope(CITY), [(12, CITY)]),
        (scope(COUNTY), [(10, COUNTY)]),
        (scope(VILLAGE), [(4, VILLAGE)]),
        (Range(0, 10**16), [(16, 0)]),
        (Range(TOWN, TOWN + 2 * 10**7), [(7, TOWN), (7, TOWN + 10**7)]),
    ],
)
def test_an_area_is_cut_into_the_widest_jurisdictions(area: Area, whole: list[tuple[int, int]]) -> None:
    assert blocks(area) == (whole, Scope())


@given(st.integers(0, 10**7), st.integers(1, 10**6))
def test_blocks_cover_an_area_exactly(low: int, width: int) -> None:
    whole, rest = blocks(Range(low * 10**3, (low + width) * 10**3))
    parts = sorted([*(Range(number, number + 10**level) for level, number in whole), *rest.ranges])
    assert parts[0].low == low * 10**3
    assert parts[-1].high == (low + width) * 10**3
    assert all(before.high == after.low for before, after in pairwise(parts))


def wipe(installation: Installation) -> None:
    with psycopg.connect(installation.dsn("engine")) as engine:
        engine.execute("truncate loop, duty, escalation, tally, tally_delta")
