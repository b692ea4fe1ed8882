"""Changing a file changes nothing until it is adopted; local rulebooks, their ceiling, and clocks that change."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.rules.cast import BEFORE_ALL, HERE, LONG_AFTER, RULEBOOKS, adopted, book, contact, facts, when

from epiloop.core.errors import InvalidInput
from epiloop.core.jurisdictions import code
from epiloop.rules.diff import diff_books, diff_versions
from epiloop.rules.engine import evaluate, status_at
from epiloop.rules.lint import ceiling
from epiloop.rules.loader import load
from epiloop.rules.model import Rulebook
from epiloop.rules.regimes import Adoption, Context

MERS = (
    (RULEBOOKS / "who" / "measures" / "mers-contact.yaml")
    .read_text("utf-8")
    .replace("superseded_by: [mers-case]\n", "")
)
TOP = 'rulebook: top\ntitle: {en: "Top", zh: "上级"}\ntimezone: Asia/Shanghai\njurisdictions: all\n'
LOCAL = TOP.replace("rulebook: top", "rulebook: local").replace("all", '["3204"]') + "overlays: top\n"


def made(head: str, text: str = MERS, parent: Rulebook | None = None) -> Rulebook:
    return load({"rulebook.yaml": head, "measures/mers-contact.yaml": text}, root="book/", parent=parent)


def days_of_follow_up(adoptions: tuple[Adoption, ...], context: Context = HERE, known_at: datetime = LONG_AFTER) -> int:
    plan = evaluate(facts(contact("2015-05-20", disease="mers")), adoptions, context, known_at=known_at)
    return len([duty for duty in plan.duties if duty.kind == "follow-up"])


LONGER = MERS.replace("days: 14", "days: 21")
SHORTER = MERS.replace("days: 14", "days: 7")


def test_an_adoption_counts_from_its_instant_and_only_once_it_is_known() -> None:
    then = Adoption(made(TOP, SHORTER), when("2015-05-25"), since=when("2015-05-25"))
    adoptions = (Adoption(made(TOP), BEFORE_ALL), then)
    assert days_of_follow_up(adoptions, known_at=when("2015-05-24")) == 14
    plan = evaluate(facts(contact("2015-05-20", disease="mers")), adoptions, HERE, known_at=when("2015-05-26"))
    assert plan.loops[0].closed_at == when("2015-05-28")


def test_adopting_the_same_text_again_changes_nothing() -> None:
    again = (Adoption(made(TOP), BEFORE_ALL), Adoption(made(TOP), when("2015-05-25"), since=when("2015-05-25")))
    assert days_of_follow_up(again) == 14
    plan = evaluate(facts(contact("2015-05-20", disease="mers")), again, HERE, known_at=LONG_AFTER)
    assert {duty.valid.start for duty in plan.duties} == {when("2015-05-20")}


def test_a_local_rulebook_holds_inside_its_jurisdiction_only() -> None:
    top = made(TOP)
    adoptions = adopted(top, made(LOCAL, SHORTER, parent=top))
    assert days_of_follow_up(adoptions) == 7
    assert days_of_follow_up(adoptions, Context(HERE.zone, code("330702"))) == 14


def test_when_the_ceiling_repeals_a_measure_the_local_one_ends_too() -> None:
    repeal = """
  - version: 2015-05-25
    in_force: 2015-05-25
    repealed: true
    source: {title: {en: "End", zh: "废止"}, certainty: stated}
"""
    top = made(TOP, MERS + repeal)
    plan = evaluate(
        facts(contact("2015-05-20", disease="mers")), adopted(top, made(LOCAL, LONGER)), HERE, known_at=LONG_AFTER
    )
    assert (plan.loops[0].outcome, plan.loops[0].closed_at) == ("regime-ended", when("2015-05-25"))


def test_the_lint_names_a_stricter_local_measure_with_its_line() -> None:
    top = made(TOP)
    [problem] = ceiling(made(LOCAL, LONGER, parent=top), top)
    assert str(problem).startswith("book/measures/mers-contact.yaml:7: mers-contact: 21 days of restriction")
    assert ceiling(made(LOCAL, SHORTER, parent=top), top) == []


def test_two_unrelated_rulebooks_must_not_share_a_measure() -> None:
    with pytest.raises(InvalidInput, match="both have a measure mers-contact"):
        days_of_follow_up(adopted(made(TOP), made(TOP.replace("rulebook: top", "rulebook: other"))))


def test_the_difference_of_two_rulebooks_is_said_in_words() -> None:
    [change] = diff_books(made(TOP), made(TOP, LONGER))
    assert str(change) == "mers-contact 2013-07-05: stage monitoring: days was 14, is 21."


def test_the_difference_of_two_versions_is_said_in_words() -> None:
    eighth, ninth = book("cn").measures["close-contact"].versions[:2]
    said = [str(change) for change in diff_versions("close-contact", eighth, ninth)]
    assert "close-contact 2022-06-28: stage centralised: days was 14, is 7." in said


def test_a_day_is_a_calendar_day_where_clocks_change() -> None:
    # Clocks go forward in Paris on 2015-03-29: the day has 23 hours, and follow-up days stay calendar days.
    paris = Context(ZoneInfo("Europe/Paris"), code("75"))
    given = facts(contact("2015-03-27", disease="mers"), zone=ZoneInfo("Europe/Paris"))
    plan = evaluate(given, adopted(made(TOP)), paris, known_at=LONG_AFTER)
    lengths = {
        duty.start.astimezone(paris.zone).date(): (duty.due - duty.start).total_seconds() / 3600 for duty in plan.duties
    }
    assert lengths[date(2015, 3, 29)] == 23
    assert lengths[date(2015, 3, 30)] == 24
    assert plan.loops[0].closed_at == datetime(2015, 4, 11, tzinfo=paris.zone)
    span = status_at(plan, datetime(2015, 4, 10, 23, 59, tzinfo=paris.zone))
    assert span is not None
