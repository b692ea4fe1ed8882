"""Reading line lists: values, row errors that repeat nothing personal, upsert by content, guessing from headings."""

import dataclasses
from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import InvalidInput
from epiloop.core.ids import derived
from epiloop.operations.investigation.events import Classification, Outcome
from epiloop.operations.investigation.mapping import (
    Imported,
    Setting,
    fresh_key,
    guess,
    import_lists,
    parse_mapping,
    read_csv,
    signature,
    to_yaml,
)
from epiloop.operations.investigation.mapping.values import Reading, Unreadable, class_of, is_identifying, read
from epiloop.registers.people.events import Sex

ZONE = ZoneInfo("Asia/Shanghai")
SETTING = Setting(ZONE, 3204120010010000, date(2022, 7, 31), b"only a test's key")
MAP = """
system: county
missing: [NA]
constants: {disease: COVID 19, classification: confirmed}
cases:
  id: No
  name: Name
  sex: {column: Sex, values: {1: male, 2: female}}
  age: Age
  onset: Onset
  diagnosed: {first_of: [{column: Diagnosed}, {column: Reported}], formats: ["%d/%m/%Y"]}
  exposure_last: Exposed
  hospital: Hospital
  outcome: {column: End, values: {well: null, gone: died}}
  stay: Code
contacts:
  from: From
  to: To
  setting: Where
  last_exposure: {first_of: [{column: Last}, {case: exposure_last}, {source: onset}], otherwise: reject}
keep: [Ward]
"""
HEADINGS = "No,Name,Sex,Age,Onset,Diagnosed,Reported,Exposed,Hospital,End,Code,Ward"
GOOD = "7,Wang Test,2,34,2022-07-01,03/07/2022,NA,2022-06-28,North Hospital,well,320412001001,3B"


def run(*rows: str, contacts: str = "", mapping: str = MAP, setting: Setting = SETTING) -> Imported:
    cases = read_csv("\n".join([HEADINGS, *rows]))
    links = read_csv("From,To,Where,Last\n" + contacts, sheet="contacts") if contacts else None
    return import_lists(parse_mapping(mapping), cases, links, setting)


def test_a_row_becomes_a_person_an_exposure_and_a_case() -> None:
    (row,) = run(GOOD).rows
    person, exposure, case = (draft.body for draft in row.drafts)
    assert row.person == derived("person", "county", "7")
    assert row.identity.name == "Wang Test"
    assert (person.sex, person.age, person.age_on) == (Sex.FEMALE, 34, date(2022, 7, 3))
    assert (case.disease, case.classification, case.onset) == (
        "covid-19",
        Classification.CONFIRMED,
        date(2022, 7, 1),
    )
    assert (exposure.last, case.hospital, case.kept) == (date(2022, 6, 28), "North Hospital", {"Ward": "3B"})
    assert {draft.jurisdiction for draft in row.drafts} == {3204120010010000}
    assert row.drafts[2].occurred_at.astimezone(UTC).isoformat() == "2022-07-02T16:00:00+00:00"


def test_names_stand_in_no_draft() -> None:
    for draft in run(GOOD).rows[0].drafts:
        assert "Wang" not in repr(draft)


ERRORS = [
    # row, column complained of, words of the complaint
    (GOOD.replace("2022-07-01", "1 July"), "Onset", "text stands where a date"),
    (GOOD.replace("2022-07-01", "2022-02-30"), "Onset", "a date stands where a date of the calendar"),
    (GOOD.replace("03/07/2022", "2022-08-01"), "Diagnosed", "lies ahead"),
    (GOOD.replace(",34,", ",old,"), "Age", "text stands where a number"),
    (GOOD.replace(",2,34", ",9,34"), "Sex", "none of: female, male"),
    (GOOD.replace("7,Wang", "NA,Wang"), "No", "id is missing"),
    (GOOD.replace("7,Wang", "13800000000,Wang"), "No", "stored openly"),
    (GOOD.replace("320412001001", "32041"), "Code", "jurisdiction code"),
    (GOOD.replace("2022-07-01,03/07/2022", "NA,NA"), "diagnosed", "no day"),
    (GOOD + ",more", "", "13 cells"),
]


@pytest.mark.parametrize(("row", "column", "words"), ERRORS)
def test_a_bad_row_is_named_by_line_and_column_and_holds_up_no_other(row: str, column: str, words: str) -> None:
    out = run(GOOD.replace("7,", "8,", 1), row, GOOD.replace("7,", "9,", 1))
    assert [each.outside for each in out.rows] == ["8", "9"]
    (error,) = out.errors
    assert (error.line, error.column) == (3, column)
    assert words in error.render()
    for personal in ("Wang", "13800000000", "1 July", "old", "North"):
        assert personal not in error.render()


def test_an_id_that_stands_twice_is_rejected_the_second_time() -> None:
    out = run(GOOD, GOOD)
    assert len(out.rows) == 1
    assert "line 2 already" in out.errors[0].render()


def test_contradicting_days_are_taken_and_noted() -> None:
    assert run(GOOD.replace("well", "gone")).rows[0].drafts[-1].body.outcome is Outcome.DIED
    mapping = MAP.replace("  stay: Code", "  outcome_on: Ward\n  stay: Code")
    odd = run(GOOD.replace("well", "gone").replace("3B", "2022-06-01"), mapping=mapping)
    assert (len(odd.rows), len(odd.errors)) == (1, 0)
    assert [(each.line, each.column) for each in odd.warnings] == [(2, "Ward")]


LAST = [
    # contacts row, exposure day expected (None: rejected)
    ("7,8,home,2022-07-02", date(2022, 7, 2)),
    ("7,8,home,", date(2022, 6, 28)),
    ("7,99,home,", date(2022, 7, 1)),
    ("98,99,home,", None),
]


@pytest.mark.parametrize(("row", "expected"), LAST)
def test_the_last_exposure_is_looked_for_in_the_stated_order(row: str, expected: date | None) -> None:
    out = run(GOOD, GOOD.replace("7,", "8,", 1), contacts=row)
    links = [d.body for each in out.rows for d in each.drafts if d.body.kind == "contact-determined"]
    assert [link.last_exposure for link in links] == ([expected] if expected else [])
    assert len(out.errors) == (expected is None)


def test_people_in_no_case_list_are_registered_once_by_id_alone_and_the_source_is_noted() -> None:
    out = run(GOOD, contacts="98,99,home,2022-07-01\n98,97,home,2022-07-02")
    strangers = [
        draft
        for row in out.rows
        if row.sheet == "contacts"
        for draft in row.drafts
        if draft.body.kind == "person-registered"
    ]
    assert sorted(draft.body.outside[0][1] for draft in strangers) == ["97", "98", "99"]
    assert [warning.column for warning in out.warnings] == ["From", "From"]
    known = dataclasses.replace(SETTING, known={derived("person", "county", each) for each in ("97", "98", "99")})
    again = run(GOOD, contacts="98,99,home,2022-07-01", setting=known)
    assert [draft.body.kind for draft in again.rows[1].drafts] == ["contact-determined"]
    assert again.warnings == ()


@pytest.mark.parametrize(("where", "setting", "place"), [("Home", "household", None), ("Lucky Bar", None, "Lucky Bar")])
def test_a_setting_in_the_lists_own_words_is_sealed(where: str, setting: str | None, place: str | None) -> None:
    out = run(GOOD, contacts=f"7,99,{where},2022-07-01")
    (link,) = [d.body for d in out.rows[1].drafts if d.body.kind == "contact-determined"]
    open_part, secret_part = link.parts()
    assert (open_part.get("setting"), secret_part.get("place")) == (setting, place)


def test_nobody_is_their_own_contact_and_a_pair_named_twice_is_two_links() -> None:
    out = run(GOOD, contacts="7,7,home,2022-07-01\n7,99,home,2022-07-01\n7,99,work,2022-07-02")
    assert [error.column for error in out.errors] == ["To"]
    links = [d.body.link for each in out.rows for d in each.drafts if d.body.kind == "contact-determined"]
    assert links == ["county:7>99:1", "county:7>99:1#2"]


def keys(out: Imported) -> dict[str, str]:
    """Name of the saying -> its key, for a list with one person."""
    return {draft.body.kind: draft.source_key for (drafts) in out.by_stream().values() for draft in drafts}


def test_the_same_row_has_the_same_keys_and_a_changed_one_changes_only_what_it_says_anew() -> None:
    before, same = keys(run(GOOD)), keys(run(GOOD))
    assert before == same
    changed = keys(run(GOOD.replace("2022-07-01", "2022-07-02")))
    assert {kind for kind in before if before[kind] != changed[kind]} == {"case-determined"}
    moved = keys(run(GOOD.replace("North Hospital", "South Hospital")))
    assert {kind for kind in before if before[kind] != moved[kind]} == {"case-determined"}


def test_keys_cannot_be_guessed_without_the_installations_secret() -> None:
    other = dataclasses.replace(SETTING, stamp=b"another secret of 16")
    assert set(keys(run(GOOD)).values()).isdisjoint(keys(run(GOOD, setting=other)).values())


@given(st.lists(st.sampled_from("abc"), max_size=12))
def test_a_row_says_something_new_exactly_when_it_differs_from_what_it_said_last(contents: list[str]) -> None:
    told: list[str] = ["other:x:1"]
    last = None
    for content in contents:
        key = fresh_key(f"case:list:7:{content}", told)
        assert (key is None) == (content == last)
        if key is not None:
            assert key not in told
            told.append(key)
        last = content


def test_events_of_a_person_are_told_in_the_order_in_which_they_happened() -> None:
    out = run(GOOD, GOOD.replace("7,", "8,", 1), contacts="7,8,home,2022-07-01")
    told = [draft.body.kind for draft in out.by_stream()[derived("person", "county", "8")]]
    assert told == ["person-registered", "exposure-recorded", "contact-determined", "case-determined"]


BROKEN = [
    ("cases: {id: No}", "system"),
    ("system: x\ncases: {id: No, classification: C}", "cases.disease"),
    ("system: x\ncases: {id: No, colour: C}", "cases"),
    ("system: x\ncases: {id: {column: No, constant: 1}}", "cases.id"),
    ("system: x\ncontacts: {from: a, to: b, disease: d, last_exposure: {case: shoe_size}}", "contacts.last_exposure"),
    (
        "system: x\ncontacts: {from: a, to: b, disease: d, last_exposure: {column: c, otherwise: maybe}}",
        "last_exposure",
    ),
    ("system: x\nsystem: y", "line 1"),
    ("system: [", "line"),
    ("- a\n- b", "mapping"),
    ("system: x", "cases"),
]


@pytest.mark.parametrize(("text", "where"), BROKEN)
def test_a_wrong_mapping_is_refused_with_its_place(text: str, where: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_mapping(text)
    assert where in caught.value.where
    assert caught.value.what


def test_a_column_named_no_is_a_column_and_a_missing_one_is_named_with_its_like() -> None:
    assert parse_mapping(MAP).cases["id"].sources[0].name == "No"
    with pytest.raises(InvalidInput, match="no column Onset") as caught:
        import_lists(parse_mapping(MAP), read_csv(HEADINGS.replace("Onset", "Onsett")), None, SETTING)
    assert "Onsett" in str(caught.value)


def test_a_mapping_written_down_is_the_same_mapping() -> None:
    mapping = parse_mapping(MAP)
    assert parse_mapping(to_yaml(mapping)) == mapping


DATES = [
    ("2022-07-01", date(2022, 7, 1)),
    ("2022/7/1", date(2022, 7, 1)),
    ("2022.07.01", date(2022, 7, 1)),
    ("20220701", date(2022, 7, 1)),
    ("2022年7月1日", date(2022, 7, 1)),
    ("2022-07-01 13:45:00", date(2022, 7, 1)),
    ("2022-07-01T00:00:00", date(2022, 7, 1)),
    ("01/07/2022", None),
    ("44743", None),
    ("2022-13-01", None),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_only_dates_that_can_be_read_one_way_are_read_unasked(text: str, expected: date | None) -> None:
    if expected:
        assert read("date", text, Reading()) == expected
    else:
        with pytest.raises(Unreadable):
            read("date", text, Reading())


@given(st.dates(), st.sampled_from(["%d/%m/%Y", "%m-%d-%Y", "%Y%m%d", "%d.%m.%Y"]))
def test_a_stated_format_is_read_as_stated(day: date, form: str) -> None:
    shown = {"%d": f"{day:%d}", "%m": f"{day:%m}", "%Y": f"{day.year:04}"}
    text = form
    for sign, value in shown.items():
        text = text.replace(sign, value)
    assert read("date", text, Reading(formats=(form,))) == day


@given(st.text(min_size=1))
def test_a_complaint_never_repeats_what_stood_there(text: str) -> None:
    assert class_of(text) in {"a date", "a date of unclear order", "a number", "text"}


@pytest.mark.parametrize(
    ("text", "identifying"),
    [
        ("11010519491231002X", True),
        ("110105194912310021", False),
        ("13800000000", True),
        ("12345678901", False),
        ("SK_14", False),
    ],
)
def test_document_and_telephone_numbers_are_recognised(text: str, identifying: bool) -> None:
    assert is_identifying(text) is identifying


CSVS = [
    ("a,b\n1,2", {"a": "1", "b": "2"}),
    ("\ufeffa;b\r\n1;2\r\n\r\n", {"a": "1", "b": "2"}),
    ("a\tb\n1\t2", {"a": "1", "b": "2"}),
    ('a,b\n"1,5",2', {"a": "1,5", "b": "2"}),
    ("a,b\n1", {"a": "1", "b": ""}),
]


@pytest.mark.parametrize(("text", "cells"), CSVS)
def test_csv_is_read_whatever_its_separator(text: str, cells: dict[str, str]) -> None:
    sheet = read_csv(text)
    assert [dict(row) for _, row in sheet.rows] == [cells]
    assert sheet.rows[0][0] == 2


def test_line_numbers_are_those_of_the_file_even_after_cells_of_several_lines() -> None:
    sheet = read_csv('a,b\n"one\ntwo",x\n\n3,y')
    assert [line for line, _ in sheet.rows] == [3, 5]


@pytest.mark.parametrize("text", ["", "\n1,2", "a,a\n1,2", 'a,b\n"1,2'])
def test_files_without_clear_headings_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_csv(text)


CHINESE = {
    "id": ("序号", "1"),
    "name": ("姓名", "测试甲"),
    "sex": ("性别", "女"),
    "age": ("年龄", "34"),
    "document": ("身份证号", ""),
    "phone": ("联系电话", ""),
    "address": ("现住址", ""),
    "onset": ("发病日期", "2022年7月1日"),
    "diagnosed": ("诊断日期", "2022/7/3"),
    "reported": ("报告日期", "2022-07-03"),
    "classification": ("病例分类", "无症状感染者"),
    "outcome": ("转归", "治愈"),
    "note": ("备注", ""),
}
CHINESE_CONTACTS = {"from": "病例编号", "to": "密接编号", "last_exposure": "末次接触日期", "relation": "与病例关系"}


def test_chinese_headings_are_understood() -> None:
    headings = [heading for heading, _ in CHINESE.values()]
    found = guess(headings, list(CHINESE_CONTACTS.values()), system="county", disease="covid-19")
    for fields, expected in (
        (found.cases, {name: heading for name, (heading, _) in CHINESE.items()}),
        (found.contacts, CHINESE_CONTACTS),
    ):
        mapped = {name: field.sources[0].name for name, field in fields.items()}
        assert mapped == expected | {"disease": "covid-19"}
    text = ",".join(headings) + "\n" + ",".join(cell for _, cell in CHINESE.values())
    (taken,) = import_lists(found, read_csv(text), None, SETTING).rows
    case = next(draft.body for draft in taken.drafts if draft.body.kind == "case-determined")
    assert (case.classification, case.onset) == (Classification.ASYMPTOMATIC, date(2022, 7, 1))


def test_a_name_never_becomes_the_open_id_for_want_of_another() -> None:
    assert guess(["Name", "Foo"], system="x").cases["id"].sources[0].name == "Foo"
    assert "id" not in guess(["Name", "Phone"], system="x").cases


def test_a_list_with_unknown_headings_gets_its_first_column_as_id() -> None:
    found = guess(["Foo", "Bar"], system="x", disease="measles")
    assert found.cases["id"].sources[0].name == "Foo"
    assert found.contacts == {}


@given(st.permutations(["Case ID", "Onset", "Sex"]))
def test_a_signature_does_not_depend_on_the_order_or_case_of_headings(headings: list[str]) -> None:
    assert signature(headings) == signature(["case_id", "ONSET", "sex"])
    assert signature(headings) != signature([*headings, "age"])
