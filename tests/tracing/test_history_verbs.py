"""`epiloop trace CASE --history`, `traces order` and `traces history`, and the same for programs."""

from datetime import timedelta

import pytest
from tests.api.conftest import asker
from tests.cli.conftest import _run as run
from tests.cli.conftest import read
from tests.tracing.searches import NOW, enrol, playing
from tests.web.staff import account

from epiloop.vault import grants
from epiloop.vault.signatures import public_of, signed

PRIVATE = {"county": bytes([55]) * 32, "city": bytes([56]) * 32}
STAFF = (
    ("asker-3", "investigator", "county"),
    ("approver-3", "duty-officer", "city"),
    ("judge-3", "inspector", "court"),
)


@pytest.fixture
def story(clean, tmp_path):
    with playing(clean) as made:
        for number, (login, role, unit) in enumerate(STAFF, start=90):
            (tmp_path / login).write_text((bytes([number]) * 32).hex())
            enrol(clean, bytes([number]) * 32, "person", str(account(login, role).id), unit)
        yield made


def test_a_case_is_asked_for_its_own_places_on_the_command_line(story, tmp_path):
    case = str(story.people["case"])
    mine = ("--account", "asker-3", "--key", tmp_path / "asker-3")
    asked = read(run("trace", case, "--history", *mine, "--json"))
    assert (asked["state"], asked["kind"], asked["visits"]) == ("asked", "history", [])
    theirs = ("--account", "approver-3", "--key", tmp_path / "approver-3")
    assert run("traces", "approve", asked["trace"], *theirs).exit_code == 0
    found = read(run("trace", case, "--history", "--account", "asker-3", "--json"))
    (visit,) = found["visits"]
    assert (found["trace"], visit["kind"], visit["left"]) == (
        asked["trace"],
        "market",
        (NOW - timedelta(days=2, minutes=-60)).isoformat(),
    )


def test_a_legal_order_waits_for_two_and_then_opens(story, tmp_path):
    case = str(story.people["case"])
    mine = ("--account", "asker-3", "--key", tmp_path / "asker-3")
    window = ("--since", "2022-07-01", "--until", "2022-07-04")
    lawful = ("--statute", "ihr-2005-45", "--authority", "Focal Point", "--reference", "2022/17", "--days", "1")
    asked = read(run("traces", "order", case, *lawful, *window, *mine, "--json"))
    for login, state in (("approver-3", "asked"), ("judge-3", "approved")):
        assert read(run("traces", "history", asked["trace"], "--account", "asker-3", "--json"))["visits"] == []
        theirs = ("--account", login, "--key", tmp_path / login)
        assert read(run("traces", "approve", asked["trace"], *theirs, "--json"))["state"] == state
    found = read(run("traces", "history", asked["trace"], "--account", "asker-3", "--json"))
    assert (found["kind"], len(found["visits"])) == ("order", 1)


def test_a_program_signs_asks_and_opens(story, clean):
    mine, theirs = asker("asker-4", "investigator"), asker("approver-4", "duty-officer")
    assert (
        "/second-factor"
        in mine.post("/openings/00000000-0000-0000-0000-000000000000/visits", None, status=403)["detail"]
    )
    for who in (mine, theirs):
        who.confirm()
    for who, unit in ((mine, "county"), (theirs, "city")):
        enrol(clean, PRIVATE[unit], "person", str(who.account.id), unit)
    case = str(story.people["case"])
    lawful = {"person": case, "unit": "county", "authority": "Focal Point", "reference": "2022/17"}
    window = {"since": (NOW - timedelta(days=5)).isoformat(), "until": NOW.isoformat()}
    order = mine.post("/openings/text", {**lawful, **window, "statute": "ihr-2005-45"})["text"]
    assert grants.read(bytes.fromhex(order)).reference == "2022/17"
    mine.post("/openings/text", {**lawful, **window, "statute": "a law of one's own"}, status=422)
    text = mine.get("/openings/text", person=case, unit="county")["text"]
    request = mine.post("/openings", {"text": text, **_signed(text, PRIVATE["county"])})["trace"]
    mine.post(f"/openings/{request}/visits", None, status=409)
    theirs.post(f"/traces/{request}/approval", _signed(text, PRIVATE["city"]))
    assert len(mine.post(f"/openings/{request}/visits", None)["visits"]) == 1
    theirs.post(f"/openings/{request}/visits", None, status=403)


def _signed(text, private):
    made = signed(bytes.fromhex(text), private)
    assert made.key == public_of(private).name
    return {"key": made.key.hex(), "signature": made.value.hex()}
