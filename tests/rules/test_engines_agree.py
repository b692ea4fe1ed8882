"""The fast engine and the obvious one say the same about everybody."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rules.cast import HERE, LONG_AFTER, SHANGHAI, SUBJECT, adopted, book, lab
from tests.rules.lab import EVERYTHING

from epiloop.core.subjects import EventRef
from epiloop.rules.engine import evaluate, trace
from epiloop.rules.facts import Fact
from epiloop.rules.reference import live, status_held
from epiloop.rules.regimes import Adoption

AROUND = {"cn": ["2022-06-27", "2022-11-10", "2022-12-06", "2023-01-06"], "lab": ["2022-03-05"]}
LAB = lab(**EVERYTHING)
OUTCOMES = st.sampled_from(["negative", "negative", "negative", "positive", "invalid"])


def _instants(around: str) -> st.SearchStrategy[datetime]:
    """Instants near a change, on whole hours, half of them at midnight."""
    start = datetime.fromisoformat(around).replace(tzinfo=SHANGHAI)
    days = st.integers(-12, 14)
    hours = st.sampled_from([0, 0, 8, 10, 15, 23])
    return st.builds(lambda day, hour: (start + timedelta(days=day, hours=hour)).astimezone(UTC), days, hours)


def _days_before(at: datetime, days: int) -> date:
    return at.astimezone(SHANGHAI).date() - timedelta(days=days)


@st.composite
def streams(draw: st.DrawFn, around: str) -> list[Fact]:
    """Facts of one person around a date of change, in recorded order."""
    at = _instants(around)
    made: list[tuple[str, datetime, dict[str, object]]] = []
    for _ in range(draw(st.integers(1, 3))):
        found = draw(at)
        zero = _days_before(found, draw(st.sampled_from([0, 0, 0, 1, 4, 9])))
        ring = draw(st.sampled_from([1, 1, 1, 2]))
        told: dict[str, object] = {"disease": "covid-19", "ring": ring, "last_exposure": zero}
        link = draw(st.sampled_from([None, "a", "b", "c"]))
        made.append(("contact-determined", found, told | ({"link": link} if link else {})))
    for number in range(draw(st.integers(0, 6))):
        taken = draw(at)
        name = f"s{number}"
        made.append(("sample-taken", taken, {"sample": name, "kind": draw(st.sampled_from(["single", "pool"]))}))
        if draw(st.booleans()):
            later = taken + timedelta(hours=draw(st.sampled_from([0, 6, 30])))
            ct = draw(st.sampled_from([None, 30.0, 36.0]))
            made.append(("result", later, {"sample": name, "outcome": draw(OUTCOMES), "ct": ct}))
    others: list[tuple[str, dict[str, object]]] = [
        ("admitted", {}),
        ("admitted", {"stage": "centralised"}),
        ("case-determined", {"disease": "covid-19", "classification": "confirmed"}),
        ("contact-withdrawn", {"disease": "covid-19", "ring": 1}),
        ("contact-withdrawn", {"disease": "covid-19", "link": "a"}),
        ("contact-withdrawn", {"disease": "covid-19", "link": "b"}),
        ("place-chosen", {"place": "centralised"}),
        ("place-chosen", {"place": "home"}),
        ("linked-contact-result", {"outcome": "negative", "nth": 1}),
        ("linked-contact-result", {"outcome": "negative", "nth": 2}),
        ("confirmed-status", {"confirmed": True}),
        ("visited", {}),
        ("handed-over", {}),
        ("follow-up", {"symptoms": False}),
        ("post-left", {"post": "market"}),
        ("outcome", {"outcome": "recovered"}),
        ("departed", {}),
        ("symptoms", {}),
    ]
    for kind, values in draw(st.lists(st.sampled_from(others), max_size=4)):
        made.append((kind, draw(at), values))
    for days in draw(st.lists(st.integers(1, 6), max_size=1)):
        decided = draw(at)
        made.append(("named-decision", decided, {"extends_to": _days_before(decided, -days)}))
    for post in draw(st.lists(st.sampled_from(["market", "lorry-driver"]), max_size=2)):
        held = draw(at)
        made.append(("post-held", held, {"post": post, "since": _days_before(held, 1)}))
    for risk in draw(st.lists(st.sampled_from(["high", "medium", "low", "none"]), max_size=1)):
        arrived = draw(at)
        left = _days_before(arrived, draw(st.integers(0, 3)))
        made.append(("arrived", arrived, {"origin_risk": risk, "left": left, "inter_province": draw(st.booleans())}))
    order = draw(st.permutations(range(len(made))))
    return [
        Fact(kind, moment, moment, values, EventRef(SUBJECT, version))  # type: ignore[arg-type]
        for version, (kind, moment, values) in enumerate((made[index] for index in order), 1)
    ]


def agree(facts: list[Fact], adoptions: tuple[Adoption, ...], known_at: datetime = LONG_AFTER) -> None:
    """Both engines give the same loops, the same statuses at every moment, the same duties."""
    fast = trace(facts, adoptions, HERE, known_at=known_at)
    plan = evaluate(facts, adoptions, HERE, known_at=known_at)
    slow = live(facts, adoptions, HERE, known_at=known_at)
    assert sorted(
        (one.timeline.name, one.opened_at, one.day_zeros, one.closed_at, one.outcome) for one in map(_Seen, fast)
    ) == sorted(
        (one.measure, one.opened_at, tuple(base.day_zero for base in one.bases), one.closed_at, one.outcome)
        for one in slow
    )
    moments = sorted({fact.at for fact in facts})
    for moment in moments + [moments[0] + timedelta(hours=12 * step) for step in range(-4, 140)]:
        held = {span.status for span in plan.statuses if moment in span.span}
        assert held == status_held(slow, moment), moment
    tasks = {
        (life.measure, life.opened_at): sorted(
            (task.rule.key, task.rule.stage, task.day or 0, task.start, task.due, str(task.done_at))
            for task in life.tasks
        )
        for life in slow
    }
    items = {
        (one.timeline.name, one.opened_at): sorted(
            (
                item.laid.rule.key,
                item.laid.rule.stage,
                item.laid.day or 0,
                item.laid.start,
                item.laid.due,
                str(item.done_at),
            )
            for item in (*one.epochs[-1].kept, *one.epochs[-1].course.items)
        )
        for one in fast
        if one.epochs
    }
    assert items == {key: found for key, found in tasks.items() if key in items}


class _Seen:
    def __init__(self, one: object) -> None:
        self.timeline = one.timeline  # type: ignore[attr-defined]
        self.opened_at, self.closed_at, self.outcome = one.opened_at, one.closed_at, one.outcome  # type: ignore[attr-defined]
        self.day_zeros = tuple(base.day_zero for base in one.bases)  # type: ignore[attr-defined]


few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@few
@given(data=st.data())
def test_they_agree_around_every_change_of_the_national_rules(data: st.DataObject) -> None:
    around = data.draw(st.sampled_from(AROUND["cn"]))
    agree(data.draw(streams(around)), adopted(book("cn")))


@few
@given(facts=streams("2022-03-05"))
def test_they_agree_on_everything_the_language_can_say(facts: list[Fact]) -> None:
    agree(facts, adopted(LAB))
