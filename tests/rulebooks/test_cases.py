"""Every case of every rulebook comes out as somebody worked it out by hand (what `epiloop rules test` runs)."""

from functools import cache
from pathlib import Path

import pytest

from epiloop.rules.source import load_named, read_files
from epiloop.rules.spec import CaseResult, run_cases

ROOT = Path(__file__).parents[2] / "rulebooks"
NAMES = sorted(path.parent.name for path in ROOT.glob("*/rulebook.yaml"))


@cache
def _results() -> list[CaseResult]:
    found: list[CaseResult] = []
    for name in NAMES:
        found.extend(run_cases(load_named(ROOT, name), read_files(ROOT / name), root=f"{name}/"))
    return found


@pytest.mark.parametrize("result", _results(), ids=lambda result: f"{result.path}: {result.case}")
def test_the_case_comes_out_as_worked_out_by_hand(result: CaseResult) -> None:
    assert result.passed, str(result)


def test_the_national_rules_and_the_city_table_have_cases() -> None:
    assert {"cn", "jinhua"} <= {result.path.split("/")[0] for result in _results()}


def test_a_wrong_expectation_is_found() -> None:
    files = read_files(ROOT / "cn")
    path = "tests/close-contact-changes.yaml"
    wrong = files[path].replace('"2022-07-08"]', '"2022-07-09"]')
    failed = [result for result in run_cases(load_named(ROOT, "cn"), {path: wrong}) if not result.passed]
    assert [result.case for result in failed] == ["exposed on the first day of the 9th edition"]
