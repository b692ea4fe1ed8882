"""Lists come in their order, page by page without gap or double, and only from inside the scope."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reading.rows import (
    CITY,
    COUNTY,
    ELSEWHERE,
    GRID,
    NEXT_VILLAGE,
    NOON,
    OTHER_COUNTY,
    OTHER_TOWN,
    VILLAGE,
    ZONE,
    case,
    duty,
    hours,
    link,
    loop,
    n_id,
    person,
    post,
    rung,
    seen,
    status,
    write,
)  # fmt: skip

from epiloop.core.errors import InvalidInput
from epiloop.core.jurisdictions import Range, Scope, scope
from epiloop.project.home import Installation
from epiloop.store.reading import asking
from epiloop.store.reading.asking import Page
from epiloop.store.reading.audit import audit
from epiloop.store.reading.board import day_around
from epiloop.store.reading.cases import cases, contacts_of
from epiloop.store.reading.clears import Clear, gaps
from epiloop.store.reading.lists import DutyFilter, Lateness, LoopState, duties, loops
from epiloop.store.reading.owners import on_shift
from epiloop.store.reading.people import PeopleFilter, people
from epiloop.store.reading.registers import PlacesAsked, places, posts, units
from epiloop.store.tables import PlaceRow, UnitRow

DAY = day_around(NOON, ZONE)
PLACES = [GRID, VILLAGE, NEXT_VILLAGE, OTHER_TOWN, OTHER_COUNTY]
SHIFTED = [timedelta(), timedelta(), hours(1), hours(2), hours(30)]
Ask = Callable[[Any, Any, int, str | None], Page[Any]]

ASKED: dict[str, Ask] = {
    **{
        f"duties {lateness}": lambda app, area, n, after, lateness=lateness: duties(
            app, area, DAY, lateness, limit=n, after_page=after
        )
        for lateness in Lateness
    },
    **{
        f"loops {state}": lambda app, area, n, after, state=state: loops(
            app, area, DAY, state, limit=n, after_page=after
        )
        for state in LoopState
    },
    "people": lambda app, area, n, after: people(app, area, NOON, limit=n, after_page=after),
    "people under control": lambda app, area, n, after: people(
        app, area, NOON, PeopleFilter(controlled=True), limit=n, after_page=after
    ),
    "cases": lambda app, area, n, after: cases(app, area, NOON, limit=n, after_page=after),
    "gaps of clears": lambda app, area, n, after: gaps(app, area, DAY, Clear.IDENTITY, limit=n, after_page=after),
    "contacts": lambda app, _, n, after: contacts_of(app, n_id(1), NOON, limit=n, after_page=after),
    "audit": lambda app, area, n, after: audit(app, area, limit=n, after_page=after),
    "units": lambda app, area, n, after: units(app, area, limit=n, after_page=after),
    "posts": lambda app, area, n, after: posts(app, area, limit=n, after_page=after),
    "rosters": lambda app, area, n, after: on_shift(app, area, NOON, limit=n, after_page=after),
    "places": lambda app, area, n, after: places(app, PlacesAsked(area, scope()), NOON, limit=n, after_page=after),
}


@pytest.fixture
def crowd(clean: Installation) -> Installation:
    """Forty of everything, many of them equal in what lists are ordered by."""
    rows: list[tuple[Any, ...]] = []
    for n in range(1, 41):
        place, later = PLACES[n % 5], SHIFTED[n // 5 % 5]
        on = {"jurisdiction": place}
        rows += [
            person(n, identified=False, controlled_until=NOON + hours(9), **on), status(n, **on),
            loop(n, opened_at=NOON - later, **on),
            loop(n, "contact#2", opened_at=NOON - later, closes_at=NOON - later / 2, **on),
            case(n, determined_at=NOON - later, **on), link(n, 1, f"a{n}", **on), link(n, 1, f"b{n}", **on),
            duty(n, "late", due=NOON - later, consequence=n % 3 * 20, **on),
            duty(n, "late too", due=NOON - later, consequence=n % 3 * 20, **on),
            duty(n, "today", due=NOON + timedelta(hours=1) + later / 10, consequence=n % 3 * 20, **on),
            duty(n, "today too", due=NOON + timedelta(hours=1) + later / 10, consequence=n % 2 * 20, **on),
            duty(n, "next", due=NOON + hours(48), **on), duty(n, "then", due=NOON + hours(48), consequence=70, **on),
            duty(n, "done", state="done", done_at=NOON - later / 10, **on),
            UnitRow(n_id(1000 + n), "school", "学校", "School", place),
            post(2000 + n, "grid-worker", place, unit=1000 + n),
            PlaceRow(n_id(3000 + n), "hall", "礼堂", "Hall", None, "", place, None, None),
        ]  # fmt: skip
    write(clean, *rows)
    import psycopg

    with psycopg.connect(clean.dsn("engine")) as engine:
        line = "insert into audit values (%s, %s, 'a', 'p', %s, 1, 1)"
        engine.cursor().executemany(
            line, [(n_id(n // 2), NOON - SHIFTED[n // 5 % 5], PLACES[n % 5]) for n in range(1, 41)]
        )
    return clean


def all_pages(ask: Ask, app: Any, area: Any, size: int) -> list[Any]:
    rows, after = [], None
    while True:
        found = ask(app, area, size, after)
        rows += found.rows
        if found.after is None:
            return rows
        assert len(found.rows) == size
        after = found.after


@pytest.mark.parametrize("name", ASKED)
def test_pages_put_together_are_the_whole_list(crowd: Installation, name: str) -> None:
    with seen(crowd, CITY) as app:
        for area in (scope(CITY), scope(COUNTY), scope(VILLAGE), scope(NEXT_VILLAGE, OTHER_COUNTY)):
            whole = ASKED[name](app, area, 1000, None).rows
            assert whole
            for size in (1, 3, 7):
                assert all_pages(ASKED[name], app, area, size) == list(whole)


@pytest.mark.parametrize("name", ASKED)
def test_a_list_has_only_what_lies_in_the_area_and_in_the_scope(crowd: Installation, name: str) -> None:
    def codes(app: Any, area: Scope) -> set[int]:
        rows = ASKED[name](app, area, 1000, None).rows
        return {(row.duty if hasattr(row, "duty") else row).jurisdiction for row in rows}

    with seen(crowd, CITY) as app:
        everywhere = {*PLACES}
        assert codes(app, scope(CITY)) == everywhere
        if name != "contacts":
            assert codes(app, scope(COUNTY)) == everywhere - {OTHER_COUNTY}
    with seen(crowd, OTHER_COUNTY) as app:
        assert codes(app, scope(CITY)) == everywhere & {OTHER_COUNTY}
    for allowed in (scope(ELSEWHERE), Scope()):
        with seen(crowd, allowed) as app:
            assert codes(app, Scope((Range(0, 10**16),))) == set()


@pytest.mark.parametrize("area", [CITY, VILLAGE])
def test_late_duties_come_by_consequence_then_by_how_long(crowd: Installation, area: Any) -> None:
    with seen(crowd, CITY) as app:
        late = [line.duty for line in duties(app, scope(area), DAY, Lateness.LATE, limit=1000).rows]
        due = [line.duty for line in duties(app, scope(area), DAY, Lateness.DUE_TODAY, limit=1000).rows]
    assert late == sorted(late, key=lambda row: (-row.consequence, row.due, row.subject, row.loop, row.key))
    assert due == sorted(due, key=lambda row: (row.due, -row.consequence, row.subject, row.loop, row.key))
    assert {row.key for row in late} == {"late", "late too"}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from([10, 20, 30]), st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=25),
    st.integers(1, 4), st.sampled_from([CITY, VILLAGE]), st.sampled_from([Lateness.LATE, Lateness.DUE_TODAY]),
)  # fmt: skip
def test_any_late_list_reads_the_same_in_pages_of_any_size(
    clean: Installation, rows: list[tuple[int, int, int]], size: int, area: Any, lateness: Lateness
) -> None:
    import psycopg

    with psycopg.connect(clean.dsn("engine")) as engine:
        engine.execute("truncate duty")
    shift = hours(-5) if lateness is Lateness.LATE else hours(1)
    write(
        clean,
        *(duty(s, f"d{n}", consequence=c, due=NOON + shift + hours(h)) for n, (c, h, s) in enumerate(rows)),
        fold=False,
    )
    with seen(clean, CITY) as app:
        ask = ASKED[f"duties {lateness}"]
        paged = all_pages(ask, app, scope(area), size)
        assert paged == list(ask(app, scope(area), 1000, None).rows)
        assert len(paged) == len(rows)


def test_filters_choose(crowd: Installation) -> None:
    write(
        crowd, duty(50, kind="transfer", measure="arrival", line="goods", owner_post="investigator", owner_code=COUNTY),
        rung(50, 0, NOON, account="somebody"), rung(50, 1, NOON), rung(50, 2, NOON + hours(1)),
    )  # fmt: skip
    with seen(crowd, CITY) as app:
        for chosen in (
            DutyFilter(kind="transfer"), DutyFilter(measure="arrival"), DutyFilter(line="goods"),
            DutyFilter(owner_post="investigator"), DutyFilter(owner_post="investigator", owner_code=COUNTY),
            DutyFilter(escalated=True),
        ):  # fmt: skip
            for area in (CITY, VILLAGE):
                (line,) = duties(app, scope(area), DAY, Lateness.LATE, chosen).rows
                assert line.duty.subject == n_id(50)
        assert (line.steps.acknowledged_by, line.steps.rung, line.steps.rung_at) == ("somebody", 1, NOON)
        later = day_around(NOON + hours(1), ZONE)
        (line,) = duties(app, scope(CITY), later, Lateness.LATE, DutyFilter(escalated=True)).rows
        assert line.steps.rung == 2


@pytest.mark.parametrize("text", ["", "x", "bm90", "WzFd", "W10=", "☃", "WyJhIiwiYiIsImMiLCJkIiwiZSJd"])
def test_a_broken_place_in_a_list_is_refused(clean: Installation, text: str) -> None:
    with seen(clean, CITY) as app, pytest.raises(InvalidInput):
        duties(app, scope(CITY), DAY, Lateness.LATE, after_page=text)


def test_a_status_holds_the_strictest_one(clean: Installation) -> None:
    write(
        clean, person(1, controlled_until=NOON + hours(24)), status(1),
        status(1, loop="other", status="centralised-isolation", strictness=60, ends=NOON + hours(1)),
        person(2, controlled_until=NOON), person(3, merged_into=n_id(1)),
    )  # fmt: skip
    with seen(clean, COUNTY) as app:
        for at, word in (
            (NOON, "centralised-isolation"),
            (NOON + hours(2), "home-monitoring"),
            (NOON + hours(30), None),
        ):
            rows = {row.id.int: row for row in people(app, asking.area(COUNTY), at).rows}
            assert (sorted(rows), rows[1].status, rows[2].status) == ([1, 2], word, None)
