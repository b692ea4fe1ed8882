"""Reading code tables: what a good row gives, and that a bad row blocks nobody else."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import InvalidInput
from epiloop.core.jurisdictions import code, level, range_of
from epiloop.registers.jurisdictions import Table, is_placeholder, read_table
from epiloop.registers.jurisdictions.pinyin import pinyin
from epiloop.registers.jurisdictions.queries import search

REAL = Path(__file__).parents[4] / "shared/data/admin-divisions/divisions.csv"
HEADER = "code,parent_code,level,name_zh\n"


@pytest.fixture(scope="module")
def real() -> Table:
    if not REAL.exists():
        pytest.skip(f"{REAL} is not here: the real administrative tree is not part of the product")
    with REAL.open(encoding="utf-8") as lines:
        return read_table(lines)


def table(*rows: str) -> Table:
    return read_table([HEADER, *(row + "\n" for row in rows)])


def test_every_row_of_a_real_tree_becomes_a_division(real: Table) -> None:
    with REAL.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert real.rows == len(rows) == 4065
    assert [str(error) for error in real.errors] == []
    assert {(item.code, item.name) for item in real.divisions} == {(code(row["code"]), row["name_zh"]) for row in rows}


def test_a_real_county_has_its_townships_and_communities(real: Table) -> None:
    inside = range_of(code("450226"))
    below = [item for item in real.divisions if item.code in inside]
    counts = {name: sum(item.level == name for item in below) for name in ("county", "township", "community")}
    assert counts == {"county": 1, "township": 15, "community": 170}


def test_parents_stand_before_children_and_levels_agree_with_the_digits(real: Table) -> None:
    seen = set()
    for item in real.divisions:
        assert item.parent is None or item.parent in seen
        assert item.level == level(item.code)
        seen.add(item.code)


@pytest.mark.parametrize(
    ("text", "name", "by"),
    [
        ("450226", "三江侗族自治县", "code"),
        ("三江侗", "三江侗族自治县", "name"),
        ("sanjiangdong", "三江侗族自治县", "pinyin"),
        ("sjdzzzx", "三江侗族自治县", "initials"),
        ("Guyi Zhen", "古宜镇", "pinyin"),
        ("yuncheng", "运城市", "pinyin"),
    ],
)
def test_search_finds_a_division_by_code_name_pinyin_and_initials(real: Table, text: str, name: str, by: str) -> None:
    best = search(real.divisions, text, limit=1)[0]
    assert (best.division.name, best.by) == (name, by)


def test_search_puts_whole_matches_before_beginnings_and_higher_levels_before_lower_ones(real: Table) -> None:
    hits = search(real.divisions, "常州", limit=50)
    assert hits[0].division.name == "常州市"
    assert [hit.place for hit in hits] == sorted(hit.place for hit in hits)
    assert search(real.divisions, "  ") == []


def test_a_bad_row_names_its_line_and_blocks_no_good_row() -> None:
    found = table(
        "45,,province,广西壮族自治区",
        "4502,45,city,",
        "4503,45,state,桂林市",
        "45x4,45,city,梧州市",
        "4505,45,city,北海市",
        "4505,45,city,北海市",
        "450602,4506,county,港口区",
        "4507,,city,钦州市",
    )
    assert [item.name for item in found.divisions] == ["广西壮族自治区", "北海市"]
    assert [error.line for error in found.errors] == [3, 4, 5, 7, 8, 9]
    assert "stands in line 6 already" in str(found.errors[3])


def test_a_table_without_a_needed_column_is_refused_as_a_whole() -> None:
    with pytest.raises(InvalidInput, match="name_zh"):
        read_table(["code,parent_code,level\n", "45,,province\n"])


def test_a_row_that_repeats_its_parents_number_is_folded_into_it() -> None:
    found = table("44,,province,广东省", "4419,44,city,东莞市", "441900,4419,county,东莞市",
                  "441900003,441900,township,东城街道")  # fmt: skip
    assert [(item.name, item.line) for item in found.folded] == [("东莞市", 4)]
    assert found.divisions[-1].parent == code("4419")
    assert len({item.code for item in found.divisions}) == len(found.divisions) == 3


def test_codes_filled_up_with_zeros_and_a_byte_order_mark_are_read() -> None:
    found = read_table(
        ["\ufeff" + HEADER, "450000000000,,province,广西壮族自治区\r\n", "450200000000,45,city,柳州市\r\n"]
    )
    assert [item.code for item in found.divisions] == [code("45"), code("4502")]


def test_a_parent_may_be_one_already_registered() -> None:
    row = "450226,4502,county,三江侗族自治县\n"
    assert read_table([HEADER, row], known=[code("4502")]).errors == ()
    assert len(read_table([HEADER, row]).errors) == 1


def test_a_row_may_carry_its_own_dates() -> None:
    found = read_table(["code,parent_code,level,name_zh,since,until\n", "45,,province,广西,1958-03-05,\n"])
    assert (found.divisions[0].since, found.divisions[0].until) == (date(1958, 3, 5), None)


@pytest.mark.parametrize(
    "name", ["市辖区", "县", "省直辖县级行政区划", "某开发区虚拟社区", "某场虚拟生活区", "某区直辖村级区划"]
)
def test_names_that_only_fill_a_level_are_placeholders(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize("name", ["三江侗族自治县", "县前社区", "直辖路社区", "古宜镇"])
def test_names_of_real_divisions_are_not_placeholders(name: str) -> None:
    assert not is_placeholder(name)


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [("重庆市", "chongqingshi", "cqs"), ("长沙市", "changshashi", "css"), ("吕梁市", "lvliangshi", "lls"),
     ("古宜镇", "guyizhen", "gyz"), ("九〇一(林场)", "jiulingyilinchang", "jlylc")],
)  # fmt: skip
def test_pinyin_reads_characters_with_several_readings_by_their_phrase(name: str, full: str, initials: str) -> None:
    assert pinyin(name) == (full, initials)


@given(st.lists(st.text('0123456789,"ab市县', max_size=20), max_size=10))
def test_no_text_makes_the_reader_fail_and_every_row_is_accounted_for(rows: list[str]) -> None:
    found = table(*rows)
    assert found.rows == len(found.divisions) + len(found.folded) + len(found.errors)
    assert all(error.line >= 2 for error in found.errors)
