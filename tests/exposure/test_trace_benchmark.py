"""The benchmark's small mode: PostgreSQL, asked in SQL, gives the same pairs and points; the clock is not checked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "trace.py"


@pytest.mark.slow
def test_sql_over_a_plain_table_finds_the_same_people_with_the_same_points() -> None:
    command = [sys.executable, str(BENCHMARK), "--only", "segments", "--only", "postgresql", "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = json.loads(done.stdout)
    found = {(line["engine"], line["cases"]): line["pairs"] for line in lines}
    assert {engine for engine, _ in found} == {"segments", "postgresql"}
    for cases in (1, 10, 100):
        # The benchmark itself compares every pair and its points, and fails if one differs.
        assert found["segments", cases] == found["postgresql", cases] > 0
