"""Jinhua's table of September 2022: which posts are tested how often, and the national floor beside it."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from epiloop.core.jurisdictions import code
from epiloop.rules.engine import evaluate
from epiloop.rules.facts import Fact
from epiloop.rules.model import Every, Rulebook
from epiloop.rules.plan import Duty
from epiloop.rules.regimes import EVER, Adoption, Context
from epiloop.rules.vocabulary import KEY_POSTS

ZONE = ZoneInfo("Asia/Shanghai")
NATIONAL = {"inbound-contact", "dense-mobile-trade", "closed-loop-high-risk"}
TABLE = {
    1: "isolation-site-staff medical-staff medical-waste airport-port",
    2: "central-warehouse imported-cold-chain key-goods-transfer imported-goods imported-parcels railway-station "
    "lorry-driver cold-chain-driver roadside-trade",
    3: "in-patient passenger-transport motorway-services rail-transit domestic-parcels pharmacy food-courier market "
    "small-eatery industry-frontline hotel-restaurant mall-supermarket culture-venue leisure-venue bath",
    7: "prison street-cleaning building-site other-industry care-home beauty trading-firm domestic-cold-store",
}
PERIODS = [(post, days) for days, posts in TABLE.items() for post in posts.split()]
STARTED = datetime(2022, 9, 5, 8, tzinfo=ZONE)


def samples(books: tuple[Rulebook, ...], post: str, place: str, sampled: datetime | None = None) -> list[Duty]:
    """The open sample duties, a week after taking up the post, of somebody sampled once (or never)."""
    asked = STARTED + timedelta(days=7)
    facts = [Fact("post-held", STARTED, STARTED, {"post": post, "since": STARTED.date()})]
    if sampled:
        facts.append(Fact("sample-taken", sampled, sampled, {"sample": "one", "kind": "pool"}))
    adoptions = [Adoption(book, EVER) for book in books]
    plan = evaluate(facts, adoptions, Context(ZONE, code(place)), at=asked, known_at=asked)
    return [duty for duty in plan.duties if duty.kind == "sample" and duty.done_at is None]


def test_every_post_kind_is_named_by_the_city_or_by_the_nation_once() -> None:
    named = Counter(post for post, _ in PERIODS)
    assert set(KEY_POSTS) - NATIONAL == set(named)
    assert set(named.values()) == {1}


@pytest.mark.parametrize(("post", "days"), PERIODS)
def test_the_next_sample_is_due_a_period_after_the_last(jinhua: tuple[Rulebook, ...], post: str, days: int) -> None:
    sampled = STARTED + timedelta(days=5, hours=1)
    (duty,) = samples(jinhua, post, "330702", sampled)
    assert duty.every == timedelta(days=days)
    midnight = datetime.combine(sampled.date() + timedelta(days=days + 1), datetime.min.time(), ZONE)
    assert duty.due == midnight


@pytest.mark.parametrize(("post", "days"), PERIODS)
def test_never_sampled_is_one_row_late_since_the_first_period(
    jinhua: tuple[Rulebook, ...], post: str, days: int
) -> None:
    (duty,) = samples(jinhua, post, "330702")
    first = STARTED.date() + timedelta(days=days)
    assert duty.due == datetime.combine(first, datetime.min.time(), ZONE)


@pytest.mark.parametrize("post", ["lorry-driver", "bath"])
def test_the_table_holds_in_the_city_only(jinhua: tuple[Rulebook, ...], post: str) -> None:
    assert samples(jinhua, post, "330702")
    assert not samples(jinhua, post, "320412")


def test_the_floor_is_daily_for_inbound_contact_and_two_samples_in_every_week_for_dense_trades(cn: Rulebook) -> None:
    (daily,) = samples((cn,), "inbound-contact", "320412")
    (mobile,) = samples((cn,), "dense-mobile-trade", "320412")
    assert daily.every == timedelta(days=1)
    assert mobile.every is not None
    # The fewest samples that any seven days can hold if each is taken on the last day of its period.
    assert 7 // mobile.every.days == 2
    assert 7 // (mobile.every.days + 1) < 2


def test_the_national_floor_holds_in_the_city_beside_its_table(jinhua: tuple[Rulebook, ...]) -> None:
    assert {duty.clause.rulebook for duty in samples(jinhua, "inbound-contact", "330702")} == {"cn"}


def test_the_owner_is_the_employer_and_lateness_goes_up_to_the_department(jinhua: tuple[Rulebook, ...]) -> None:
    (duty,) = samples(jinhua, "market", "330702")
    assert duty.owner.party.value == "employer"
    assert [owner.party.value for _, owner in duty.escalations] == ["department", "territory"]


def test_more_frequent_testing_weighs_more(jinhua: tuple[Rulebook, ...]) -> None:
    weights = {
        rule.schedule.days: rule.consequence
        for measure in jinhua[-1].measures.values()
        for version in measure.versions
        for rule in version.duties
        if isinstance(rule.schedule, Every)
    }
    assert [weights[days] for days in sorted(weights)] == sorted(weights.values(), reverse=True)


def test_nothing_of_the_table_is_left_under_class_b_management(jinhua: tuple[Rulebook, ...]) -> None:
    asked = datetime(2023, 1, 8, tzinfo=ZONE)
    facts = [Fact("post-held", STARTED, STARTED, {"post": post, "since": date(2022, 9, 5)}) for post in KEY_POSTS]
    adoptions = [Adoption(book, EVER) for book in jinhua]
    plan = evaluate(facts, adoptions, Context(ZONE, code("330702")), known_at=asked)
    assert plan.loops
    assert all(loop.closed_at is not None and loop.closed_at <= asked for loop in plan.loops)
    assert not [duty for duty in plan.duties if asked in duty.valid and duty.state.value == "open"]
