"""Lists of places: read by either heading, line by line; what is wrong names its line and stops only its own place."""

import pytest
from tests.histories import START, recorded

from epiloop.core.errors import InvalidInput
from epiloop.core.ids import derived
from epiloop.core.jurisdictions import code
from epiloop.core.spreadsheets import Read
from epiloop.registers.places import actions, lists
from epiloop.registers.places import events as e
from epiloop.registers.places.state import Zone, fold

PLACE = derived("place", "county", "7")
HEADINGS = ("id", "kind", "name_zh", "jurisdiction", "capacity", "hours", "sensitivity", "zone", "zone_kind", "zone_zh")


def read(*rows: str, headings: tuple[str, ...] = HEADINGS) -> Read[lists.Listed]:
    lines = [(n, dict(zip(headings, row.split("|"), strict=False))) for n, row in enumerate(rows, 2)]
    return lists.read(headings, lines, system="county")


def test_lines_with_one_number_are_the_zones_of_one_place() -> None:
    found = read(
        "7|market|农贸市场|450226100|300|1-7 6:00-18:00||meat|counter|肉类区",
        "8|hotel|宾馆|450226100|80||||",
        "7||||||| fish |counter|",
    )
    assert found.errors == []
    market, hotel = found.taken
    assert market.lines == (2, 4)
    assert market.name == ("county", "7")
    assert market.zones == (e.ZoneSet("meat", "counter", "肉类区"), e.ZoneSet("fish", "counter"))
    assert (market.place.capacity, len(market.place.hours), market.place.jurisdiction) == (300, 7, code("450226100"))
    assert hotel.zones == ()


def test_chinese_headings_are_known() -> None:
    headings = (
        "编号",
        "场所类型",
        "场所名称",
        "辖区代码",
        "容纳人数",
        "营业时间",
        "敏感",
        "区域",
        "区域类型",
        "区域名称",
    )
    found = read("7|market|农贸市场|450226100|300|1-7 6:00-18:00|否|meat|counter|肉类区", headings=headings)
    assert found.errors == []
    assert found.taken[0].place.name_zh == "农贸市场"


def test_a_clinic_is_sensitive_whether_the_list_says_so_or_not() -> None:
    found = read("1|clinic|诊所|450226100", "2|market|市场|450226100|||是", "3|market|市场|450226100|||no")
    assert [one.place.sensitivity.value for one in found.taken] == ["sensitive", "sensitive", "public"]


def test_health_care_and_homes_are_sensitive_until_the_list_says_otherwise() -> None:
    found = read("1|hospital|县医院|450226100", "2|hospital|县医院|450226100|||no", "3|care-home|敬老院|450226100")
    assert [one.place.sensitivity.value for one in found.taken] == ["sensitive", "public", "sensitive"]


WRONG = [
    ("|market|市场|450226100", "id is empty"),
    ("1||市场|450226100", "kind is empty"),
    ("1|Market Hall|市场|450226100", "no kind of place"),
    ("1|market||450226100", "name_zh is empty"),
    ("1|market|市场|45022", "not a jurisdiction code"),
    ("1|market|市场|450226100|many", "whole number"),
    ("1|market|市场|450226100|0", "at least one person"),
    ("1|market|市场|450226100||Mondays", "weekdays 1 to 7"),
    ("1|market|市场|450226100|||perhaps", "yes or no"),
    ("1|market|市场|450226100||||Meat Hall", "a word of small letters"),
]


@pytest.mark.parametrize(("row", "said"), WRONG)
def test_what_is_wrong_is_said_with_its_line_and_stops_no_other(row: str, said: str) -> None:
    found = read("9|hotel|宾馆|450226100", row)
    assert [one.place.name_zh for one in found.taken] == ["宾馆"]
    [error] = found.errors
    assert error.line == 3
    assert said in error.wrong.render()


def test_two_lines_that_contradict_each_other_stop_their_place() -> None:
    found = read("1|market|市场|450226100||||meat", "1|market|另一市场|450226100||||fish", "1|||||||meat")
    assert found.taken == []
    assert [error.line for error in found.errors] == [2, 3, 4]
    assert "different things" in found.errors[1].wrong.render()
    assert "line 3" in found.errors[0].wrong.render()
    assert "same name" in read("1|market|市场|450226100||||a", "1|||||||a").errors[1].wrong.render()


def test_a_list_without_a_needed_column_is_refused() -> None:
    with pytest.raises(InvalidInput, match="name_zh, jurisdiction"):
        read("1|market", headings=("id", "kind"))


def test_taken_over_twice_a_list_says_nothing_new() -> None:
    place = derived("place", "county", "7")
    first = read("7|market|农贸市场|450226100|300|1-7 6:00-18:00||meat|counter|肉类区").taken[0]
    drafts = actions.take_over(fold(place, ()), first.place, first.zones, at=START)
    state = fold(place, recorded(drafts))
    assert (state.step, state.zones) == ("open", (Zone("meat", "counter", "肉类区"),))
    assert actions.take_over(state, first.place, first.zones, at=START) == []
    second = read("7|market|农贸市场|450226100|300|||fish|counter|").taken[0]
    more = actions.take_over(state, second.place, second.zones, at=START)
    state = fold(place, recorded([*drafts, *more]))
    assert state.hours == ()
    assert [zone.zone for zone in state.zones] == ["meat", "fish"]
    assert actions.take_over(state, second.place, second.zones, at=START) == []


def test_a_position_comes_with_the_list_and_stays_when_another_list_names_none() -> None:
    headings = (*HEADINGS[:4], "longitude", "latitude")
    (listed,) = read("7|market|农贸市场|450226100|109.6123|25.7829", headings=headings).taken
    assert listed.place.position == (109.6123, 25.7829)
    state = fold(PLACE, recorded(actions.take_over(fold(PLACE, ()), listed.place, (), at=START)))
    (without,) = read("7|market|农贸市场|450226100").taken
    assert actions.knows(state, without.place)
    assert actions.knows(state, listed.place)
    for wrong in ("109.6|", "|25", "east|25", "190|25", "109|91"):
        assert [error.line for error in read(f"7|market|农贸市场|450226100|{wrong}", headings=headings).errors] == [2]
