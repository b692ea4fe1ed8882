"""The two clocks of RULES.md 0: when stages begin and end, on which day a duty is due, and where a restriction ends."""

from datetime import date

from tests.rules.cast import HERE, LONG_AFTER, SHANGHAI, adopted, book, contact, facts, result, sample, when

from epiloop.rules.engine import evaluate, restrictions, status_at
from epiloop.rules.plan import DutyState, Plan

NATIONAL = adopted(book("cn"))


def plan(*parts: tuple[str, str, dict[str, object]]) -> Plan:
    """What the rules say, knowing nothing of regimes issued after the 9th edition."""
    return evaluate(facts(*parts), NATIONAL, HERE, known_at=when("2022-09-01"))


def stages(found: Plan) -> list[tuple[str, date, date | None]]:
    return [(stage.key, stage.first_day, stage.last_day) for stage in found.stages]


def sample_days(found: Plan) -> list[str]:
    return [f"{duty.start.astimezone(SHANGHAI):%m-%d}" for duty in found.duties if duty.kind == "sample"]


def status(found: Plan, at: str) -> str:
    span = status_at(found, when(at))
    return span.status if span else "free"


TESTS = [("06-29", "a"), ("06-30", "b"), ("07-01", "c"), ("07-03", "d"), ("07-05", "e")]


def negatives(*left_out: str) -> list[tuple[str, str, dict[str, object]]]:
    kept = [(day, name) for day, name in TESTS if day not in left_out]
    return [
        part for day, name in kept for part in (sample(name, f"2022-{day}T10:00"), result(name, f"2022-{day}T20:00"))
    ]


def test_the_example_of_the_ninth_edition() -> None:
    found = plan(contact("2022-06-28"))
    assert stages(found) == [
        ("centralised", date(2022, 6, 29), date(2022, 7, 5)),
        ("home", date(2022, 7, 6), date(2022, 7, 8)),
    ]
    assert sample_days(found) == ["06-29", "06-30", "07-01", "07-03", "07-05", "07-08"]


def test_with_all_results_negative_the_statuses_follow_the_plan() -> None:
    found = plan(contact("2022-06-28"), *negatives(), sample("f", "2022-07-08T09:00"), result("f", "2022-07-08T18:00"))
    assert status(found, "2022-06-28T23:59") == "free"
    assert status(found, "2022-06-29T00:00") == "centralised-isolation"
    assert status(found, "2022-07-05T23:59") == "centralised-isolation"
    assert status(found, "2022-07-06T00:00") == "home-monitoring"
    assert status(found, "2022-07-08T23:59") == "home-monitoring"
    assert status(found, "2022-07-09T00:00") == "free"
    assert found.loops[0].outcome == "completed"


def test_found_late_a_sample_is_due_at_once_and_on_the_stage_days_that_remain() -> None:
    found = plan(contact("2022-06-28", "2022-07-03T10:00"))
    assert sorted(sample_days(found)) == ["07-03", "07-04", "07-05", "07-08"]
    assert stages(found)[0] == ("centralised", date(2022, 7, 4), date(2022, 7, 5))


def test_admitted_two_days_late_the_test_days_move_and_the_end_does_not() -> None:
    found = plan(contact("2022-06-28"), ("admitted", "2022-07-01T15:00", {}))
    assert stages(found)[0] == ("centralised", date(2022, 7, 1), date(2022, 7, 5))
    assert sample_days(found) == ["07-01", "07-02", "07-03", "07-05", "07-08"]


def test_an_order_holds_from_its_planned_day_even_if_admission_came_later() -> None:
    found = plan(contact("2022-06-28"), ("admitted", "2022-07-01T15:00", {}))
    assert status(found, "2022-06-30T12:00") == "centralised-isolation"


def test_a_result_that_is_pending_at_the_end_keeps_the_stage_going_until_it_is_there() -> None:
    late = plan(contact("2022-06-28"), *negatives("07-05"), sample("e", "2022-07-05T10:00"))
    assert status(late, "2022-07-07T12:00") == "centralised-isolation"
    known = plan(
        contact("2022-06-28"),
        *negatives("07-05"),
        sample("e", "2022-07-05T10:00"),
        result("e", "2022-07-07T15:00"),
    )
    assert status(known, "2022-07-07T14:59") == "centralised-isolation"
    assert status(known, "2022-07-07T15:00") == "home-monitoring"
    assert stages(known)[1] == ("home", date(2022, 7, 7), date(2022, 7, 8))


def test_a_missed_sample_holds_to_the_outer_limit_and_not_a_moment_longer() -> None:
    found = plan(contact("2022-06-28"), *negatives("07-05"))
    assert status(found, "2022-07-08T23:59") == "centralised-isolation"
    assert status(found, "2022-07-09T00:00") == "free"
    assert found.loops[0].outcome == "limit-reached"


def test_a_named_decision_moves_the_outer_limit_only_before_it_is_reached() -> None:
    decided = ("named-decision", "2022-07-08T10:00", {"extends_to": date(2022, 7, 12)})
    too_late = ("named-decision", "2022-07-09T00:00", {"extends_to": date(2022, 7, 12)})
    missed = (contact("2022-06-28"), *negatives("07-05"))
    assert status(plan(*missed, decided), "2022-07-12T12:00") == "centralised-isolation"
    assert status(plan(*missed, decided), "2022-07-13T00:00") == "free"
    assert status(plan(*missed, too_late), "2022-07-10T12:00") == "free"


def test_one_sample_also_makes_up_for_the_overdue_ones_and_says_late() -> None:
    found = plan(contact("2022-06-28"), sample("x", "2022-07-01T10:00"))
    done = [duty for duty in found.duties if duty.kind == "sample" and duty.state is DutyState.DONE]
    assert [duty.day for duty in done] == [1, 2, 3]
    assert [duty.done_at > duty.due for duty in done if duty.done_at] == [True, True, False]


def test_an_invalid_sample_counts_for_nothing() -> None:
    found = plan(contact("2022-06-28"), sample("x", "2022-06-29T10:00"), result("x", "2022-06-29T20:00", "invalid"))
    assert all(duty.state is DutyState.OPEN for duty in found.duties)


def test_a_positive_on_home_day_three_closes_the_loop_and_voids_what_is_left() -> None:
    found = plan(
        contact("2022-06-28"),
        *negatives(),
        sample("f", "2022-07-08T09:00"),
        result("f", "2022-07-08T12:00", "positive"),
    )
    assert (found.loops[0].outcome, found.loops[0].closed_at) == ("became-case", when("2022-07-08T12:00"))
    assert status(found, "2022-07-08T11:59") == "home-monitoring"
    assert status(found, "2022-07-08T12:00") == "free"
    open_after = [
        duty for duty in found.duties if duty.state is DutyState.OPEN and when("2022-07-08T12:00") in duty.valid
    ]
    assert open_after == []
    void = [duty.kind for duty in found.duties if duty.state is DutyState.VOID]
    assert void == ["transfer"]


def test_lateness_goes_up_at_nine_the_next_day_not_at_midnight() -> None:
    duty = next(duty for duty in plan(contact("2022-06-28")).duties if duty.key == "sample@centralised.1")
    assert duty.due == when("2022-06-30T00:00")
    assert [at for at, _ in duty.escalations] == [when("2022-06-30T09:00"), when("2022-06-30T13:00")]


def test_determined_after_everything_is_over_there_is_nothing_left_to_do() -> None:
    found = plan(contact("2022-06-28", "2022-07-20T10:00"))
    assert found.loops[0].closed_at == found.loops[0].opened_at
    assert found.stages == ()
    assert found.statuses == ()


def test_a_later_exposure_moves_day_zero_and_what_holds_goes_on_without_a_gap() -> None:
    found = plan(contact("2022-06-28"), contact("2022-07-03", "2022-07-04T10:00"))
    assert len(found.loops) == 1
    assert found.loops[0].day_zero == date(2022, 7, 3)
    [whole] = restrictions(found)
    assert whole.start == when("2022-06-29T00:00")
    assert status(found, "2022-07-04T15:00") == "centralised-isolation"


def test_an_exposure_after_the_end_opens_a_second_loop() -> None:
    found = plan(contact("2022-06-28"), contact("2022-08-01"))
    assert [loop.key for loop in found.loops] == ["close-contact#1", "close-contact#2"]


def test_every_row_names_its_clause_and_owner() -> None:
    found = plan(contact("2022-06-28"))
    for row in (*found.stages, *found.duties, *found.statuses):
        assert row.clause.version == "2022-06-28"
        assert row.clause.source.startswith("COVID-19 Prevention and Control Protocol, 9th edition")
        assert row.clause.source_zh
    assert all(duty.owner.post and duty.owner.level for duty in found.duties)


def test_nothing_is_opened_before_the_first_version() -> None:
    found = evaluate(facts(contact("2021-05-13")), NATIONAL, HERE, known_at=LONG_AFTER)
    assert found.loops == ()
