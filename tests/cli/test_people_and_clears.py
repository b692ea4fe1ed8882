"""`epiloop people` and `epiloop clears`: duplicates and the four clears, at the terminal as on pages."""

from tests.cli.conftest import Run, read
from tests.cli.test_telling import HERE, days_ago, tell


def test_two_registrations_are_merged_split_and_declared_different(run: Run) -> None:
    one, other = (str(tell(run, "person-registered", stay=HERE)["person"]) for _ in range(2))
    merged = read(run("people", "merge", one, other, "--key", "m", "--json"))
    assert merged == {"person": one, "other": other, "repeated": False}
    assert read(run("people", "merge", one, other, "--key", "m", "--json"))["repeated"]
    assert run("people", "merge", one, other).exit_code == 5, "merged already"
    assert read(run("person", one, "--json"))["duplicates"][0]["state"] == "same"
    assert run("people", "different", one, other).exit_code == 5, "merged ones are split first"
    assert read(run("people", "split", one, other, "--json"))["other"] == other
    assert "not the same" in run("people", "different", one, other).stdout
    assert run("people", "merge", one, other).exit_code == 5, "declared different"
    nobody = "00000000-0000-0000-0000-000000000001"
    assert run("people", "merge", one, nobody).exit_code == 4
    acts = read(run("audit", "--jurisdiction", HERE, "--json"))["rows"]
    assert {act["purpose"] for act in acts[:3]} == {"register-keeping"}


def test_the_four_clears_and_who_is_behind_a_gap(run: Run) -> None:
    read(run("rules", "adopt", "who", "--jurisdiction", "45", "--json"))
    source = tell(run, "person-registered", stay=HERE)["person"]
    exposed = tell(run, "person-registered", stay=HERE)["person"]
    last = {"disease": "measles", "ring": 1, "sources": [source], "last_exposure": days_ago(1)}
    tell(run, "contact-determined", exposed, **last)
    (line,) = read(run("clears", "450226001", "--json"))["lines"]
    assert (line["code"], line["people"], line["counted"], line["identified"]) == (HERE, 1, 1, 0)
    gaps = read(run("clears", HERE, "--gaps", "identity", "--json"))
    assert [(row["id"], row["jurisdiction"]) for row in gaps["rows"]] == [(exposed, HERE)]
    assert read(run("clears", HERE, "--gaps", "count", "--json"))["rows"] == []
    assert run("clears", HERE).exit_code == 0
