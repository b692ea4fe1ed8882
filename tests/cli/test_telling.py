"""`epiloop tell` and the lists: the same acts as pages and programs, from standard input."""

import json
from datetime import UTC, datetime, timedelta

from tests.cli.conftest import Run, read

HERE = "450226001001"


def tell(run: Run, kind: str, *arguments: object, status: int = 0, **fields: object) -> dict[str, object]:
    result = run("tell", kind, *arguments, "--json", stdin=json.dumps(fields))
    assert result.exit_code == status, (result.exception, result.stderr)
    return json.loads(result.stdout) if status == 0 else {}


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def test_a_contact_is_told_their_duty_taken_and_everything_listed(run: Run) -> None:
    read(run("rules", "adopt", "who", "--jurisdiction", "45", "--json"))
    source = tell(run, "person-registered", stay=HERE, identity={"name": "Canary Featherstone"})["person"]
    exposed = tell(run, "person-registered", "--key", "the-same", stay=HERE)["person"]
    assert tell(run, "person-registered", "--key", "the-same", stay=HERE) == {"person": exposed, "repeated": True}
    tell(run, "case-determined", source, disease="measles", classification="confirmed", onset=days_ago(4))
    last = {"disease": "measles", "ring": 1, "sources": [source], "last_exposure": days_ago(1)}
    tell(run, "contact-determined", exposed, **last)
    duty = read(run("duties", "list", "--lateness", "later", "--jurisdiction", HERE, "--json"))["rows"][0]["duty"]
    assert duty["subject"] == exposed
    assert read(run("duties", "take", exposed, duty["loop"], duty["key"], "--json"))["duty"] == duty["key"]
    assert [row["person"] for row in read(run("cases", "list", "--json"))["rows"]] == [source]
    assert read(run("cases", "curve", "measles", "--json"))["total"] == 1
    assert read(run("cases", "tree", "measles", "--json"))["nodes"][0]["person"] == source
    acts = read(run("audit", "--jurisdiction", HERE, "--json"))["rows"]
    assert {act["actor"] for act in acts} == {"operator"}


def test_what_nobody_may_tell_or_cannot_be_read_is_refused(run: Run) -> None:
    someone = tell(run, "person-registered", stay=HERE)["person"]
    tell(run, "duty-escalated", someone, status=2, loop="l", duty="d", rung=1, party="p", post="x", code=1)
    tell(run, "followed-up", someone, status=2, day="someday")
    tell(run, "followed-up", status=2, day=days_ago(0), symptoms=False, by="call")
    assert run("tell", "followed-up", someone, stdin="no json").exit_code == 2
    unit = tell(run, "unit-registered", unit_kind="office", jurisdiction=HERE, name_zh="卫生院")["unit"]
    post = {"post_kind": "community-health-worker", "jurisdiction": HERE, "level": "community"}
    assert tell(run, "post-created", unit, **post)["post"]
