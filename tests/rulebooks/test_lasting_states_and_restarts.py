"""States that last, triggers told again or taken back, infections that begin days anew: both engines agree."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from epiloop.core.jurisdictions import code
from epiloop.rules.engine import trace
from epiloop.rules.facts import Fact, Value
from epiloop.rules.model import Rulebook
from epiloop.rules.reference import live, status_held
from epiloop.rules.regimes import EVER, Adoption, Context
from epiloop.rules.rows import plan_of
from epiloop.rules.source import load_named

ROOT = Path(__file__).parents[2] / "rulebooks"
ZONE = ZoneInfo("Asia/Shanghai")
JINHUA = Context(ZONE, code("330702"))
AROUND = [datetime(2022, 6, 20, tzinfo=ZONE), datetime(2022, 8, 25, tzinfo=ZONE), datetime(2022, 11, 5, tzinfo=ZONE)]
SAID: list[tuple[str, dict[str, Value]]] = [
    ("post-held", {"post": "lorry-driver"}),
    ("post-held", {"post": "inbound-contact"}),
    ("post-left", {"post": "lorry-driver"}),
    ("contact-determined", {"disease": "covid-19", "ring": 1, "link": "a"}),
    ("contact-determined", {"disease": "covid-19", "ring": 1, "link": "b"}),
    ("contact-determined", {"disease": "covid-19", "ring": 2, "link": "c"}),
    ("contact-withdrawn", {"disease": "covid-19", "link": "a"}),
    ("contact-withdrawn", {"disease": "covid-19", "link": "b"}),
    ("contact-withdrawn", {"disease": "covid-19", "link": "c"}),
    ("contact-withdrawn", {"disease": "covid-19"}),
    ("area-level", {"level": "high"}),
    ("area-level", {"level": "medium"}),
    ("area-level", {"level": "low"}),
    ("area-infection", {}),
    ("area-round", {"all_negative": True}),
    ("case-determined", {"disease": "covid-19", "classification": "asymptomatic"}),
    ("case-determined", {"disease": "covid-19", "classification": "confirmed"}),
]
KNOWN = datetime(2022, 12, 25, tzinfo=ZONE)
"""Before class B management is announced: the walk of the slow engine ends before it would come."""

told = st.tuples(st.sampled_from(SAID), st.integers(0, 20), st.sampled_from([0, 9, 15]))


@cache
def _books() -> tuple[Rulebook, ...]:
    return load_named(ROOT, "jinhua")  # not a fixture: Hypothesis would print it


def facts_of(start: datetime, chosen: list[tuple[tuple[str, dict[str, Value]], int, int]]) -> list[Fact]:
    made = []
    for number, ((kind, values), days, hours) in enumerate(chosen):
        at = (start + timedelta(days=days, hours=hours, minutes=number)).astimezone(UTC)
        made.append(Fact(kind, at, at, values))
    return made


@settings(max_examples=150, deadline=None)
@given(start=st.sampled_from(AROUND), chosen=st.lists(told, min_size=1, max_size=8))
def test_the_two_engines_agree(start: datetime, chosen: list[tuple[tuple[str, dict[str, Value]], int, int]]) -> None:
    facts = facts_of(start, chosen)
    adoptions = [Adoption(book, EVER) for book in _books()]
    fast = trace(facts, adoptions, JINHUA, known_at=KNOWN)
    slow = live(facts, adoptions, JINHUA, known_at=KNOWN)
    assert sorted((one.timeline.name, one.opened_at, one.closed_at, one.outcome) for one in fast) == sorted(
        (one.measure, one.opened_at, one.closed_at, one.outcome) for one in slow
    )
    plan = plan_of(fast)
    for days in range(45):
        at = start + timedelta(days=days, hours=12)
        held = {span.status for span in plan.statuses if at in span.span}
        assert held == status_held(slow, at), at
