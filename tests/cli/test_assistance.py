"""Requests between two counties of one installation on the command line, from the card to the end."""

from pathlib import Path

from tests.cli.conftest import Run, read
from tests.cli.test_telling import tell

WORDS = ("--clause", "clause 3", "--post", "Disease control", "--phone", "0772-2620001")


def test_a_request_is_asked_received_answered_and_closed(run: Run, tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    made = read(run("peers", "card", "--name", "Two counties", "--jurisdiction", "450226", "--json"))
    both = ("--jurisdiction", "450226", "--jurisdiction", "330783", "--out", card)
    again = read(run("peers", "card", "--name", "Two counties", *both, "--json"))
    assert made["fingerprint"] == again["fingerprint"]
    assert run("peers", "add", card, "--digits", made["fingerprint"]).exit_code == 5, "our own card"
    assert read(run("peers", "list", "--json")) == []
    person = tell(run, "person-registered", stay="450226001001")["person"]
    asked = ("assistance", "ask", "itinerary", "330783", "--jurisdiction", "450226", "--person", person, *WORDS)
    assert run(*asked).exit_code == 2, "a part of an itinerary says where and when"
    said = ("--said", "place", "market", "--said", "since", "9:00", "--said", "until", "10:00")
    request = read(run(*asked, *said, "--json"))
    assert (request["step"], request["other"], request["waiting"]) == ("made", "330783", ["request"])
    assert read(run("assistance", "send", "--json")) == {"sent": 1}
    (there,) = read(run("assistance", "list", "--json"))
    assert (there["step"], there["other"]) == ("arrived", "450226")
    assert read(run("assistance", "receive", there["id"], "--json"))["step"] == "received"
    answered = read(run("assistance", "answer", there["id"], "1", "noted", "--json"))
    assert answered["people"][0]["result"] == "noted"
    file = tmp_path / "back.epl"
    read(run("assistance", "export", there["id"], file, "--json"))
    came = read(run("assistance", "import", file, "--json"))
    assert [one["what"] for one in came] == ["receipt", "answer-1"]
    assert all(one["repeated"] for one in read(run("assistance", "import", file, "--json")))
    closed = read(run("assistance", "close", request["id"], "--json"))
    assert closed["step"] == "closed"
    assert read(run("assistance", "show", request["id"], "--json"))["answered"] == 1
    assert run("assistance", "show", person).exit_code == 4
