"""`epiloop bench`: one JSON value with the machine, the size and the lines; a small run checks its answers."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import process

from epiloop.cli.bench import command, names


def bench(name: str, home: Path) -> Any:
    done = process("bench", name, "--size", "small", "--json", home=home)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_a_size_that_a_benchmark_does_not_have_is_refused_with_those_it_has(tmp_path: Path) -> None:
    done = process("bench", "trace", "--size", "full", home=tmp_path)
    assert done.returncode == 4
    assert "small, county, city" in done.stderr


def test_the_benchmarks_are_those_that_can_be_run() -> None:
    assert {"county", "engine", "linelist", "names", "pages", "trace"} <= set(names())
    assert not {"browser", "filling", "installed", "lives", "machines"} & set(names())
    assert [name for name in names() if name not in str(command.help)] == [], "whoever asks for help reads them"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("linelist", {"tried only", "imported", "the same again"}),
        ("names", {"identities stored", "name, city", "name with a slip, county", "phone, city"}),
    ],
)
def test_a_small_run_checks_its_answers_and_says_on_what_machine_it_ran(
    name: str, what: set[str], tmp_path: Path
) -> None:
    told = bench(name, tmp_path)
    assert (told["benchmark"], told["size"]) == (name, "small")
    assert "cores" in told["machine"]
    assert what <= {line["what"] for line in told["lines"]}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_pages_are_timed_in_the_database_and_where_there_is_a_browser_there_too(tmp_path: Path) -> None:
    lines = bench("pages", tmp_path)["lines"]
    asked = {line["question"] for line in lines if line["where"] == "database"}
    opened = {line["question"] for line in lines if line["where"] == "browser"}
    assert {"board, city", "four clears, county", "person page", "today's list of a worker"} <= asked
    assert not opened or {"board, city", "person page", "today's list of a worker", "four clears, county"} <= opened
    assert all(line["p50"] > 0 for line in lines)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_check_ins_go_through_a_real_gate_and_all_of_them_arrive(tmp_path: Path) -> None:
    lines = {line["what"]: line for line in bench("checkins", tmp_path)["lines"]}
    paced = "phones, at a pace"
    sent = (f"{paced}, gate just started", paced, "phones, as fast as answered", "gateways, 100 each")
    rows = sum(lines[what]["rows"] for what in sent)
    assert lines["in the inbox"]["rows"] == lines["handed over"]["rows"] == rows > 5_000
    assert lines["in the inbox"]["bytes_a_row"] <= 160
    assert lines["handed over"]["bytes_a_row"] <= 160
