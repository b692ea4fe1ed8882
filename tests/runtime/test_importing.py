"""Real line lists through the import: from files to duties, twice, and after a kill."""

import runpy
from datetime import date, datetime
from pathlib import Path

import pytest

from epiloop.core.jurisdictions import code, scope
from epiloop.operations.investigation.mapping import parse_mapping
from epiloop.papers.tables import read_table
from epiloop.runtime import intake
from epiloop.runtime.acts import Asked
from epiloop.runtime.parts import Parts
from epiloop.runtime.verifying import verify
from epiloop.store.reading import day_list
from epiloop.store.reading.board import day_around

SHARED = Path(__file__).parents[3] / "shared" / "data"
MAPPINGS = Path(__file__).parents[1] / "data" / "mappings"


def order(folder: str, mapping: str, cases: str, contacts: str, *, key: str = "run") -> intake.Order:
    files = SHARED / folder
    if not files.exists():
        pytest.skip(f"{files} is not there; it is a real data set kept beside the project")
    sheets = intake.Files(
        read_table(cases, (files / cases).read_bytes()),
        read_table(contacts, (files / contacts).read_bytes(), sheet="contacts"),
    )
    asked = Asked("test", "case-investigation", key)
    return intake.Order(asked, parse_mapping((MAPPINGS / mapping).read_text()), sheets, code("45"), b"0" * 16)


def test_the_hospital_outbreak_imports_whole_and_a_second_time_changes_nothing(lawful: Parts) -> None:
    wanted = order("mers-korea-2015", "mers-line-list.yaml", "linelist.csv", "contacts.csv")
    assert intake.carry_out(lawful, wanted, dry_run=True).counts()["added"] == 260
    first = intake.carry_out(lawful, wanted)
    assert first.counts() == {"read": 260, "added": 260, "updated": 0, "unchanged": 0, "rejected": 0}
    again = intake.carry_out(
        lawful, order("mers-korea-2015", "mers-line-list.yaml", "linelist.csv", "contacts.csv", key="2")
    )
    assert again.counts() == {"read": 260, "added": 0, "updated": 0, "unchanged": 260, "rejected": 0}
    with lawful.pool.connection() as connection:
        assert connection.execute("select count(*) from case_record").fetchone() == (162,)
        assert connection.execute("select count(*) from contact_link").fetchone() == (98,)
        assert connection.execute("select count(*) from duty where kind = 'follow-up'").fetchone() != (0,)
    with lawful.pool.connection() as connection:
        assert verify(connection).broken == []


def test_the_day_list_of_the_hospital_outbreak_agrees_with_a_script_over_the_raw_files(lawful: Parts) -> None:
    wanted = order("mers-korea-2015", "mers-line-list.yaml", "linelist.csv", "contacts.csv")
    intake.carry_out(lawful, wanted)
    on = date(2015, 6, 5)
    independent = runpy.run_path(str(Path(__file__).parents[1] / "operations" / "independent_mers.py"))
    people, links = independent["read"](SHARED / "mers-korea-2015")
    counted, everyone, diagnosed, to_follow = independent["count"](people, links, on)
    assert (counted, len(everyone), len(diagnosed), len(to_follow)) == (65, 63, 9, 54)

    with lawful.pool.connection() as connection:
        zone = lawful.shelf.laws(connection).zone(code("45"))
        day = day_around(datetime(2015, 6, 5, 9, tzinfo=zone), zone)
        listed = day_list.day_list(connection, scope(code("45")).ranges[0], day)
    assert {line.outside[0][1] for line in listed.lines} == to_follow
    assert {line.outside[0][1] for line in listed.cases} == diagnosed
    assert all(line.exposures and line.duties for line in listed.lines)
    shown = sum(len(line.exposures) for line in (*listed.lines, *listed.cases))
    assert shown >= counted, "every source of a person is shown, also one whose days are over"


MAPPING = (
    "system: s\nconstants: {disease: covid-19, classification: confirmed}\ncases: {id: No, diagnosed: Confirmed}\n"
)


def listed(rows: dict[int, str], key: str) -> intake.Order:
    """A case list: number -> day of diagnosis."""
    text = "No,Confirmed\n" + "".join(f"{number},{day}\n" for number, day in rows.items())
    sheet = read_table("c.csv", text.encode())
    return intake.Order(
        Asked("test", "data-import", key), parse_mapping(MAPPING), intake.Files(sheet), code("45"), b"0" * 16
    )


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_a_run_that_was_killed_says_in_the_end_what_it_did_in_all(
    lawful: Parts, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    monkeypatch.setattr(intake, "BATCH", 2)
    intake.carry_out(lawful, listed({1: "2022-06-28", 2: "2022-06-28", 3: "2022-06-28"}, "before"))
    rows = {1: "2022-06-29", 2: "2022-06-28", 3: "2022-06-28", 4: "2022-06-30", 5: "2022-06-30"}
    told: list[int] = []

    def killed(done: int, _total: int) -> None:
        told.append(done)
        if len(told) == batches:
            raise Killed

    with pytest.raises(Killed):
        intake.carry_out(lawful, listed(rows, "run"), progress=killed)
    counts = intake.carry_out(lawful, listed(rows, "run")).counts()
    assert counts == {"read": 5, "added": 2, "updated": 1, "unchanged": 2, "rejected": 0}
    after = intake.carry_out(lawful, listed(rows, "later")).counts()
    assert (after["added"], after["updated"], after["unchanged"]) == (0, 0, 5)


LINKS = "contacts: {from: A, to: B, last_exposure: Last}\n"


def linked(pairs: list[tuple[str, str]], key: str, *, complete: bool, last: str = "2022-06-28") -> intake.Order:
    """A contact list beside two cases."""
    cases = read_table("c.csv", b"No,Confirmed\na,2022-06-28\nb,2022-06-28\n")
    text = "A,B,Last\n" + "".join(f"{source},{contact},{last}\n" for source, contact in pairs)
    contacts = read_table("k.csv", text.encode(), sheet="contacts")
    mapping = parse_mapping(MAPPING + LINKS + ("complete: true\n" if complete else ""))
    asked = Asked("test", "data-import", key)
    return intake.Order(asked, mapping, intake.Files(cases, contacts), code("45"), b"0" * 16)


def standing(parts: Parts) -> list[str]:
    with parts.pool.connection() as connection:
        found = connection.execute("select link from contact_link where withdrawn_at is null order by link").fetchall()
    return [row[0] for row in found]


def test_a_complete_list_takes_back_the_links_it_no_longer_names(lawful: Parts) -> None:
    every, fewer = [("a", "x"), ("a", "y"), ("b", "y")], [("a", "x"), ("b", "y")]
    intake.carry_out(lawful, linked(every, "1", complete=False))
    assert "withdrawn" not in intake.carry_out(lawful, linked(fewer, "2", complete=False)).counts()
    assert standing(lawful) == ["s:a>x:1", "s:a>y:1", "s:b>y:1"], "nothing is taken back by itself"
    assert intake.carry_out(lawful, linked(fewer, "3", complete=True), dry_run=True).counts()["withdrawn"] == 1
    assert len(standing(lawful)) == 3
    for _ in range(2):
        assert intake.carry_out(lawful, linked(fewer, "4", complete=True)).counts()["withdrawn"] == 1, "asked twice"
    assert standing(lawful) == ["s:a>x:1", "s:b>y:1"]
    assert intake.carry_out(lawful, linked(fewer, "5", complete=True)).counts()["withdrawn"] == 0
    intake.carry_out(lawful, linked(every, "6", complete=True))
    assert standing(lawful) == ["s:a>x:1", "s:a>y:1", "s:b>y:1"], "a list may name a link again"
    with lawful.pool.connection() as connection:
        assert verify(connection).broken == []


def test_a_complete_list_with_a_row_that_cannot_be_read_takes_nothing_back(lawful: Parts) -> None:
    intake.carry_out(lawful, linked([("a", "x"), ("a", "y")], "1", complete=True))
    found = intake.carry_out(lawful, linked([("a", "x"), ("a", "a")], "2", complete=True))
    assert (found.withdrawn, found.rejected) == (0, 1)
    assert len(standing(lawful)) == 2
    assert "no link was withdrawn" in found.warnings[-1].problem
