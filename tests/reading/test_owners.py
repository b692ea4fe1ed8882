"""Who answers is somebody on shift with a phone, else the nearest duty officer upwards; and a list says so."""

from base64 import b64decode
from datetime import timedelta

import pytest
from tests.reading.rows import (
    CITY,
    COUNTY,
    ELSEWHERE,
    GRID,
    NOON,
    OTHER_COUNTY,
    TOWN,
    VILLAGE,
    ZONE,
    duty,
    hours,
    n_id,
    post,
    seen,
    shift,
    write,
)  # fmt: skip

from epiloop.core.jurisdictions import at_level, code, scope
from epiloop.project.home import Installation
from epiloop.store.reading.board import day_around
from epiloop.store.reading.lists import Lateness, duties
from epiloop.store.reading.owners import Owner, gaps, nobody_on_duty, on_duty, on_shift

GRID_WORKER = Owner("territory", "grid-worker", VILLAGE)
POSTS = (
    post(1, "grid-worker", VILLAGE), post(2, "township-duty-officer", TOWN, unit=901),
    post(3, "headquarters-duty-officer", COUNTY, unit=902), post(4, "unit-epidemic-officer", GRID, unit=903),
)  # fmt: skip
OFFICERS = (
    shift(2, "town", jurisdiction=TOWN, unit=n_id(901)), shift(3, "county", jurisdiction=COUNTY, unit=n_id(902)),
)  # fmt: skip


def who(installation: Installation, owner: Owner = GRID_WORKER, at=NOON):
    with seen(installation, VILLAGE) as app:
        return on_duty(app, [owner], at)[owner.key]


def test_the_one_on_shift_answers_with_a_phone(clean: Installation) -> None:
    write(clean, *POSTS, *OFFICERS, shift(1, "worker", phone="10900000007"))
    answer = who(clean)
    assert (answer.account, answer.phone, answer.own, answer.nobody_on_duty) == ("worker", "10900000007", True, False)


def test_a_shift_without_a_phone_is_reached_at_the_desk(clean: Installation) -> None:
    write(clean, post(1, "grid-worker", VILLAGE, phone="10911111111"), shift(1, "worker", phone=""))
    assert who(clean).phone == "10911111111"


def test_who_has_no_phone_at_all_does_not_answer(clean: Installation) -> None:
    write(clean, *POSTS, *OFFICERS, shift(1, "worker", phone=""))
    assert (who(clean).account, who(clean).own) == ("town", False)


def test_a_substitute_stands_in_for_whom_they_replace(clean: Installation) -> None:
    write(clean, *POSTS, shift(1, "worker"), shift(1, "stand-in", substitute_for="worker"))
    assert (who(clean).account, who(clean).substitute_for) == ("stand-in", "worker")


def test_a_gap_goes_to_the_township_then_to_the_headquarters(clean: Installation) -> None:
    late = NOON + hours(5)
    write(clean, *POSTS, *OFFICERS, shift(1, "worker"))
    assert who(clean, at=late).nobody_on_duty
    assert who(clean, at=late).account is None
    write(clean, *POSTS, *OFFICERS)
    assert (who(clean).account, who(clean).post_kind, who(clean).code) == ("town", "township-duty-officer", TOWN)
    write(clean, *POSTS, shift(2, "town", ends=NOON - hours(1), unit=n_id(901)), OFFICERS[1])
    assert (who(clean).account, who(clean).nobody_on_duty) == ("county", True)


@pytest.mark.parametrize(("minutes", "account"), [(-241, None), (-240, "worker"), (239, "worker"), (240, None)])
def test_a_shift_is_half_open(clean: Installation, minutes: int, account: str | None) -> None:
    write(clean, POSTS[0], shift(1, "worker"))
    assert who(clean, at=NOON + timedelta(minutes=minutes)).account == account


def test_the_employer_answers_through_its_own_post(clean: Installation) -> None:
    write(clean, *POSTS, *OFFICERS, shift(4, "officer", unit=n_id(903)))
    owner = Owner("employer", "unit-epidemic-officer", GRID, n_id(903))
    assert who(clean, owner).account == "officer"
    assert who(clean, owner._replace(unit=n_id(904))).account == "town"


def test_the_individual_is_never_nobody(clean: Installation) -> None:
    write(clean, *POSTS)
    answer = who(clean, Owner("individual", "self", GRID))
    assert answer.individual
    assert not answer.nobody_on_duty


def test_a_worker_learns_who_stands_in_above_but_nothing_of_other_places(clean: Installation) -> None:
    write(clean, *POSTS[1:], *OFFICERS)
    assert who(clean).account == "town"
    with seen(clean, ELSEWHERE) as app:
        assert on_duty(app, [GRID_WORKER], NOON)[GRID_WORKER].account is None
    with seen(clean) as app:
        assert on_duty(app, [GRID_WORKER], NOON)[GRID_WORKER].account is None


def test_every_late_duty_at_three_on_a_sunday_names_somebody_on_shift(clean: Installation) -> None:
    at = NOON.replace(month=4, day=17, hour=3, minute=10)
    night = {"starts": at - hours(7), "ends": at + hours(5)}
    write(
        clean, *POSTS,
        shift(1, "worker", starts=at + hours(5), ends=at + hours(14)),  # the gap
        shift(2, "town", unit=n_id(901), **night), shift(2, "stand-in", substitute_for="town", unit=n_id(901), **night),
        shift(4, "officer", unit=n_id(903), **night),
        duty(1, due=at - hours(1), consequence=50), duty(2, due=at - hours(9), consequence=50),
        duty(3, due=at - hours(2), consequence=90),
        duty(4, due=at - hours(3), consequence=90, owner_party="employer", owner_post="unit-epidemic-officer",
             owner_code=GRID, owner_unit=n_id(903)),
    )  # fmt: skip
    with seen(clean, COUNTY) as app:
        late = duties(app, scope(COUNTY), day_around(at, ZONE), Lateness.LATE).rows
        assert [line.duty.subject.int for line in late] == [4, 3, 2, 1]
        assert [line.owner.account for line in late] == ["officer", "stand-in", "stand-in", "stand-in"]
        assert all(line.owner.phone for line in late)
        empty = nobody_on_duty(app, scope(COUNTY), at, at + hours(21))
        assert [(one.owner, one.late, one.stands_in.account) for one in empty] == [(GRID_WORKER, 3, "stand-in")]


def test_nobody_on_duty_is_asked_by_area(clean: Installation) -> None:
    county_post = {"owner_post": "investigator", "owner_code": COUNTY}
    write(clean, *POSTS, duty(1), duty(2, **county_post), duty(3, jurisdiction=OTHER_COUNTY, owner_code=OTHER_COUNTY))
    day_end = NOON + hours(12)
    with seen(clean, CITY) as app:
        asked = {
            area: {one.owner.code for one in nobody_on_duty(app, scope(area), NOON, day_end)} for area in (TOWN, CITY)
        }
    assert asked == {TOWN: {VILLAGE, COUNTY}, CITY: {VILLAGE, COUNTY, OTHER_COUNTY}}
    with seen(clean, OTHER_COUNTY) as app:
        assert [one.owner.code for one in nobody_on_duty(app, scope(CITY), NOON, day_end)] == [OTHER_COUNTY]
    with seen(clean, ELSEWHERE) as app:
        assert nobody_on_duty(app, scope(CITY), NOON, day_end) == []


def test_the_roster_shows_every_post_and_its_gaps(clean: Installation) -> None:
    write(
        clean, *POSTS, shift(1, "worker"), shift(1, "next", starts=NOON + hours(6), ends=NOON + hours(8)),
        shift(2, "town", jurisdiction=TOWN, unit=n_id(901)),
        shift(2, "stand-in", substitute_for="town", jurisdiction=TOWN, unit=n_id(901)),
    )  # fmt: skip
    with seen(clean, COUNTY) as app:
        seats = on_shift(app, scope(COUNTY), NOON).rows
        assert [(seat.kind, seat.account) for seat in seats] == [
            ("headquarters-duty-officer", None), ("township-duty-officer", "stand-in"), ("grid-worker", "worker"),
            ("unit-epidemic-officer", None),
        ]  # fmt: skip
        empty = gaps(app, scope(at_level(VILLAGE, "community")), NOON - hours(5), NOON + hours(9))
        assert [(gap.starts, gap.ends) for gap in empty if gap.kind == "grid-worker"] == [
            (NOON - hours(5), NOON - hours(4)), (NOON + hours(4), NOON + hours(6)), (NOON + hours(8), NOON + hours(9)),
        ]  # fmt: skip
    with seen(clean, code("320412")) as app:
        assert on_shift(app, scope(COUNTY), NOON).rows == ()
        assert gaps(app, scope(COUNTY), NOON, NOON + hours(1)) == []


def test_several_on_shift_at_one_post_are_read_over_pages_whose_addresses_name_nobody(clean: Installation) -> None:
    logins = [f"login-{n}" for n in range(5)]
    write(clean, *POSTS, *(shift(1, login) for login in logins))
    with seen(clean, COUNTY) as app:
        whole = on_shift(app, scope(COUNTY), NOON).rows
        for size in (1, 2, 3):
            read, following = [*(page := on_shift(app, scope(COUNTY), NOON, limit=size)).rows], page.after
            while following:
                assert b"login" not in b64decode(following + "=" * (-len(following) % 4))
                page = on_shift(app, scope(COUNTY), NOON, limit=size, after_page=following)
                read, following = [*read, *page.rows], page.after
            assert read == list(whole), size
    assert [seat.account for seat in whole if seat.account] == logins
