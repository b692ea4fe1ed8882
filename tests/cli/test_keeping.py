"""Verbs that keep an installation in order: verify, rebuild, clock, worker, accounts, tokens, benchmarks."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tests.cli.conftest import Run, process, read
from tests.project.running import PATIENCE, wait_for

from epiloop.project.home import Installation


@pytest.fixture
def filled(run: Run, tmp_path: Path) -> Run:
    """An installation with a rulebook and one case."""
    (tmp_path / "c.csv").write_text("No,Confirmed\n1,2022-06-30\n")
    (tmp_path / "m.yaml").write_text(
        "system: s\nconstants: {disease: covid-19, classification: confirmed}\ncases: {id: No, diagnosed: Confirmed}\n"
    )
    read(run("rules", "adopt", "cn", "--jurisdiction", "45", "--json"))
    read(run("import", "cases", tmp_path / "c.csv", "--mapping", tmp_path / "m.yaml", "--json"))
    read(run("clock", "--json"))
    return run


def test_what_is_in_order_is_said_and_what_is_not_ends_with_seven(filled: Run, clean: Installation) -> None:
    found = read(filled("verify", "--json"))
    assert (found["ok"], found["streams"], found["broken"]) == (True, 2, [])
    with psycopg.connect(clean.dsn("engine")) as connection:
        connection.execute("update person set sex = 'male'")
    broken = filled("verify", "--json")
    assert broken.exit_code == 7
    assert '"person: rows of stream' in broken.stdout
    assert read(filled("rebuild", "--json"))["by_kind"] == {"person": 1, "rulebook": 1}
    assert read(filled("verify", "--json"))["ok"]


def test_a_worker_does_what_is_due_and_stops_when_told(filled: Run, clean: Installation) -> None:
    read(filled("rules", "adopt", "who", "--jurisdiction", "45", "--reason", "notice 12", "--json"))
    assert _unsealed(clean)
    worker = subprocess.Popen([sys.executable, "-m", "epiloop", "worker"], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: not _unsealed(clean), "what was done to be sealed")
    finally:
        worker.send_signal(signal.SIGTERM)
        ended = worker.wait(PATIENCE)
    assert ended == 0


def _unsealed(installation: Installation) -> int:
    with psycopg.connect(installation.dsn("engine")) as connection:
        row = connection.execute("select count(*) from unsealed").fetchone()
    return int(row[0]) if row else 0


def test_an_account_and_a_token_are_made_and_the_token_withdrawn(run: Run) -> None:
    arguments = ("account", "add", "lab-1", "--role", "investigator", "--jurisdiction", "450226", "--json")
    assert read(run(*arguments, stdin="nine quiet herons at dusk\n"))["login"] == "lab-1"
    assert [each["grants"] for each in read(run("account", "list", "--json"))] == [
        [{"role": "investigator", "jurisdiction": "450226"}]
    ]
    token = read(run("token", "issue", "lab-1", "--name", "analyser", "--scope", "duty.write", "--json"))
    assert token["token"].startswith("epl_")
    assert run("token", "issue", "nobody", "--name", "x", "--scope", "duty.write").exit_code == 4
    assert read(run("token", "withdraw", "lab-1", "--name", "analyser", "--json")) == {"withdrawn": 1}


def test_a_benchmark_nobody_wrote_is_named_with_the_choices(tmp_path: Path) -> None:
    done = process("bench", "horoscope", "--json", home=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (4, "not-found")
    assert "county" in done.stderr


def test_without_an_installation_a_verb_says_how_to_make_one(tmp_path: Path) -> None:
    done = process("verify", "--json", home=tmp_path / "none")
    assert (done.returncode, json.loads(done.stdout)["error"]["exit_code"]) == (4, 4)
    assert "epiloop init" in done.stderr
