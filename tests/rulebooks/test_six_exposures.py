"""One person exposed on six days, each under the rule of its day: what is laid down, whose it is, and why."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from epiloop.core.jurisdictions import code
from epiloop.rules.engine import trace
from epiloop.rules.explain import explain_duty, explain_loop, explain_status, render
from epiloop.rules.facts import Fact
from epiloop.rules.model import Rulebook
from epiloop.rules.planning import Json, plan
from epiloop.rules.regimes import EVER, Adoption, Context
from epiloop.rules.trace import Trace

ZONE = ZoneInfo("Asia/Shanghai")
HERE = Context(ZONE, code("320412"))
EXPOSED = {
    date(2022, 6, 20): ("2021-05-14", "8th edition"),
    date(2022, 6, 28): ("2022-06-28", "9th edition"),
    date(2022, 11, 10): ("2022-11-11", "Twenty Points"),
    date(2022, 11, 11): ("2022-11-11", "Twenty Points"),
    date(2022, 12, 7): ("2022-12-07", "New Ten Points"),
}
"""Day of exposure -> version and document that hold the next morning."""
PARTS = {"loop", "stages", "duties"}


def asked(exposed: date) -> datetime:
    return datetime.combine(exposed + timedelta(days=1), datetime.min.time(), ZONE) + timedelta(hours=9)


def answer(cn: Rulebook, exposed: date) -> Json:
    as_of = asked(exposed).strftime("%Y-%m-%dT%H:%M")
    facts = [f"last_exposure={exposed}"]
    return plan([cn], measure="close-contact", jurisdiction="320412", facts=facts, as_of=as_of)


def traced(cn: Rulebook, exposed: date) -> list[Trace]:
    at = datetime.combine(exposed, datetime.min.time(), ZONE)
    fact = Fact("contact-determined", at, at, {"disease": "covid-19", "ring": 1, "last_exposure": exposed})
    return trace([fact], [Adoption(cn, EVER)], HERE, known_at=asked(exposed))


@pytest.mark.parametrize("exposed", EXPOSED, ids=str)
def test_every_stage_and_duty_stands_under_the_version_of_its_day(cn: Rulebook, exposed: date) -> None:
    version, document = EXPOSED[exposed]
    told = answer(cn, exposed)
    rows = [*told["stages"], *(duty for duty in told["duties"] if not duty["carried"])]
    assert told["version"] == version
    assert rows
    for row in rows:
        assert row["version"] == version
        assert document in row["source"]["en"]
        assert row["source"]["zh"]
        assert row["clause"].split(".")[0] in PARTS


@pytest.mark.parametrize("exposed", EXPOSED, ids=str)
def test_every_duty_has_an_owner_and_a_way_up(cn: Rulebook, exposed: date) -> None:
    for duty in answer(cn, exposed)["duties"]:
        assert duty["owner"]["party"] in {"territory", "department"}
        assert duty["owner"]["level"]
        assert duty["escalations"]
        assert all(step["at"] > duty["due"] for step in duty["escalations"])


@pytest.mark.parametrize("exposed", EXPOSED, ids=str)
def test_a_test_due_by_midnight_goes_up_at_nine_in_the_morning(cn: Rulebook, exposed: date) -> None:
    for duty in answer(cn, exposed)["duties"]:
        if duty["kind"] == "sample":
            morning = date.fromisoformat(duty["date"]) + timedelta(days=1)
            assert duty["escalations"][0]["at"] == f"{morning}T09:00+08:00"


@pytest.mark.parametrize("exposed", EXPOSED, ids=str)
def test_loop_status_and_every_duty_are_explained_with_their_clause(cn: Rulebook, exposed: date) -> None:
    (loop,) = traced(cn, exposed)
    version, document = EXPOSED[exposed]
    steps = [explain_loop(loop), explain_status([loop], asked(exposed))]
    steps += [explain_duty(loop, item.laid.key) for item in loop.epochs[0].course.items]
    for explained in steps:
        clauses = [why.clause for why in explained if why.clause]
        assert clauses
        assert all(render(why) for why in explained)
    governing = [why.clause for why in explain_loop(loop) if why.clause][-1]
    assert governing.version == version
    assert document in governing.source


def test_exposed_under_class_b_management_nothing_is_laid_down(cn: Rulebook) -> None:
    told = answer(cn, date(2023, 1, 8))
    assert (told["version"], told["loop"], told["stages"], told["duties"]) == (None, None, [], [])
    assert told["status"]["status"] == "free"
    assert traced(cn, date(2023, 1, 8)) == []


def test_nobody_is_asked_for_a_test_on_a_day_the_rule_does_not_name(cn: Rulebook) -> None:
    wanted = {date(2022, 6, 28): {1, 2, 3, 5, 7, 10}, date(2022, 11, 11): {1, 2, 3, 5, 6, 8}, date(2022, 12, 7): {5}}
    for exposed, days in wanted.items():
        tests = [duty["date"] for duty in answer(cn, exposed)["duties"] if duty["kind"] == "sample"]
        assert {(date.fromisoformat(day) - exposed).days for day in tests} == days
