"""The benchmark of contact search in its small mode, a county's day: the key service's sealed files, plain segments and
PostgreSQL asked in SQL give the pairs and minutes of the reference. The clock is not checked.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "trace.py"
ENGINES = ("reference", "sealed", "segments", "postgresql")


@pytest.mark.slow
def test_every_engine_finds_the_same_people_with_the_same_minutes() -> None:
    only = [part for engine in ENGINES for part in ("--only", engine)]
    command = [sys.executable, str(BENCHMARK), *only, "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = json.loads(done.stdout)
    found = {(line["engine"], line["cases"]): line["pairs"] for line in lines}
    assert {engine for engine, _ in found} == set(ENGINES)
    for cases in (1, 10, 100):
        # The benchmark itself compares every pair and its minutes, and fails if one differs.
        assert found["reference", cases] > 0
        assert len({found[engine, cases] for engine in ENGINES}) == 1
    sealed = [line for line in lines if line["engine"] == "sealed"]
    assert all(line["bytes_a_row"] <= 160 for line in sealed)
    assert all(line["opened"] < 10 * line["pairs"] for line in sealed)
