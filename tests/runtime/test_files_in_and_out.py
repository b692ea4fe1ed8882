"""Line lists and code tables in, lists out: counts, rejected rows to mend, rights, and what is written down."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import load_workbook
from tests.runtime.conftest import Clock

from epiloop.core.errors import NotAllowed, NotFound
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import code
from epiloop.core.rights import EVERYWHERE, AccountView, Grant
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.requests import By, divisions, exporting, importing
from epiloop.runtime.requests.importing import LineList, Upload

COUNTY = code("450226")
DIVISIONS = Path(__file__).parents[3] / "shared" / "data" / "admin-divisions" / "divisions.csv"

CASES = """No,Name,Sex,Onset,Confirmed
1,Canary Featherstone,F,2022-06-28,2022-06-30
2,=1+1,M,2022-06-29,2022-06-30
3,,M,someday,2022-06-30
"""
CONTACTS = """case,contact,last,stay
1,9,2022-06-29,450226001001
1,10,2022-06-29,320412001001
"""
MAPPING = """
system: county-list
constants: {disease: covid-19, classification: confirmed}
cases: {id: No, name: Name, sex: Sex, onset: Onset, diagnosed: Confirmed}
contacts: {from: case, to: contact, last_exposure: last, stay: stay}
"""
LIST = LineList(COUNTY, MAPPING, Upload("c.csv", CASES.encode()), Upload("k.csv", CONTACTS.encode()))


def by(key: str, role: str = "investigator", where: int = COUNTY) -> By:
    held = Interval(datetime(2020, 1, 1, tzinfo=UTC))
    account = AccountView(UUID(int=1), (Grant(role, code(str(where).rstrip("0")) if where else EVERYWHERE, held),))
    return By("account-1", "data-import", key, account)


@pytest.fixture
def running(lawful: Parts) -> Running:
    return Running(lawful, lawful.pool, b"0" * 16)


def rows(running: Running, query: str) -> list[tuple[object, ...]]:
    with running.parts.pool.connection() as connection:
        return connection.execute(query).fetchall()


def test_good_rows_come_in_and_bad_ones_come_back_as_a_file_to_mend(running: Running, clock: Clock) -> None:
    tried = importing.run(running, by("k"), LIST, dry_run=True)
    assert rows(running, "select count(*) from person") == [(0,)]
    report = importing.run(running, by("k"), LIST)
    assert dict(report.counts) == {"read": 5, "added": 3, "updated": 0, "unchanged": 0, "rejected": 2} == tried.counts
    mend = list(csv.DictReader(io.StringIO(report.rejects["cases"].decode("utf-8-sig"))))
    assert [(row["No"], row["line"]) for row in mend] == [("3", "4")]
    assert "someday" in mend[0]["Onset"]
    assert importing.rejected_rows(running.parts, by("x"), report.run) == dict(report.rejects)
    assert b"Featherstone" not in rows(running, "select rejects from import_run")[0][0]
    with pytest.raises(NotFound):
        importing.rejected_rows(running.parts, by("x", where=code("320412")), report.run)
    clock.at += timedelta(days=8)
    assert importing.drop_expired(running.parts) == 1
    with pytest.raises(NotFound):
        importing.rejected_rows(running.parts, by("x"), report.run)


def test_rows_about_people_who_stay_elsewhere_are_refused(running: Running) -> None:
    report = importing.run(running, by("k"), LIST)
    assert [(error.sheet, error.line) for error in report.errors if error.column == ""] == [("contacts", 3)]
    assert rows(running, "select count(*) from person where jurisdiction / 10000000000 = 320412") == [(0,)]
    with pytest.raises(NotAllowed):
        importing.run(running, by("j", where=code("320412")), LIST)


def test_a_mapping_is_guessed_once_and_remembered_afterwards(running: Running) -> None:
    files = importing.sheets(LIST.cases, LIST.contacts)
    guessed, remembered = importing.proposed(running.parts, files, system="county-list", disease="covid-19")
    assert "last_exposure" in guessed
    assert not remembered
    importing.run(running, by("k"), LIST)
    assert importing.proposed(running.parts, files, system="other") == (MAPPING, True)


def test_the_same_name_and_phone_in_two_lists_is_noted_as_a_possible_duplicate(running: Running) -> None:
    text = "No,Name,Confirmed,Phone\n{},林晓梅,2022-06-30,13900001234\n"
    mapping = MAPPING.replace("sex: Sex, onset: Onset", "phone: Phone").replace("contacts:", "#")
    for number in (1, 2):
        upload = Upload("c.csv", text.format(number).encode())
        importing.run(running, by(f"k{number}"), LineList(COUNTY, mapping, upload))
    assert rows(running, "select state from duplicate") == [("possible",)]


def test_an_export_is_written_down_and_holds_names_only_when_asked(running: Running) -> None:
    importing.run(running, by("k"), LIST)
    wanted = exporting.Wanted(COUNTY, datetime(2022, 7, 1, 1, tzinfo=UTC))
    plain = exporting.export_cases(running, by("e"), wanted)
    assert plain.rows == 2
    assert b"Featherstone" not in plain.content
    named = exporting.export_cases(running, by("n"), exporting.Wanted(COUNTY, wanted.at, "xlsx", named=True))
    sheet = load_workbook(io.BytesIO(named.content)).active
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert "Canary Featherstone" in cells
    assert "'=1+1" in cells, "what a spreadsheet would run is text"
    lines = rows(running, "select subjects, events from audit where events = 0")
    assert lines == [(2, 0), (2, 0)]
    with pytest.raises(NotAllowed):
        exporting.export_cases(running, by("o", "registrar"), wanted)


def test_a_code_table_comes_in_once_and_its_bad_rows_come_back(running: Running) -> None:
    table = (
        "code,parent_code,level,name_zh\n45,,province,广西\n4502,45,city,柳州市\n450226,4502,county,三江县\n99,,x,无\n"
    )
    asked = by("d", "registrar", 0)

    def take(key: str) -> divisions.Imported:
        return divisions.import_divisions(
            running.parts, asked.part(key), [table], since=date(2020, 1, 1), source="test", progress=lambda *_: None
        )

    first, again = take("1"), take("2")
    assert (first.read, first.added, first.unchanged, len(first.errors)) == (4, 3, 0, 1)
    assert (again.read, again.added, again.unchanged, len(again.errors)) == (4, 0, 3, 1)
    mend = divisions.rejected_rows([table], first.errors, str).decode("utf-8-sig").splitlines()
    assert mend[1].startswith("99,,x,无,5,")
    with pytest.raises(NotAllowed):
        divisions.import_divisions(
            running.parts, by("d", "registrar"), [table], since=date(2020, 1, 1), source="t", progress=lambda *_: None
        )


def test_five_files_that_each_know_the_level_above_are_one_table(running: Running) -> None:
    files = [
        "code,name\n45,广西壮族自治区\n",
        "code,name,provinceCode\n4502,柳州市,45\n",
        "code,name,cityCode,provinceCode\n450226,三江侗族自治县,4502,45\n",
        "code,name,areaCode,provinceCode,cityCode\n450226100,古宜镇,450226,45,4502\n",
        "code,name,streetCode,provinceCode,cityCode,areaCode\n450226100001,兴宜社区,450226100,45,4502,450226\n",
    ]
    came = divisions.import_divisions(
        running.parts,
        by("d", "registrar", 0),
        files,
        since=date(2020, 1, 1),
        source="t",
        progress=lambda *_: None,
    )
    assert (came.added, came.errors) == (5, ())
    assert rows(running, "select name_zh, level from division where level = 4") == [("兴宜社区", 4)]
