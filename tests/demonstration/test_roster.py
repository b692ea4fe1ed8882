"""The roster: every jurisdiction has its posts, every post its officers, shifts with gaps and substitutes."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from epiloop.core.jurisdictions import level
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.roster import BEIJING, Hours, Roster, Shift, roster
from epiloop.rules.vocabulary import POSTS


@pytest.fixture(scope="module")
def posts(small: County) -> Roster:
    return roster(small)


@pytest.fixture(scope="module")
def shifts(posts: Roster) -> list[Shift]:
    return list(posts.shifts())


def test_every_level_has_its_posts(small: County, posts: Roster) -> None:
    counts = Counter((post.post, post.level) for post in posts.posts)
    assert counts["headquarters-duty-officer", "county"] == 1
    assert counts["township-duty-officer", "township"] == 15
    assert counts["community-secretary", "community"] == 170
    assert counts["grid-worker", "grid"] == sum(item.grids for item in small.tree.communities)
    assert counts["isolation-site-manager", "county"] == len(small.units.of_kind("isolation-site"))
    assert {post.post for post in posts.posts} <= set(POSTS)
    assert all(level(post.jurisdiction) == post.level for post in posts.posts)


def test_every_officer_has_a_login_of_its_own_a_name_and_a_phone_that_is_nobodys(posts: Roster) -> None:
    logins = [officer.login for officer in posts.officers]
    assert len(set(logins)) == len(logins)
    assert {"duty-1", "township-1", "health-1"} <= set(logins)
    assert {login for post in posts.posts for login in post.officers} == set(logins)
    assert all(
        officer.name and officer.phone.startswith("107") and len(officer.phone) == 11 for officer in posts.officers
    )


def test_shifts_of_a_post_do_not_overlap_and_lie_within_fourteen_days(posts: Roster, shifts: list[Shift]) -> None:
    held = defaultdict(list)
    for shift in shifts:
        held[shift.post].append(shift)
    assert set(held) == set(range(len(posts.posts)))
    first = datetime(2022, 6, 26, tzinfo=BEIJING)
    for rows in held.values():
        assert rows[0].start >= first
        assert rows[-1].end <= first + timedelta(days=29)
        assert all(before.end <= after.start for before, after in pairwise(rows))


def test_a_post_held_day_and_night_has_three_shifts_a_day_with_gaps_and_substitutes(
    posts: Roster, shifts: list[Shift]
) -> None:
    always = {index for index, post in enumerate(posts.posts) if post.hours is Hours.ALWAYS}
    rows = [shift for shift in shifts if shift.post in always]
    full = len(always) * 29 * 3
    assert 0.93 * full < len(rows) < full
    substitutes = [shift for shift in rows if shift.instead_of]
    assert 0.02 * full < len(substitutes) < 0.09 * full
    for shift in substitutes:
        officers = posts.posts[shift.post].officers
        assert shift.officer != shift.instead_of
        assert {shift.officer, shift.instead_of} <= set(officers)


def test_nobody_works_two_shifts_running(shifts: list[Shift]) -> None:
    last: dict[str, datetime] = {}
    for shift in shifts:
        if not shift.instead_of:
            assert last.get(shift.officer) != shift.start
            last[shift.officer] = shift.end


def test_shifts_are_the_same_each_time_and_can_be_made_for_one_post_alone(posts: Roster, shifts: list[Shift]) -> None:
    alone = list(posts.shifts(posts=[3]))
    assert alone == [shift for shift in shifts if shift.post == 3]
    assert all(shift.start.tzinfo is UTC for shift in alone)
