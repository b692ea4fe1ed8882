"""From files to lists on the command line: import, day list, board, person, search, export; nobody's name unasked."""

import csv
import json
import runpy
from pathlib import Path

import pytest
from tests.cli.conftest import Run, read

from epiloop.project.home import Installation

SHARED = Path(__file__).parents[3] / "shared" / "data" / "mers-korea-2015"
MAPPINGS = Path(__file__).parents[1] / "data" / "mappings"
CANARY = "Canary Featherstone"
CASES = f"No,Name,Phone,Onset,Confirmed\n1,{CANARY},13900001234,2022-06-28,2022-06-30\n2,,,never,2022-06-30\n"
CONTACTS = "case,contact,last,stay\n1,9,2022-06-29,450226001001\n"
MAPPING = """
system: county-list
constants: {disease: covid-19, classification: confirmed}
cases: {id: No, name: Name, phone: Phone, onset: Onset, diagnosed: Confirmed}
contacts: {from: case, to: contact, last_exposure: last, stay: stay}
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[object, ...]:
    """The arguments of an import of a small list."""
    for name, text in (("cases.csv", CASES), ("contacts.csv", CONTACTS), ("map.yaml", MAPPING)):
        (tmp_path / name).write_text(text)
    named = ("--mapping", tmp_path / "map.yaml", "--rejects", tmp_path / "bad.csv", "--jurisdiction", "450226")
    return (tmp_path / "cases.csv", "--contacts", tmp_path / "contacts.csv", *named, "--json")


def counts(found: dict[str, object]) -> tuple[object, ...]:
    return tuple(found[name] for name in ("read", "added", "updated", "unchanged", "rejected"))


def test_an_import_counts_rows_and_gives_the_bad_ones_back(run: Run, files: tuple[object, ...], tmp_path: Path) -> None:
    assert counts(read(run("import", "cases", *files, "--dry-run"))) == (3, 2, 0, 0, 1)
    first = read(run("import", "cases", *files))
    assert counts(first) == (3, 2, 0, 0, 1)
    assert first["errors"][0]["line"] == 3
    rejects = Path(str(first["rejects_file"]))
    assert rejects == tmp_path / "bad.csv"
    assert oct(rejects.stat().st_mode)[-3:] == "600"
    assert next(csv.DictReader(rejects.read_text("utf-8-sig").splitlines()))["Onset"] == "never"
    assert counts(read(run("import", "cases", *files))) == (3, 0, 0, 2, 1)


def test_what_was_imported_is_listed_counted_found_and_exported(
    run: Run, files: tuple[object, ...], tmp_path: Path
) -> None:
    read(run("rules", "adopt", "cn", "--jurisdiction", "45", "--json"))
    read(run("import", "cases", *files))
    told = run("day-list", "--date", "2022-06-30", "--kind", "any", "--jurisdiction", "450226", "--json")
    line = next(line for line in read(told)["lines"] if line["sources"])
    assert line["sources"][0]["outside"] == [{"system": "county-list", "id": "1"}]
    assert line["owner"]["nobody_on_duty"]
    assert line["reason"]["version"] == "2022-06-28"
    board = read(run("board", "--jurisdiction", "450226", "--json"))
    assert {each["line"]: each["open"] for each in board["lines"]}["people"] >= 0
    hit = read(run("search", "--json", stdin=f"{CANARY}\n"))[0]
    page = run("person", hit["person"], "--json")
    outputs = (told.stdout, page.stdout, json.dumps(hit))
    assert not any("Featherstone" in output or "sealed" in output for output in outputs)
    shown = read(run("person", hit["person"], "--identity", "--purpose", "case-investigation", "--json"))
    assert shown["identity"]["name"] == CANARY
    assert run("person", hit["person"], "--identity").exit_code == 2
    out = tmp_path / "out.csv"
    assert read(run("export", "cases", out, "--jurisdiction", "450226", "--json"))["rows"] == 1
    assert "Featherstone" not in out.read_text()
    why = read(run("rules", "explain", "--subject", line["person"], "--as-of", "2022-07-01T09:00", "--json"))
    assert why["loops"]


def test_the_day_list_of_a_real_outbreak_agrees_with_a_script_over_the_raw_files(run: Run, tmp_path: Path) -> None:
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not there; it is a real data set kept beside the project")
    read(run("rules", "adopt", "who", "--jurisdiction", "45", "--json"))
    given = (SHARED / "linelist.csv", "--contacts", SHARED / "contacts.csv")
    mapping = ("--mapping", MAPPINGS / "mers-line-list.yaml", "--rejects", tmp_path / "bad.csv")
    assert counts(read(run("import", "cases", *given, *mapping, "--json"))) == (260, 260, 0, 0, 0)
    listed = read(run("day-list", "--date", "2015-06-05", "--json"))
    independent = runpy.run_path(str(Path(__file__).parents[1] / "operations" / "independent_mers.py"))
    people, links = independent["read"](SHARED)
    from datetime import date

    _, _, diagnosed, to_follow = independent["count"](people, links, date(2015, 6, 5))
    assert {line["outside"][0]["id"] for line in listed["lines"]} == to_follow
    assert {line["outside"][0]["id"] for line in listed["cases"]} == diagnosed
    assert all(line["sources"] and line["owner"]["post"] and line["reason"]["measure"] for line in listed["lines"])


def test_a_code_table_comes_in_with_its_bad_rows_given_back(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "codes.csv"
    table.write_text("code,parent_code,level,name_zh\n45,,province,广西\n4502,45,city,柳州市\nx,45,city,无\n")
    found = read(run("import", "divisions", table, "--rejects", tmp_path / "bad.csv", "--json"))
    assert counts(found) == (3, 2, 0, 0, 1)
    assert "柳州" not in (tmp_path / "bad.csv").read_text("utf-8-sig")


def test_an_id_of_nobody_is_not_found(run: Run, clean: Installation) -> None:
    assert run("person", "00000000-0000-0000-0000-000000000001").exit_code == 4
