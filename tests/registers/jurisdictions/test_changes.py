"""Merges, splits, renames and zones: numbers stay, ranges and paths change on the effective date."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import InvalidInput, Refused
from epiloop.core.jurisdictions import code, range_of
from epiloop.ledger.events import decode
from epiloop.registers.jurisdictions import Division, Register, read_table, read_zones, register
from epiloop.registers.jurisdictions.actions import Adoption, draw_zone, list_divisions, merge, rename, split
from epiloop.registers.jurisdictions.checks import can_merge
from epiloop.registers.jurisdictions.queries import path, responsible, scope_on
from epiloop.registers.jurisdictions.state import apply

AT = datetime(2015, 1, 1, tzinfo=UTC)
LISTED = date(2015, 1, 1)
CHANGE = date(2020, 6, 1)
BEFORE = CHANGE - timedelta(days=1)
LINES = [
    "code,parent_code,level,name_zh",
    "45,,province,某省",
    "4501,45,city,甲市",
    "4502,45,city,乙市",
    "450100,4501,county,市辖区",
    "450101,4501,county,东区",
    "450102,4501,county,西区",
    "450201,4502,county,南区",
    "450101001,450101,township,东一街道",
    "450101002,450101,township,东二街道",
    "450201001,450201,township,南一街道",
    "450201001001,450201001,community,南一虚拟社区",
]


def adopted(since: date = CHANGE) -> Adoption:
    return Adoption(since, "document 7", AT)


@pytest.fixture
def tree() -> Register:
    state = Register()
    carry_out(state, list_divisions(state, read_table(LINES).divisions, adopted(LISTED)))
    return state


def carry_out(state, drafts) -> None:
    for draft in list(drafts):
        apply(state, draft.body)


def names(state, text: str, day: date) -> list[str]:
    return [step.name for step in path(state, code(text), day)]


def test_listing_the_same_table_again_makes_no_event(tree: Register) -> None:
    assert list(list_divisions(tree, read_table(LINES).divisions, adopted())) == []


def test_a_listing_with_a_new_name_and_a_new_parent_makes_one_event_each(tree: Register) -> None:
    lines = [line.replace("西区", "新西区").replace("450102,4501", "450102,4502") for line in LINES]
    drafts = list(list_divisions(tree, read_table(lines).divisions, adopted()))
    assert [draft.body.kind for draft in drafts] == ["division-renamed", "division-moved"]
    carry_out(tree, drafts)
    assert names(tree, "450102", BEFORE) == ["西区", "甲市", "某省"]
    assert names(tree, "450102", CHANGE) == ["新西区", "乙市", "某省"]


def test_a_division_does_not_exist_before_it_was_listed(tree: Register) -> None:
    assert tree.on(code("450101"), LISTED - timedelta(days=1)) is None


def test_a_rename_holds_from_its_day(tree: Register) -> None:
    carry_out(tree, rename(tree, code("450101"), "朝阳区", adopted()))
    assert tree.on(code("450101"), BEFORE).name == "东区"
    assert (tree.on(code("450101"), CHANGE).name, tree.on(code("450101"), CHANGE).initials) == ("朝阳区", "cyq")


def test_after_a_merge_across_cities_records_under_the_old_code_belong_to_the_new_county_and_city(
    tree: Register,
) -> None:
    carry_out(tree, merge(tree, [code("450101")], code("450201"), adopted()))
    old = code("450101001")
    for text, before, after in (("4501", True, False), ("4502", False, True), ("450201", False, True)):
        assert (old in scope_on(tree, [code(text)], BEFORE)) is before
        assert (old in scope_on(tree, [code(text)], CHANGE)) is after
    assert old in scope_on(tree, [code("45")], CHANGE)
    assert tree.on(code("450101"), CHANGE) is None
    assert names(tree, "450101001", CHANGE) == ["东一街道", "南区", "乙市", "某省"]


def test_a_worker_of_a_township_keeps_its_range_when_its_county_is_merged(tree: Register) -> None:
    carry_out(tree, merge(tree, [code("450101")], code("450201"), adopted()))
    assert scope_on(tree, [code("450101001")], CHANGE).ranges == (range_of(code("450101001")),)


def test_two_merges_one_after_the_other_pass_everything_on(tree: Register) -> None:
    carry_out(tree, merge(tree, [code("450101")], code("450102"), adopted()))
    later = CHANGE + timedelta(days=100)
    carry_out(tree, merge(tree, [code("450102")], code("450201"), adopted(later)))
    assert code("450101002") in scope_on(tree, [code("450102")], CHANGE)
    assert code("450101002") in scope_on(tree, [code("450201")], later)
    assert scope_on(tree, [code("450102")], later).ranges == ()


def test_a_split_gives_a_part_to_a_new_division(tree: Register) -> None:
    new = Division(code("450103"), "county", code("4501"), "新区")
    carry_out(tree, split(tree, code("450101"), new, [code("450101002")], adopted()))
    assert code("450101002") in scope_on(tree, [code("450103")], CHANGE)
    assert code("450101002") not in scope_on(tree, [code("450101")], CHANGE)
    assert code("450101001") in scope_on(tree, [code("450101")], CHANGE)
    assert code("450101002") in scope_on(tree, [code("4501")], CHANGE)
    assert names(tree, "450101002", CHANGE) == ["东二街道", "新区", "甲市", "某省"]
    assert names(tree, "450101002", BEFORE) == ["东二街道", "东区", "甲市", "某省"]


@given(st.permutations(["450101", "450102", "450201"]), st.integers(0, 2000))
def test_whatever_is_merged_no_record_is_lost_or_owned_twice_among_counties(order: list[str], days: int) -> None:
    state = Register()
    carry_out(state, list_divisions(state, read_table(LINES).divisions, adopted(LISTED)))
    first, second, last = order
    carry_out(state, merge(state, [code(first)], code(second), adopted(LISTED + timedelta(days=400))))
    carry_out(state, merge(state, [code(second)], code(last), adopted(LISTED + timedelta(days=900))))
    day = LISTED + timedelta(days=days)
    scopes = [scope_on(state, [code(text)], day) for text in order]
    for place in ("450101001", "450102", "450201001001"):
        assert sum(code(place) in scope for scope in scopes) == 1


def test_a_placeholder_owns_nothing_and_the_next_one_up_answers(tree: Register) -> None:
    assert tree.on(code("450201001001"), CHANGE).placeholder
    assert responsible(tree, code("450201001001"), CHANGE).name == "南一街道"
    assert responsible(tree, code("450201001"), CHANGE).name == "南一街道"


def test_what_cannot_be_is_refused(tree: Register) -> None:
    with pytest.raises(Refused, match="450199"):
        rename(tree, code("450199"), "无", adopted())
    with pytest.raises(Refused, match="part of itself"):
        merge(tree, [code("4501")], code("450101"), adopted())
    with pytest.raises(Refused, match="does not lie"):
        split(
            tree, code("450101"), Division(code("450103"), "county", code("4501"), "新区"), [code("450102")], adopted()
        )
    assert not can_merge(tree, [code("450101")], code("450199"), CHANGE)
    assert can_merge(tree, [code("450101")], code("450102"), CHANGE)


ZONES = [
    "code,name_zh,rank,parent_code,territory,since,until,source",
    "450171,高新区,county,4501,450101002,2020-06-01,2023-01-01,City document 12",
    "450172,经开区,county,4501,,2020-06-01,,City document 13",
    "450173,保税区,county,4501,450101002,soon,,City document 14",
]


def test_a_zone_stands_at_its_rank_in_the_path_of_its_territory_between_its_dates(tree: Register) -> None:
    found = read_zones(ZONES)
    assert [error.line for error in found.errors] == [3, 4]
    carry_out(tree, draw_zone(tree, found.zones[0], AT))
    assert names(tree, "450101002", BEFORE) == ["东二街道", "东区", "甲市", "某省"]
    assert names(tree, "450101002", CHANGE) == ["东二街道", "高新区", "甲市", "某省"]
    assert names(tree, "450101002", date(2023, 1, 1)) == ["东二街道", "东区", "甲市", "某省"]
    assert scope_on(tree, [code("450171")], CHANGE).ranges == (range_of(code("450101002")),)


def test_two_zones_of_one_rank_cannot_govern_the_same_territory(tree: Register) -> None:
    first = read_zones(ZONES).zones[0]
    carry_out(tree, draw_zone(tree, first, AT))
    second = read_zones([ZONES[0], "450174,保税区,county,4501,450101002,2021-01-01,,Doc"]).zones[0]
    with pytest.raises(Refused, match="高新区"):
        draw_zone(tree, second, AT)
    with pytest.raises(InvalidInput, match="ranks too high"):
        draw_zone(tree, read_zones([ZONES[0], "450175,大区,county,4501,450102,2021-01-01,,Doc"]).zones[0], AT)


def test_every_body_survives_its_json_and_the_register_is_rebuilt_from_it(tree: Register) -> None:
    drafts = list(list_divisions(Register(), read_table(LINES).divisions, adopted(LISTED)))
    drafts += merge(tree, [code("450101")], code("450102"), adopted())
    drafts += draw_zone(tree, read_zones(ZONES).zones[0], AT)
    bodies = [draft.body for draft in drafts]
    again = [decode(body.kind, body.kind_version, body.parts()[0]) for body in bodies]
    assert again == bodies
    assert register(again).spans == register(bodies).spans
