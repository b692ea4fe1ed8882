"""What a change of rule does to people under the old one, for every day a person may have been exposed."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from epiloop.core.jurisdictions import code
from epiloop.rules.engine import evaluate, restrictions
from epiloop.rules.facts import Fact
from epiloop.rules.model import Rulebook
from epiloop.rules.plan import DutyState, Plan
from epiloop.rules.regimes import EVER, Adoption, Context

ZONE = ZoneInfo("Asia/Shanghai")
HERE = Context(ZONE, code("320412"))
CHANGES = (date(2022, 6, 28), date(2022, 11, 11), date(2022, 12, 7), date(2023, 1, 8))
BEFORE = range(1, 30)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def contact(cn: Rulebook, exposed: date, known_at: datetime, ring: int = 1) -> Plan:
    """What is known at an instant about somebody determined at ten in the morning of the day of exposure."""
    at = midnight(exposed) + timedelta(hours=10)
    fact = Fact("contact-determined", at, at, {"disease": "covid-19", "ring": ring, "last_exposure": exposed})
    return evaluate([fact], [Adoption(cn, EVER)], HERE, known_at=known_at)


def last_instant(plan: Plan) -> datetime | None:
    return max((span.end for span in restrictions(plan) if span.end), default=None)


@pytest.mark.parametrize("change", CHANGES, ids=str)
@pytest.mark.parametrize("ring", [1, 2])
def test_no_change_makes_a_restriction_longer(cn: Rulebook, change: date, ring: int) -> None:
    compared = 0
    for days in BEFORE:
        exposed = change - timedelta(days=days)
        before = last_instant(contact(cn, exposed, midnight(change) - timedelta(days=20), ring))
        before = before or last_instant(contact(cn, exposed, midnight(exposed) + timedelta(hours=11), ring))
        after = last_instant(contact(cn, exposed, midnight(change), ring))
        if before is not None:
            compared += 1
            assert after is None or after <= before, exposed
    assert compared or (ring == 2 and change > date(2022, 11, 11))


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_nothing_is_created_in_the_past(cn: Rulebook, change: date) -> None:
    for days in BEFORE:
        plan = contact(cn, change - timedelta(days=days), midnight(change))
        created = [duty for duty in plan.duties if duty.clause.version == str(change)]
        assert all(duty.due > midnight(change) for duty in created), days


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_was_late_before_the_change_is_neither_lost_nor_doubled(cn: Rulebook, change: date) -> None:
    for days in BEFORE:
        exposed = change - timedelta(days=days)
        just_before = midnight(change) - timedelta(seconds=1)
        plan = contact(cn, exposed, midnight(change))
        late = [duty for duty in plan.duties if just_before in duty.valid and duty.due <= just_before]
        loop = next((one for one in plan.loops if one.closed_at is None or one.closed_at > midnight(change)), None)
        if loop is None:
            continue
        still = [duty.key for duty in plan.duties if midnight(change) in duty.valid and duty.due <= just_before]
        assert sorted(still) == sorted(duty.key for duty in late if duty.state is DutyState.OPEN), exposed


def test_class_b_management_leaves_nobody_under_any_restriction(cn: Rulebook) -> None:
    end = midnight(date(2023, 1, 8))
    for days in BEFORE:
        for ring in (1, 2):
            plan = contact(cn, date(2023, 1, 8) - timedelta(days=days), end, ring)
            assert all(span.end is not None and span.end <= end for span in restrictions(plan))
            assert all(loop.closed_at is not None and loop.closed_at <= end for loop in plan.loops)
