"""`epiloop rules`: works from the files alone, and says where a mistake stands."""

import json
import shutil
from pathlib import Path

from tests.cli.conftest import Run, process, read

RULEBOOKS = Path(__file__).parents[2] / "rulebooks"
QUESTION = ("--rulebook", "cn", "--jurisdiction", "320412", "--measure", "close-contact", "--as-of", "2022-07-01T09:00")
FACT = ("--fact", "last_exposure=2022-06-28")


def test_a_plan_needs_no_installation_and_prints_one_json_value(tmp_path: Path) -> None:
    done = process("rules", "plan", *QUESTION, *FACT, "--json", home=tmp_path / "nowhere")
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "nowhere").exists()
    found = json.loads(done.stdout)
    stages = [(stage["stage"], stage["first_day"], stage["last_day"]) for stage in found["stages"]]
    assert stages == [("centralised", "2022-06-29", "2022-07-05"), ("home", "2022-07-06", "2022-07-08")]
    samples = [duty["date"][5:] for duty in found["duties"] if duty["kind"] == "sample"]
    assert samples == ["06-29", "06-30", "07-01", "07-03", "07-05", "07-08"]
    sample = next(duty for duty in found["duties"] if duty["kind"] == "sample")
    assert {"party", "post", "level"} <= sample["owner"].keys()
    assert (sample["clause"], sample["version"], sample["source"]["certainty"]) == (
        "duties.sample",
        "2022-06-28",
        "stated",
    )
    assert found["status"]["status"] == "centralised-isolation"


def test_facts_and_measures_nobody_knows_are_refused_with_the_choices(tmp_path: Path) -> None:
    wrong = process("rules", "plan", *QUESTION, "--fact", "last_seen=2022-06-28", "--json", home=tmp_path)
    assert wrong.returncode == 2
    assert "last_exposure" in wrong.stderr
    assert json.loads(wrong.stdout)["error"]["detail"] == wrong.stderr.strip()


def test_the_working_is_told_in_words(run: Run) -> None:
    found = read(run("rules", "explain", *QUESTION, *FACT, "--json"))
    assert any("Day zero is 2022-06-28" in sentence for sentence in found["loop"])
    assert any("2022-07-06" in sentence for sentence in found["status"])
    missing = run("rules", "explain", "--rulebook", "cn")
    assert missing.exit_code == 2


def test_check_names_the_file_and_line_of_a_mistake(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "cn"
    shutil.copytree(RULEBOOKS / "who", folder)
    measure = folder / "measures" / "mers-contact.yaml"
    text = measure.read_text().replace("kind: follow-up", "kind: horoscope", 1)
    measure.write_text(text)
    line = text.splitlines().index(next(each for each in text.splitlines() if "horoscope" in each)) + 1
    result = run("rules", "check", folder, "--json")
    assert result.exit_code == 2
    found = json.loads(result.stdout)
    problems = found["rulebooks"][0]["problems"]
    assert not found["ok"]
    assert [(problem["file"], problem["line"]) for problem in problems] == [(str(measure), line)]
    assert "horoscope" in problems[0]["problem"]


def test_a_case_that_does_not_come_out_ends_with_an_exit_code_of_its_own(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "who"
    shutil.copytree(RULEBOOKS / "who", folder)
    cases = next(path for path in sorted((folder / "tests").glob("*.yaml")) if "status: " in path.read_text())
    assert read(run("rules", "test", folder, "--json"))["failed"] == 0
    cases.write_text(cases.read_text().replace("status: ", "status: un", 1))
    result = run("rules", "test", folder, "--json")
    assert result.exit_code == 5
    failed = [case for case in json.loads(result.stdout)["results"] if not case["passed"]]
    assert len(failed) == 1
    assert failed[0]["differences"]


def test_two_rulebooks_are_compared_in_words(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "who"
    shutil.copytree(RULEBOOKS / "who", folder)
    measure = folder / "measures" / "mers-contact.yaml"
    measure.write_text(measure.read_text().replace("14", "10"))
    changes = read(run("rules", "diff", "who", folder, "--json"))
    assert {change["measure"] for change in changes} == {"mers-contact"}
    assert read(run("rules", "diff", "who", "who", "--json")) == []


def test_a_measure_of_another_place_is_a_mistake_of_the_question_also_as_json(tmp_path: Path) -> None:
    question = ("--rulebook", "jinhua", "--jurisdiction", "320412", "--measure", "key-posts-every-2-days")
    asked = ("rules", "plan", *question, "--fact", "since=2022-09-10", "--as-of", "2022-09-20T09:00")
    done = process(*asked, "--json", home=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["exit_code"]) == ("invalid-input", 2)
    assert "3307 (2022-09-" in error["detail"]
    plain = process(*asked, home=tmp_path)
    assert (plain.returncode, plain.stdout) == (2, "")
    assert plain.stderr.strip() == error["detail"]
