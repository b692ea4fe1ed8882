"""`epiloop rules plan`: facts as NAME=VALUE, local times, and answers that name the choices."""

import json

import pytest
from tests.rules.cast import HERE, LONG_AFTER, RULEBOOKS, adopted, book, contact, facts, when

from epiloop.core.errors import InvalidInput, NotFound
from epiloop.rules.engine import trace
from epiloop.rules.explain import explain_duty, explain_loop, explain_status, render
from epiloop.rules.given import parse_pairs
from epiloop.rules.planning import Question, explained, plan
from epiloop.rules.source import load_named, read_files
from epiloop.rules.spec import run_cases

CN = load_named(RULEBOOKS, "cn")


def asked(
    *pairs: str, as_of: str = "2022-07-01T09:00", measure: str = "close-contact", **more: str
) -> dict[str, object]:
    return plan(CN, measure=measure, jurisdiction="320412", facts=pairs, as_of=as_of, **more)  # type: ignore[arg-type]


def test_the_example_of_the_issue() -> None:
    answer = asked("last_exposure=2022-06-28")
    assert json.loads(json.dumps(answer)) == answer
    assert answer["version"] == "2022-06-28"
    assert [(row["stage"], row["first_day"], row["last_day"]) for row in answer["stages"]] == [  # type: ignore[index,union-attr]
        ("centralised", "2022-06-29", "2022-07-05"),
        ("home", "2022-07-06", "2022-07-08"),
    ]
    samples = [row for row in answer["duties"] if row["kind"] == "sample"]  # type: ignore[union-attr,index]
    assert [row["date"] for row in samples] == [
        "2022-06-29", "2022-06-30", "2022-07-01", "2022-07-03", "2022-07-05", "2022-07-08",
    ]  # fmt: skip
    assert all(row["owner"]["post"] and row["clause"] and row["version"] and row["source"]["en"] for row in samples)
    assert answer["status"]["status"] == "centralised-isolation"  # type: ignore[index]
    assert answer["status"]["until"] == "2022-07-06T00:00+08:00"  # type: ignore[index]


def test_a_sample_given_without_hour_was_taken_at_noon() -> None:
    answer = asked("last_exposure=2022-06-28", "sample=2022-06-29:negative")
    done = [row for row in answer["duties"] if row["state"] == "done"]  # type: ignore[union-attr,index]
    assert [row["done_at"] for row in done] == ["2022-06-29T12:00+08:00"]


def test_what_happens_after_the_instant_asked_about_is_not_known() -> None:
    before = asked("last_exposure=2022-06-28")
    assert asked("last_exposure=2022-06-28", "sample=2022-07-05:positive") == before


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (["last_exposed=2022-06-28"], "known are: .*last_exposure"),
        (["last_exposure=yesterday"], "is not a day or a time"),
        (["last_exposure"], "NAME=VALUE"),
        (["ring=1"], "needs the fact last_exposure"),
        (["last_exposure=2022-06-28", "ring=two"], "is not a value of ring"),
        (["last_exposure=2022-06-28", "sample=2022-06-29:maybe"], "is not a sample"),
        (["last_exposure=2022-06-28", "fact=2022-07-01 sneezed"], "Unknown fact 'sneezed'"),
    ],
)
def test_a_fact_that_cannot_be_read_names_the_choices(pairs: list[str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        asked(*pairs)


def test_an_unknown_measure_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="close-contact"):
        asked("last_exposure=2022-06-28", measure="closed-contact")


@pytest.mark.parametrize("name", ["cn", "who"])
def test_all_cases_of_a_rulebook_pass(name: str) -> None:
    books = load_named(RULEBOOKS, name)
    results = run_cases(books, read_files(RULEBOOKS / name))
    assert results
    assert [str(result) for result in results if not result.passed] == []


def test_a_case_that_is_wrong_says_where_and_how() -> None:
    text = """
measure: close-contact
cases:
  - case: wrong on purpose
    facts: {last_exposure: 2022-06-28}
    as_of: 2022-07-01T09:00
    expect: {status: free, duties: {sample: ["2022-06-29"]}}
"""
    [result] = run_cases(CN, {"tests/wrong.yaml": text})
    assert not result.passed
    assert str(result).startswith("tests/wrong.yaml:4: wrong on purpose\n  status: expected 'free'")


def test_loops_duties_and_statuses_are_explained_with_dates_and_clauses() -> None:
    loops = trace(facts(contact("2022-06-28", "2022-07-03T10:00")), adopted(book("cn")), HERE, known_at=LONG_AFTER)
    said = [render(step) for step in explain_loop(loops[0])]
    assert said[0].startswith("Close contact: opened on 2022-07-03 10:00")
    assert any("Found late: determined on 2022-07-03, after day zero 2022-06-28" in line for line in said)
    assert any("Version 2022-06-28 governs" in line for line in said)
    duty = [render(step) for step in explain_duty(loops[0], "sample@centralised.2")]
    assert "It is due on day 2 of Centralised isolation (2022-07-05), counted on the stage clock." in duty
    status = explain_status(loops, when("2022-07-05T09:00"))
    assert render(status[0], language="zh").startswith("集中隔离医学观察 holds")
    assert status[0].clause is not None
    assert status[0].clause.clause == "stages.centralised"


def test_where_the_measure_has_ended_the_answer_names_what_ended_it() -> None:
    answer = asked("last_exposure=2023-01-08", as_of="2023-01-09T09:00")
    assert (answer["version"], answer["stages"], answer["duties"]) == (None, [], [])
    assert answer["status"]["status"] == "free"  # type: ignore[index]
    assert answer["regime"]["repealed"] is True  # type: ignore[index]
    assert answer["regime"]["version"] == "2023-01-08"  # type: ignore[index]


def test_the_whole_plan_is_explained_in_sentences() -> None:
    given = parse_pairs(["last_exposure=2022-06-28"])
    said = explained(Question(CN, "close-contact", "320412", given, "2022-07-01T09:00"))
    assert said["loop"][0].startswith("Close contact: opened on 2022-06-28")
    assert "Due before 2022-06-30 00:00:00+08:00." in said["duties"]["sample@centralised.1"]
    assert said["status"][0].startswith("Centralised isolation holds")


JINHUA = load_named(RULEBOOKS, "jinhua")


def test_a_measure_that_is_never_in_force_in_a_place_says_where_it_is() -> None:
    with pytest.raises(InvalidInput) as wrong:
        plan(
            JINHUA,
            measure="key-posts-every-2-days",
            jurisdiction="320412",
            facts=["since=2022-09-10"],
            as_of="2022-09-20T09:00",
        )
    assert "never in force in 320412" in str(wrong.value)
    assert "3307 (2022-09-" in str(wrong.value)
    assert wrong.value.exit_code == 2
