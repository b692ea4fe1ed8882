"""A person's page, today's list of a worker, the list of a calendar day; nothing of it from outside the scope."""

from datetime import date, datetime, timedelta

import pytest
from tests.reading.rows import (
    CITY,
    COUNTY,
    ELSEWHERE,
    EVER,
    GRID,
    NEXT_VILLAGE,
    NOON,
    OTHER_TOWN,
    TOWN,
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
    shift,
    status,
    write,
)  # fmt: skip

from epiloop.core.jurisdictions import Scope, scope
from epiloop.project.home import Installation
from epiloop.store.reading.board import day_around
from epiloop.store.reading.day_list import day_list, posts_of, today
from epiloop.store.reading.people import PeopleFilter, by_outside_id, people, people_by_id, person_page
from epiloop.store.tables import DuplicateRow, FollowUpRow, OutsideIdRow, SampleRow, StageRow

DAY = day_around(NOON, ZONE)
CHANGE = NOON + hours(6)


@pytest.fixture
def one(clean: Installation) -> Installation:
    """A person with everything."""
    stage = StageRow(
        n_id(1), "contact#1", "home", "home-monitoring", GRID, NOON, None, None, date(2022, 4, 19), None, "stage", "v",
        "stages.home", [], EVER, CHANGE,
    )  # fmt: skip
    write(
        clean, person(1, household=n_id(70), controlled_until=NOON + hours(24)), person(2, household=n_id(70)),
        loop(1), stage, stage._replace(status="home-isolation", valid_from=CHANGE, valid_until=None),
        duty(1, valid_until=CHANGE), duty(1, valid_from=CHANGE, clause="duties.other"),
        duty(1, "next", due=NOON + hours(3)),
        status(1), rung(1, 1, NOON), link(1, 2), link(3, 1), case(1), OutsideIdRow("list", "SK_1", n_id(1), GRID),
        SampleRow(n_id(1), "s1", "single", GRID, NOON, "negative", NOON, None), FollowUpRow(n_id(1), NOON, GRID, False),
        DuplicateRow(n_id(1), n_id(2), "possible", 0.9, GRID, None),
    )  # fmt: skip
    return clean


def test_a_page_shows_what_the_rules_of_the_instant_lay_down(one: Installation) -> None:
    with seen(one, VILLAGE) as app:
        now, later = person_page(app, n_id(1), NOON), person_page(app, n_id(1), CHANGE)
    assert now is not None
    assert later is not None
    assert [line.duty.clause for line in now.duties] == ["duties.visit", "duties.visit"]
    assert [line.duty.clause for line in later.duties] == ["duties.other", "duties.visit"]
    assert [stage.status for stage in now.stages + later.stages] == ["home-monitoring", "home-isolation"]
    assert now.status is not None
    assert now.status.status == "home-monitoring"
    assert [(one.contact.int, one.source and one.source.int) for one in now.contacts] == [(1, 2), (3, 1)]
    assert [member.id.int for member in now.household] == [2]
    assert [len(part) for part in (now.loops, now.cases, now.samples, now.follow_ups, now.escalations)] == [1] * 5
    assert [(row.system, row.outside) for row in now.outside_ids] == [("list", "SK_1")]
    assert len(now.duplicates) == 1


@pytest.mark.parametrize("allowed", [scope(ELSEWHERE), scope(NEXT_VILLAGE), Scope()])
def test_an_outsider_finds_nobody(one: Installation, allowed: Scope) -> None:
    with seen(one, allowed) as app:
        assert person_page(app, n_id(1), NOON) is None
        assert people(app, scope(CITY), NOON).rows == ()
        assert people_by_id(app, [n_id(1), n_id(2)], NOON) == []
        assert by_outside_id(app, "list", "SK_1") is None
        listed = day_list(app, scope(CITY), DAY, kind=None)
        assert (listed.lines, listed.cases) == ((), ())


def test_a_search_keeps_the_order_of_its_hits(one: Installation) -> None:
    with seen(one, VILLAGE) as app:
        assert [row.id.int for row in people_by_id(app, [n_id(2), n_id(9), n_id(1)], NOON)] == [2, 1]
        assert by_outside_id(app, "list", "SK_1") == n_id(1)


def test_people_are_chosen_by_control_household_and_occupation(one: Installation) -> None:
    write(one, person(4, occupation="teacher", jurisdiction=OTHER_TOWN), person(5, controlled_until=NOON + hours(9)))
    with seen(one, COUNTY) as app:

        def ids(**chosen: object) -> list[int]:
            return [row.id.int for row in people(app, scope(COUNTY), NOON, PeopleFilter(**chosen)).rows]

        assert ids(controlled=True) == [1], "whose restriction has not begun is not controlled"
        assert ids(household=n_id(70)) == [1, 2]
        assert ids(occupation="teacher") == [4]


def test_a_worker_gets_what_waits_for_the_posts_they_hold_now(clean: Installation) -> None:
    write(
        clean, post(1, "grid-worker", VILLAGE), post(2, "grid-worker", NEXT_VILLAGE, unit=901),
        post(3, "unit-epidemic-officer", GRID, unit=902),
        shift(1, "worker"), shift(2, "worker", ends=NOON, unit=n_id(901)), shift(3, "worker", unit=n_id(902)),
        duty(1, "a", due=NOON + hours(2)), duty(1, "b", due=NOON + hours(1)), duty(2, "a", due=NOON - hours(1)),
        duty(3, "a", due=NOON - hours(9), consequence=10), duty(4, "a", due=NOON - hours(1), consequence=90),
        duty(5, owner_code=NEXT_VILLAGE), duty(6, due=NOON + hours(13)), duty(7, state="done", done_at=NOON),
        duty(8, owner_party="employer", owner_post="unit-epidemic-officer", owner_code=GRID, owner_unit=n_id(902),
             due=NOON + hours(5)),
        duty(9, owner_party="employer", owner_post="unit-epidemic-officer", owner_code=GRID, owner_unit=n_id(903)),
        duty(10, due=NOON - hours(30), valid_until=NOON - hours(6)),
    )  # fmt: skip
    with seen(clean, TOWN) as app:
        found = today(app, "worker", DAY)
        assert [held.kind for held in found.posts] == ["grid-worker", "unit-epidemic-officer"]
        assert [one.subject.int for one in found.subjects] == [4, 2, 3, 1, 8]
        assert [line.duty.key for line in found.subjects[3].duties] == ["b", "a"]
        assert (found.late, found.more) == (3, False)
        assert today(app, "nobody", DAY).subjects == ()
    with seen(clean, ELSEWHERE) as app:
        assert today(app, "worker", DAY).posts == ()


def test_a_substitute_has_the_list_and_whom_they_replace_has_not(clean: Installation) -> None:
    write(clean, post(1, "grid-worker", VILLAGE), shift(1, "worker"), shift(1, "stand-in", substitute_for="worker"))
    with seen(clean, TOWN) as app:
        assert [held.substitute_for for held in posts_of(app, "stand-in", NOON)] == ["worker"]
        assert posts_of(app, "worker", NOON) == []


def test_a_day_has_one_line_a_person_with_every_source(clean: Installation) -> None:
    midnight = datetime(2022, 4, 20, tzinfo=ZONE)
    follow = {"kind": "follow-up", "due": midnight}
    write(
        clean, *(person(n) for n in range(1, 5)),
        duty(1, "f1", **follow), duty(1, "f2", loop="contact#2", **follow), link(1, 7, last_exposure=date(2022, 4, 10)),
        link(1, 8, last_exposure=date(2022, 4, 12)), link(1, 9, withdrawn_at=NOON),
        OutsideIdRow("list", "SK_7", n_id(7), GRID), OutsideIdRow("list", "SK_1", n_id(1), GRID),
        # a case since the morning: the duty held until then and is no longer required
        duty(2, "f", valid_until=NOON, **follow), duty(2, "f", state="void", valid_from=NOON, **follow),
        case(2, determined_at=NOON),
        # became one only the day after
        duty(3, "f", valid_until=midnight + hours(9), **follow),
        duty(3, "f", state="void", valid_from=midnight + hours(9), **follow),
        case(3, determined_at=midnight + hours(9)),
        duty(4, "f", kind="follow-up", due=midnight + timedelta(microseconds=1)), duty(5, "v", due=midnight),
        duty(6, "f", state="done", done_at=NOON, **follow),
        duty(10, "f", kind="follow-up", due=midnight - timedelta(days=1)),
    )  # fmt: skip
    with seen(clean, COUNTY) as app:
        found = day_list(app, scope(COUNTY), DAY)
        assert [line.person.int for line in found.lines] == [1, 3]
        assert [(line.person.int, line.case_since) for line in found.cases] == [(2, NOON)]
        first = found.lines[0]
        assert (len(first.duties), first.outside) == (2, (("list", "SK_1"),))
        assert [(e.link.source.int, e.outside) for e in first.exposures if e.link.source] == [
            (7, (("list", "SK_7"),)), (8, ()),
        ]  # fmt: skip
        assert {line.person.int for line in day_list(app, scope(COUNTY), DAY, kind=None).lines} == {1, 3, 5}
