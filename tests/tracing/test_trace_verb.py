"""`epiloop trace CASE --ring 1 --json`: its shape, a key in a file, another person's approval, no numbers unasked."""

import json

import pytest
from tests.cli.conftest import _run as run
from tests.cli.conftest import read
from tests.tracing.searches import NOW, STRANGER, enrol, playing
from tests.web.staff import account

from epiloop.vault.results import Found

SHAPE = {"trace", "case", "ring", "clause", "asked_at", "state", "people", "counts"}
PERSON = {"subject", "rank", "ring", "together_minutes", "after_minutes", "first_day", "last_day", "kinds", "known"}


@pytest.fixture
def story(clean, tmp_path):
    with playing(clean) as made:
        for login, role, unit in (("asker-2", "investigator", "county"), ("approver-2", "duty-officer", "city")):
            who = account(login, role)
            key = bytes([len(unit) * 7]) * 32
            (tmp_path / login).write_text(key.hex())
            enrol(clean, key, "person", str(who.id), unit)
        yield made


def test_asked_with_a_key_approved_with_another_and_answered_in_the_shape(story, tmp_path):
    story.attest(Found.CONFIRMED)
    case = str(story.people["case"])
    assert run("trace", case, "--ring", 1, "--json").exit_code == 5, "nobody asked yet"
    asker = ("--account", "asker-2", "--key", tmp_path / "asker-2")
    asked = read(run("trace", case, "--ring", 1, *asker, "--json"))
    assert asked.keys() == SHAPE
    assert (asked["state"], asked["people"], asked["case"]) == ("asked", [], case)
    waiting = run("trace", case, *asker)
    assert (waiting.exit_code, "traces approve" in waiting.stdout) == (0, True), "what comes next is said"
    own = run("traces", "approve", asked["trace"], *asker, "--json")
    assert own.exit_code == 3
    approver = ("--account", "approver-2", "--key", tmp_path / "approver-2")
    signed = run("traces", "approve", asked["trace"], *approver, "--json")
    assert read(signed)["state"] == "approved"
    assert f"subject: {case}" in signed.stderr, "nobody signs what was not shown"
    assert "fingerprint: " in signed.stderr
    found = read(run("trace", case, "--account", "asker-2", "--json"))
    assert found["state"] == "done"
    assert found["counts"] == {"ring_1": 2, "ring_2": 0, "confirmed": 0}
    assert all(one.keys() >= PERSON for one in found["people"])
    assert STRANGER not in json.dumps(found)
    reached = read(
        run("trace", case, "--account", "asker-2", "--contacts", "--purpose", "case-investigation", "--json")
    )
    assert reached["people"][1]["contact"] == {"kind": "phone", "number": STRANGER}
    assert run("trace", case, "--account", "asker-2", "--contacts").exit_code == 2
    shown = run("trace", case, "--account", "asker-2", "--contacts", "--purpose", "case-investigation").stdout
    assert STRANGER in shown, "who is looked up is shown to people too"
    (row,) = read(run("traces", "list", "--json"))
    assert (row["id"], row["first_ring"], row["step"]) == (asked["trace"], 2, "done")
    assert NOW.date().isoformat() in row["asked_at"]


def test_a_request_is_refused_by_another_and_who_is_no_case_is_not_found(story, tmp_path):
    story.attest(Found.CONFIRMED)
    case = str(story.people["case"])
    asked = read(run("trace", case, "--account", "asker-2", "--key", tmp_path / "asker-2", "--json"))
    assert run("traces", "refuse", asked["trace"], "--account", "asker-2").exit_code == 3
    refused = ("traces", "refuse", asked["trace"], "--account", "approver-2", "--reason", "another is open", "--json")
    assert read(run(*refused))["state"] == "refused"
    assert run("trace", case, "--account", "asker-2").exit_code == 5, "nobody has asked"
    nobody = run("trace", "C-none", "--account", "asker-2")
    assert (nobody.exit_code, "epiloop cases list" in str(nobody.exception)) == (4, True)
