"""The benchmark's small mode: its answers are checked here, its clock is not."""

import json
import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "county.py"


def test_one_measurement_prints_one_json_value_and_nothing_else() -> None:
    command = [sys.executable, str(BENCHMARK), "--one", "people", "10000"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    line = json.loads(done.stdout)
    assert (line["what"], line["rows"]) == ("people", 10_000)
    assert line["seconds"] > 0
    assert 0 < line["megabytes"] < 2_000
