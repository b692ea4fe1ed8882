"""Properties of every plan: restrictions end, nothing revives, order does not matter, nothing is due in the past."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rules.cast import HERE, LONG_AFTER, adopted, book
from tests.rules.test_engines_agree import AROUND, LAB, streams

from epiloop.rules.engine import evaluate, rows_at, status_at, trace
from epiloop.rules.facts import Fact

many = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
BOOKS = {"cn": adopted(book("cn")), "lab": adopted(LAB)}


@st.composite
def people(draw: st.DrawFn) -> tuple[str, list[Fact]]:
    name = draw(st.sampled_from(sorted(BOOKS)))
    return name, draw(streams(draw(st.sampled_from(AROUND[name]))))


@many
@given(people())
def test_every_status_is_bounded_and_within_its_loop(person: tuple[str, list[Fact]]) -> None:
    name, facts = person
    plan = evaluate(facts, BOOKS[name], HERE, known_at=LONG_AFTER)
    loops = {loop.key: loop for loop in plan.loops}
    last = max(fact.at for fact in facts)
    for span in plan.statuses:
        loop = loops[span.loop]
        assert span.span.end is not None
        assert span.span.end <= last + timedelta(days=60)
        assert loop.opened_at <= span.span.start
        assert loop.closed_at is not None
        assert span.span.end <= loop.closed_at


@many
@given(people())
def test_time_alone_never_brings_a_restriction_back(person: tuple[str, list[Fact]]) -> None:
    name, facts = person
    plan = evaluate(facts, BOOKS[name], HERE, known_at=LONG_AFTER)
    after = max(fact.at for fact in facts) + timedelta(days=2)
    held = [status_at(plan, after + timedelta(hours=6 * step)) is not None for step in range(200)]
    assert held == sorted(held, reverse=True)


@many
@given(people(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_handed_over_does_not_matter(
    person: tuple[str, list[Fact]], random: object
) -> None:
    name, facts = person
    shuffled = list(facts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one = evaluate(facts, BOOKS[name], HERE, known_at=LONG_AFTER)
    assert evaluate(shuffled, BOOKS[name], HERE, known_at=LONG_AFTER) == one


@many
@given(people())
def test_a_change_of_regime_creates_no_duty_in_the_past(person: tuple[str, list[Fact]]) -> None:
    name, facts = person
    for loop in trace(facts, BOOKS[name], HERE, known_at=LONG_AFTER):
        for epoch in loop.epochs[1:]:
            for item in epoch.course.items:
                old = [one.laid.due for before in loop.epochs for one in before.course.items if before is not epoch]
                assert item.laid.due > epoch.start or (item.laid.rule.kind, item.laid.due in old) == ("sample", True)


@many
@given(people())
def test_row_keys_are_unique_at_every_instant(person: tuple[str, list[Fact]]) -> None:
    name, facts = person
    plan = evaluate(facts, BOOKS[name], HERE, known_at=LONG_AFTER)
    first = min(fact.at for fact in facts)
    for step in range(60):
        rows = rows_at(plan, first + timedelta(hours=12 * step))
        keys = [(duty.loop, duty.key) for duty in rows.duties]
        assert len(keys) == len(set(keys))


@many
@given(people())
def test_what_is_known_later_does_not_change_what_was_answered_before(person: tuple[str, list[Fact]]) -> None:
    name, facts = person
    known_at = sorted(fact.at for fact in facts)[len(facts) // 2]
    known = [fact for fact in facts if fact.recorded_at <= known_at]
    assert evaluate(facts, BOOKS[name], HERE, known_at=known_at) == evaluate(
        known, BOOKS[name], HERE, known_at=known_at
    )
