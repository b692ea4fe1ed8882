"""PRIVACY.md R27: exports and files of rejected rows neutralise formulas; what is read is validated at the edge."""

import csv
import io

import pytest
from openpyxl import load_workbook
from tests.proofs import line_list
from tests.proofs.people import HERE, by, rows
from tests.runtime.conftest import Clock

from epiloop.core.jurisdictions import at_level
from epiloop.papers.tables import FORMULA_STARTS
from epiloop.project.home import Installation
from epiloop.project.wiring import running
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.requests import exporting, importing

ATTACKS = [
    '=HYPERLINK("//evil.example","x")',
    "+SUM(1)",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\tx",
    "\r=1+1",
    " =1+1",
]
REST = ["female", "41", "confirmed", "2022-06-28", "2022-06-29"]


@pytest.fixture
def live(clean: Installation, lawful: Parts):
    made = running(clean)
    yield Running(lawful, made.readers, made.stamp)
    made.readers.close()
    made.parts.pool.close()


def imported(live: Running) -> importing.Report:
    """Attacks in good rows and in rows that are rejected, in cells and in a heading."""
    good = [
        [f"C{n}", attack, f"1998765432{n}", "", attack, *REST, attack, attack, attack, attack]
        for n, attack in enumerate(ATTACKS)
    ]
    bad = [
        [f"B{n}", attack, "", "", attack, "", "", "confirmed", attack, "", "", "", "", ""]
        for n, attack in enumerate(ATTACKS)
    ]
    evil_id = [["=1+2", "Testperson Formula", "", "", "", *REST, "", "", "", ""]]
    content = line_list.as_csv([*line_list.CASES, "=evil()"], [[*row, "=1"] for row in [*good, *bad, *evil_id]])
    wanted = importing.LineList(HERE, line_list.MAPPING, importing.Upload("cases.csv", content))
    return importing.run(live, by("data-import"), wanted)


def dangerous(cells: list[str]) -> list[str]:
    """Cells that a spreadsheet would run: spaces before it do not make a formula harmless to every program."""
    return [cell for cell in cells if cell.lstrip(" ").startswith(FORMULA_STARTS) and not is_number(cell)]


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def cells_of(content: bytes) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]


def test_the_file_of_rejected_rows_runs_nothing_and_loses_nothing(live: Running) -> None:
    report = imported(live)
    assert report.counts["rejected"] == len(ATTACKS)
    cells = cells_of(report.rejects["cases"])
    assert len(cells) > len(ATTACKS) * len(line_list.CASES)
    assert dangerous(cells) == []
    assert any("HYPERLINK" in cell for cell in cells)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_runs_nothing(live: Running, clock: Clock, form: str) -> None:
    imported(live)
    wanted = exporting.Wanted(at_level(HERE, "county"), clock.at, form, named=True)
    made = exporting.export_cases(live, by("data-export"), wanted)
    assert made.rows == len(ATTACKS) + 1
    if form == "csv":
        cells = cells_of(made.content)
    else:
        book = load_workbook(io.BytesIO(made.content))
        found = [cell for row in book.worksheets[0].iter_rows() for cell in row]
        assert "f" not in {cell.data_type for cell in found}, "no cell is a formula"
        cells = [str(cell.value or "") for cell in found]
    assert any("HYPERLINK" in cell for cell in cells), "the attack is in the file"
    assert dangerous(cells) == []
    assert rows(live.parts, "select count(*) from act where purpose = 'data-export'") == [(1,)], (
        "and it is written down"
    )
