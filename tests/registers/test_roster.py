"""Who is on duty: shifts, gaps, substitutes, and who answers upwards."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.histories import recorded

from epiloop.core.errors import InvalidInput, Refused
from epiloop.core.ids import derived
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import LEVELS, Code, at_level
from epiloop.ledger.events import Draft
from epiloop.registers.units import actions, checks, queries
from epiloop.registers.units import events as e
from epiloop.registers.units.queries import By, on_shift, resolve, roster, roster_of
from epiloop.registers.units.state import STEPS, Post, Shift, Substitute, Unit, fold
from epiloop.rules.plan import Owner, Party

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUNDAY_NIGHT = datetime(2022, 7, 3, 3, 10, tzinfo=SHANGHAI)
COMMUNITY = Code(3204120010010000)
WORKER = Owner(Party.TERRITORY, "community-health-worker", "community")


def post(name: str, kind: str, level: str, phone: str | None = None) -> Post:
    code = at_level(COMMUNITY, level) if level else COMMUNITY
    return Post(derived("post", name), kind, code, level, derived("unit", "1"), phone)


HEALTH = post("health", "community-health-worker", "community")
TOWN = post("town", "township-duty-officer", "township")
COUNTY = post("county", "headquarters-duty-officer", "county")


def shift(where: Post, account: str, start: int, end: int, phone: str | None = "5000", **said: str) -> Shift:
    """A shift between local hours of the Sunday; negative hours are of the day before."""
    midnight = SUNDAY_NIGHT.replace(hour=0, minute=0)
    return Shift(where.post, account, midnight + timedelta(hours=start), midnight + timedelta(hours=end), phone, **said)


def at(hour: float) -> datetime:
    return SUNDAY_NIGHT.replace(hour=0, minute=0) + timedelta(hours=hour)


TABLE = [
    # what, shifts of the post, of the township, of the county, who, how, nobody at the post
    ("on shift", [("ann", 0, 8, "1")], [("tom", 0, 8, "7")], [], "ann", By.SHIFT, False),
    ("a substitute in place of", [("sub", 0, 8, "2", "ann"), ("ann", 0, 8, "1")], [], [], "sub", By.SUBSTITUTE, False),
    ("another before a substitute", [("sub", 0, 8, "2", "ann"), ("bo", 1, 8, "1")], [], [], "bo", By.SHIFT, False),
    ("the first to start", [("late", 2, 9, "2"), ("early", 1, 8, "1")], [], [], "early", By.SHIFT, False),
    ("a substitute in a gap", [("sub", 0, 8, "2", "ann")], [("tom", 0, 8, "7")], [], "sub", By.SUBSTITUTE, False),
    ("no phone is not on duty", [("ann", 0, 8, None)], [("tom", 0, 8, "7")], [], "tom", By.DUTY_OFFICER, True),
    ("a gap goes to the township", [("ann", 8, 16, "1")], [("tom", 0, 8, "7")], [], "tom", By.DUTY_OFFICER, True),
    ("both gaps go to the county", [], [("tom", 8, 16, "7")], [("cho", 0, 8, "9")], "cho", By.DUTY_OFFICER, True),
    ("a shift ends before its end", [("ann", -5, 3, "1")], [("tom", 0, 8, "7")], [], "tom", By.DUTY_OFFICER, True),
]


@pytest.mark.parametrize(("what", "own", "town", "county", "who", "how", "nobody"), TABLE, ids=lambda v: str(v)[:30])
def test_at_ten_past_three_on_a_sunday(what, own, town, county, who, how, nobody) -> None:
    shifts = []
    for where, rows in ((HEALTH, own), (TOWN, town), (COUNTY, county)):
        shifts += [shift(where, row[0], row[1], row[2], row[3], **_instead(row)) for row in rows]
    found = resolve(roster([HEALTH, TOWN, COUNTY], shifts), WORKER, COMMUNITY, SUNDAY_NIGHT)
    assert (found.who.account, found.who.by, found.nobody) == (who, how, nobody), what


def _instead(row: tuple) -> dict[str, str]:
    return {"substitute_for": row[4]} if len(row) > 4 else {}


def test_a_named_substitute_takes_the_shift_only_in_the_named_time() -> None:
    named = Substitute(HEALTH.post, "ann", "sub", at(2), at(4), "22")
    on = roster([HEALTH], [shift(HEALTH, "ann", 0, 8)], [named])
    accounts = [on_shift(on, [HEALTH], at(hour)).account for hour in (1.99, 2, 3.99, 4)]
    assert accounts == ["ann", "sub", "sub", "ann"]


def test_the_desk_line_serves_where_the_shift_has_none() -> None:
    desk = post("desk", "community-health-worker", "community", phone="12320")
    found = on_shift(roster([desk], [shift(desk, "ann", 0, 8, None)]), [desk], at(1))
    assert found.phone == "12320"


def test_with_nobody_on_shift_anywhere_nobody_answers() -> None:
    assert resolve(roster([HEALTH, TOWN, COUNTY], []), WORKER, COMMUNITY, SUNDAY_NIGHT) is None


def test_for_a_post_of_the_county_its_own_duty_officer_comes_before_the_citys() -> None:
    city = post("city", "headquarters-duty-officer", "city")
    on = roster([COUNTY, city], [shift(COUNTY, "cho", 0, 8), shift(city, "cai", 0, 8)])
    found = resolve(on, Owner(Party.TERRITORY, "investigator", "county"), COMMUNITY, SUNDAY_NIGHT)
    assert (found.who.account, found.nobody) == ("cho", True)


def test_an_employers_duty_goes_to_the_units_own_post_and_without_one_to_the_township() -> None:
    owner = Owner(Party.EMPLOYER, "unit-epidemic-officer", "")
    own = post("own", "unit-epidemic-officer", "")
    on = roster([own, TOWN], [shift(own, "eve", 0, 8), shift(TOWN, "tom", 0, 8)])
    assert resolve(on, owner, COMMUNITY, SUNDAY_NIGHT, unit=own.unit).who.account == "eve"
    elsewhere = resolve(on, owner, COMMUNITY, SUNDAY_NIGHT, unit=derived("unit", "2"))
    assert (elsewhere.who.account, elsewhere.nobody) == ("tom", True)


def test_the_individuals_own_duty_has_no_post_and_nobody_is_looked_for() -> None:
    on = roster([TOWN], [shift(TOWN, "tom", 0, 8)])
    assert resolve(on, Owner(Party.INDIVIDUAL, "self", ""), COMMUNITY, SUNDAY_NIGHT) is None


def test_nobody_in_charge_of_another_township_answers() -> None:
    other = Post(derived("post", "other"), TOWN.kind, Code(3204120020000000), "township", None)
    assert resolve(roster([other], [shift(other, "tom", 0, 8)]), WORKER, COMMUNITY, SUNDAY_NIGHT) is None


HOURS = st.integers(-24, 48)
SPANS = st.tuples(HOURS, HOURS).filter(lambda span: span[0] < span[1])
SHIFTS = st.lists(st.tuples(st.sampled_from([HEALTH, TOWN, COUNTY]), SPANS, st.sampled_from([None, "1"])), max_size=12)


@given(SHIFTS, st.sampled_from(LEVELS), st.sampled_from(["community-health-worker", "investigator"]), HOURS)
def test_every_duty_resolves_to_somebody_with_a_phone_if_a_duty_officer_is_on_shift(rows, level, kind, hour) -> None:
    shifts = [shift(where, f"a{n}", *span, phone) for n, (where, span, phone) in enumerate(rows)]
    top = post("top", "headquarters-duty-officer", "province")
    on = roster(
        [HEALTH, TOWN, COUNTY, top], [*shifts, *(shift(top, "head", 12 * n, 12 * n + 12) for n in range(-2, 5))]
    )
    found = resolve(on, Owner(Party.TERRITORY, kind, level), COMMUNITY, at(hour))
    assert found is not None
    assert found.who.phone
    covering = {each.account for each in shifts if each.starts <= at(hour) < each.ends and each.phone}
    assert found.who.account in covering | {"head"}
    if found.who.account == "head":
        above = {TOWN.post, COUNTY.post} if LEVELS.index(level) >= LEVELS.index("community") else set()
        assert not [each for each in shifts if each.post in above and each.account in covering]


@given(st.lists(SPANS, max_size=8), SPANS)
def test_gaps_are_exactly_the_hours_without_a_shift(spans, within) -> None:
    on = roster([HEALTH], [shift(HEALTH, f"a{n}", *span) for n, span in enumerate(spans)])
    found = queries.gaps(on, HEALTH, at(within[0]), at(within[1]))
    for hour in range(within[0], within[1]):
        empty = not any(start <= hour < end for start, end in spans)
        assert empty == any(at(hour) in gap for gap in found)
    assert list(found) == sorted(found)
    assert all(left.end < right.start for left, right in pairwise(found))


def test_a_roster_without_shifts_is_one_gap() -> None:
    assert queries.gaps(roster([HEALTH], []), HEALTH, at(0), at(24)) == (Interval(at(0), at(24)),)


UNIT = derived("unit", "1")
REGISTERED = e.UnitRegistered("community-committee", COMMUNITY, "测试社区居委会", "Test community")
CREATED = e.PostCreated(HEALTH.post, HEALTH.kind, COMMUNITY, "community", "12320")
ROSTERED = e.ShiftRostered(HEALTH.post, "ann", at(0), at(8), "1")


def after(*bodies: object) -> Unit:
    return fold(UNIT, recorded([Draft(UNIT, body, at(0).astimezone(UTC), COMMUNITY) for body in bodies]))


STATES = {"unknown": (), "registered": (REGISTERED,), "closed": (REGISTERED, e.UnitClosed())}


@pytest.mark.parametrize("now", STATES)
@pytest.mark.parametrize("wanted", ["registered", "closed"])
def test_a_unit_goes_only_where_the_table_says(now: str, wanted: str) -> None:
    state = after(*STATES[now])
    assert state.step == now
    step = {
        "registered": lambda: actions.register(state, REGISTERED, at=at(0)),
        "closed": lambda: actions.close(state, at=at(0)),
    }[wanted]
    if wanted in STEPS[now]:
        assert after(*STATES[now], *[draft.body for draft in step()]).step == wanted
    else:
        with pytest.raises(Refused):
            step()


def test_events_and_rows_make_the_same_roster() -> None:
    named = e.SubstituteNamed(HEALTH.post, "ann", "sub", at(2), at(4), "22")
    held = e.PostHolderAssigned(HEALTH.post, "ann", "1")
    state = after(REGISTERED, CREATED, held, ROSTERED, named)
    assert roster_of([state]) == roster(state.posts.values(), state.shifts, state.substitutes)
    assert on_shift(roster_of([state]), [state.posts[HEALTH.post]], at(3)).account == "sub"
    closed = after(REGISTERED, CREATED, ROSTERED, e.UnitClosed())
    assert roster_of([closed]) == roster([], [])


def test_a_cancelled_shift_is_a_gap_and_the_same_shift_again_only_changes_its_phone() -> None:
    cancelled = after(REGISTERED, CREATED, ROSTERED, e.ShiftCancelled(HEALTH.post, "ann", at(0)))
    assert cancelled.shifts == ()
    again = e.ShiftRostered(HEALTH.post, "ann", at(0), at(8), "2")
    assert [each.phone for each in after(REGISTERED, CREATED, ROSTERED, again).shifts] == ["2"]


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (e.ShiftRostered(derived("post", "?"), "ann", at(0), at(8)), Refused),
        (e.ShiftRostered(HEALTH.post, "ann", at(8), at(8)), InvalidInput),
        (e.ShiftRostered(HEALTH.post, "ann", at(0), at(25)), InvalidInput),
        (e.ShiftRostered(HEALTH.post, "ann", at(7), at(9)), Refused),
        (e.ShiftRostered(HEALTH.post, "ann", datetime(2022, 7, 3), at(8)), InvalidInput),
    ],
)
def test_shifts_that_cannot_be_are_refused(request_: e.ShiftRostered, error: type[Exception]) -> None:
    state = after(REGISTERED, CREATED, ROSTERED)
    with pytest.raises(error):
        actions.roster(state, request_, at=at(0))
    assert not checks.can_roster(state, request_)
    assert checks.can_roster(state, e.ShiftRostered(HEALTH.post, "ann", at(8), at(16)))


def test_only_posts_and_levels_of_the_vocabulary_can_be_created() -> None:
    with pytest.raises(InvalidInput, match="not a post"):
        actions.create_post(after(REGISTERED), e.PostCreated(HEALTH.post, "king", COMMUNITY), at=at(0))
    with pytest.raises(InvalidInput, match="not a level"):
        actions.create_post(after(REGISTERED), e.PostCreated(HEALTH.post, HEALTH.kind, COMMUNITY, "planet"), at=at(0))
