"""One person in three loops: a close contact, holder of a key post, and arrived from a high-risk area.

One sample fulfils the duties of all three, the strictest stage holds, and closing one loop leaves the others.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from epiloop.core.jurisdictions import code
from epiloop.rules.engine import evaluate, status_at
from epiloop.rules.facts import Fact, Value
from epiloop.rules.model import Rulebook
from epiloop.rules.plan import Duty, DutyState, Plan
from epiloop.rules.regimes import EVER, Adoption, Context

ZONE = ZoneInfo("Asia/Shanghai")
JINHUA = Context(ZONE, code("330702"))
Ask = Callable[[list[Fact], datetime], Plan]
CONTACT, POST, ARRIVAL = "close-contact", "key-posts-every-2-days", "arrival-high-risk"


def at(day: int, hour: int) -> datetime:
    return datetime(2022, 11, day, hour, tzinfo=ZONE)


def fact(what: str, when: datetime, **values: Value) -> Fact:
    return Fact(what, when, when, values)


def history() -> list[Fact]:
    """From 12 November 2022 on, under the Twenty Points: centralised as a contact, at home as an arrival."""
    return [
        fact("post-held", at(12, 8), post="lorry-driver", since=date(2022, 11, 12)),
        fact("arrived", at(12, 9), origin_risk="high", left=date(2022, 11, 12), inter_province=False),
        fact("contact-determined", at(12, 10), disease="covid-19", ring=1, last_exposure=date(2022, 11, 12)),
    ]


def sample(name: str, when: datetime, outcome: str = "negative") -> list[Fact]:
    taken = fact("sample-taken", when, sample=name, kind="single")
    return [taken, fact("result", when.replace(minute=30), sample=name, outcome=outcome)]


@pytest.fixture
def ask(jinhua: tuple[Rulebook, ...]) -> Ask:
    def evaluated(facts: list[Fact], when: datetime) -> Plan:
        adoptions = [Adoption(book, EVER) for book in jinhua]
        return evaluate(facts, adoptions, JINHUA, at=when, known_at=when)

    return evaluated


def samples_of(plan: Plan, measure: str, state: DutyState) -> list[Duty]:
    return [
        duty for duty in plan.duties if duty.kind == "sample" and duty.clause.measure == measure and duty.state is state
    ]


def test_three_loops_are_open_side_by_side(ask: Ask) -> None:
    plan = ask(history(), at(12, 12))
    assert sorted(loop.measure for loop in plan.loops) == [ARRIVAL, CONTACT, POST]


def test_one_sample_fulfils_a_duty_in_each_of_the_three(ask: Ask) -> None:
    before = ask(history(), at(13, 8))
    plan = ask(history() + sample("one", at(13, 9)), at(13, 12))
    for measure in (CONTACT, ARRIVAL):
        assert not samples_of(before, measure, DutyState.DONE)
        done = samples_of(plan, measure, DutyState.DONE)
        assert [duty.day for duty in done] == [1]
    # The post's row goes on: the next sample is due two days after this one.
    assert [duty.due for duty in samples_of(before, POST, DutyState.OPEN)] == [at(14, 0).astimezone(UTC)]
    assert [duty.due for duty in samples_of(plan, POST, DutyState.OPEN)] == [at(16, 0).astimezone(UTC)]


def test_the_strictest_status_holds_and_then_the_next(ask: Ask) -> None:
    facts = history()
    for day in (13, 14, 15, 17):
        facts += sample(f"s{day}", at(day, 9))
    plan = ask(facts, at(17, 12))
    held = {day: status_at(plan, at(day, 12)) for day in (13, 17, 18, 19)}
    assert {day: span.status for day, span in held.items() if span} == {
        13: "centralised-isolation",
        17: "centralised-isolation",
        18: "home-isolation",
        19: "home-isolation",
    }
    assert held[17] is not None
    assert held[17].clause.measure == CONTACT


def test_closing_one_leaves_the_others(ask: Ask) -> None:
    facts = [*history(), fact("contact-withdrawn", at(14, 9), disease="covid-19")]
    plan = ask(facts, at(14, 12))
    closed = {loop.measure: loop.outcome for loop in plan.loops if loop.closed_at and loop.closed_at <= at(14, 12)}
    assert closed == {CONTACT: "withdrawn"}
    held = status_at(plan, at(14, 12))
    assert held is not None
    assert (held.status, held.clause.measure) == ("home-isolation", ARRIVAL)
    assert samples_of(plan, ARRIVAL, DutyState.OPEN)
    assert samples_of(plan, POST, DutyState.OPEN)
    assert not samples_of(plan, CONTACT, DutyState.OPEN)


def test_leaving_the_post_leaves_contact_and_arrival(ask: Ask) -> None:
    facts = [*history(), fact("post-left", at(14, 9), post="lorry-driver")]
    plan = ask(facts, at(14, 12))
    open_now = {loop.measure for loop in plan.loops if loop.closed_at is None or loop.closed_at > at(14, 12)}
    assert open_now == {CONTACT, ARRIVAL}


def test_a_positive_result_closes_contact_and_arrival_but_not_the_post(ask: Ask) -> None:
    plan = ask(history() + sample("one", at(13, 9), "positive"), at(13, 12))
    outcomes = {loop.measure: loop.outcome for loop in plan.loops if loop.closed_at and loop.closed_at <= at(13, 12)}
    assert outcomes == {CONTACT: "became-case", ARRIVAL: "became-case"}
