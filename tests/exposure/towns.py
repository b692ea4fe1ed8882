"""Made-up towns: few people, few places and few seconds, so that everything touches."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from epiloop.exposure.contacts import Traced
from epiloop.exposure.segment import Segment, columns, decode, encode
from epiloop.exposure.terms import Terms, load_terms
from epiloop.exposure.visits import CARRIAGE, Source, Visit, seconds


def examples(count: int) -> settings:
    """So many examples, however slow the machine is."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=count, deadline=None, suppress_health_check=slow)


MIDNIGHT = seconds(datetime(2022, 7, 3, tzinfo=ZoneInfo("Asia/Shanghai")))
KINDS = ("restaurant", "restaurant/room", "train", "shop", "household")
SOURCES = tuple(Source)
PEOPLE, PLACES = range(6), range(3)
NEAR = st.integers(-6, 6)
HOURS = st.integers(-26, 26).map(lambda hour: hour * 3600)


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    """A visit around a midnight: seconds next to it, whole hours away, or anywhere; short, long or of no length."""
    entered = MIDNIGHT + draw(st.one_of(NEAR, HOURS, st.integers(-100_000, 100_000)))
    stay = draw(st.one_of(st.sampled_from((60, 599, 600, 601, 3600, 7200, 90_000)), st.integers(0, 6)))
    place = draw(st.sampled_from(PLACES))
    return Visit(
        person=draw(st.sampled_from(PEOPLE)),
        place=place,
        kind=draw(st.sampled_from((KINDS[place], KINDS[place], KINDS[place + 1]))),
        entered=entered,
        left=entered + stay,
        source=draw(st.sampled_from(Source)),
        row=draw(st.sampled_from((-1, -1, 1, 2, 5, 255, CARRIAGE + 1, CARRIAGE + 5, CARRIAGE + 255, 2 * CARRIAGE + 1))),
        presumed=draw(st.booleans()),
    )


def doubled(told: list[Visit]) -> list[Visit]:
    """Some of them recorded twice."""
    return told + told[::3]


towns = st.lists(visits(), min_size=5, max_size=30).map(doubled)


@st.composite
def traced(draw: st.DrawFn) -> Traced:
    """Somebody with a window that begins or ends near the midnight too."""
    since = MIDNIGHT + draw(st.one_of(st.just(-200_000), NEAR, HOURS))
    until = since + draw(st.one_of(st.just(400_000), st.integers(0, 10), st.integers(0, 200_000)))
    return Traced(draw(st.sampled_from(PEOPLE)), since, until)


@st.composite
def terms(draw: st.DrawFn):
    """Terms with every kind of limit, from none to days."""
    minutes = st.sampled_from((0, 0.05, 1, 10, 60))
    setting = st.fixed_dictionaries(
        {"weight": st.sampled_from((1, 0.5, 0, 3.125)), "minimum_minutes": minutes},
        optional={
            "lag_hours": st.sampled_from((0, 0.005, 1, 2, 24)),
            "lag_minimum_minutes": minutes,
            "lag_weight": st.sampled_from((0, 0.25, 1)),
            "rows": st.sampled_from((None, 0, 1, 3)),
        },
    )
    kinds = draw(st.dictionaries(st.sampled_from(("default", *KINDS)), setting))
    first, second = (draw(st.sampled_from((0.0005, 0.05, 1, 15))) for _ in range(2))
    latency = draw(st.sampled_from((0, 0.5, 24)))
    return load_terms(
        {
            "clause": "a test",
            "window_days": 2,
            "ring_1": {"minutes": first},
            "ring_2": {"minutes": second, "latency_hours": latency},
            "kinds": kinds,
        }
    )


@dataclass(frozen=True)
class Busy:
    """A crowded town by chance, with cases and terms under which something is found."""

    visits: list[Visit]
    cases: list[Traced]
    terms: Terms


def busy(seed: int) -> Busy:
    """Thirty people at four places on two days."""
    draw = Random(seed)
    told = [_chance(draw) for _ in range(80)]
    windows = [MIDNIGHT + draw.choice((-90_000, -3600, -1, 0, 1)) for _ in range(3)]
    cases = [
        Traced(person, since, since + 150_000) for person, since in zip(draw.sample(range(30), 3), windows, strict=True)
    ]
    return Busy(doubled(told), cases, load_terms(law(draw)))


def law(draw: Random) -> dict[str, object]:
    """Terms by chance, as a rulebook has them."""
    kinds = {name: _setting(draw) for name in ("default", *KINDS) if draw.random() < 0.7}
    second = {"minutes": draw.choice((0.5, 10, 60)), "latency_hours": draw.choice((0, 1, 12))}
    first = {"minutes": draw.choice((0.5, 10, 60))}
    return {"clause": "a test", "window_days": 2, "ring_1": first, "ring_2": second, "kinds": kinds}


def _chance(draw: Random) -> Visit:
    place = draw.randrange(4)
    # Many come and go at the same moments, give or take a second.
    entered = MIDNIGHT + draw.choice((-40_000, -3600, 0, 3600, 40_000)) + draw.choice((-1, 0, 1, draw.randrange(9000)))
    stay = draw.choice((0, 59, 60, 599, 600, 601, 7200, draw.randrange(20_000), 90_000))
    row = draw.choice((-1, 1, 2, 6))
    presumed = draw.random() < 0.3
    return Visit(draw.randrange(30), place, KINDS[place], entered, entered + stay, draw.choice(SOURCES), row, presumed)


def _setting(draw: Random) -> dict[str, object]:
    return {
        "weight": draw.choice((0.5, 1, 2.125)),
        "minimum_minutes": draw.choice((0, 1, 10)),
        "lag_hours": draw.choice((0, 0.5, 2)),
        "lag_minimum_minutes": draw.choice((0, 5)),
        "lag_weight": draw.choice((0, 0.25, 1)),
        "rows": draw.choice((None, None, 0, 3)),
    }


def day(told: list[Visit]) -> Segment:
    """Visits as a segment that went through bytes."""
    return decode(encode(columns(told)))


def by_day(told: list[Visit]) -> list[Segment]:
    """Visits in a segment for each day of entering."""
    days: dict[int, list[Visit]] = {}
    for visit in told:
        days.setdefault((visit.entered - MIDNIGHT) // 86_400, []).append(visit)
    return [day(part) for part in days.values()]
