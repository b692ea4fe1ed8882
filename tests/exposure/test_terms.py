"""Terms are read from plain values; a mistake is named with its place."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import yaml

from epiloop.core.errors import InvalidInput
from epiloop.exposure.terms import Setting, load_terms
from epiloop.exposure.visits import seconds

TEXT = """
clause: close contacts, a test
window_days: 2
ring_1: {minutes: 15}
ring_2: {minutes: 120, latency_hours: 24}
kinds:
  default: {minimum_minutes: 10, weight: 1}
  restaurant: {lag_hours: 2, lag_weight: 0.25, weight: 2}
  restaurant/room: {weight: 4.125}
  train: {rows: 3}
  train/sleeper: {rows: null}
"""


def changed(**values) -> dict:
    return {**yaml.safe_load(TEXT), **values}


def test_terms_are_whole_seconds_and_thousandths() -> None:
    terms = load_terms(yaml.safe_load(TEXT))
    assert terms.setting("restaurant") == Setting(600, 7200, 1, 2000, 250, None)
    assert (terms.first, terms.second, terms.latency) == (900_000, 7_200_000, 86_400)


def test_a_zone_takes_from_its_kind_and_a_kind_from_the_default() -> None:
    terms = load_terms(yaml.safe_load(TEXT))
    assert terms.setting("restaurant/room") == Setting(600, 7200, 1, 4125, 250, None)
    assert terms.setting("restaurant/terrace") == terms.setting("restaurant")
    assert terms.setting("train/carriage").rows == 3
    assert terms.setting("train/sleeper").rows is None
    assert terms.setting("somewhere") == Setting(600, 0, 1, 1000, 0, None)


def test_without_a_default_every_second_together_counts() -> None:
    assert load_terms(changed(kinds={})).setting("shop") == Setting(1, 0, 1, 1000, 0, None)


@pytest.mark.parametrize(
    ("together", "after", "points"), [(599, 0, 0), (600, 0, 1_200_000), (599, 1, 1_198_250), (600, 60, 1_215_000)]
)
def test_from_one_minimum_on_everything_counts(together, after, points) -> None:
    assert load_terms(yaml.safe_load(TEXT)).setting("restaurant").points(together, after) == points


def test_a_clause_may_know_no_second_ring() -> None:
    terms = load_terms(changed(ring_2=None))
    assert terms.threshold(1) == 900_000
    with pytest.raises(InvalidInput, match="close contacts, a test determines no ring 2"):
        terms.threshold(2)


@pytest.mark.parametrize(
    ("given", "where", "said"),
    [
        (changed(ring_1={"minutes": 0}), "ring_1.minutes", "whole city"),
        (changed(ring_2={"minutes": 0}), "ring_2.minutes", "whole city"),
        (changed(ring_1=None), "ring_1.minutes", "missing"),
        (changed(ring_1={"minutes": 5, "latency_hours": 1}), "ring_1", "not a term"),
        (changed(clause=" "), "clause", "name their clause"),
        (changed(window_days=None), "window_days", "None is not a number"),
        (changed(window_days=1.5), "window_days", "whole"),
        (changed(kinds=None), "kinds", "Names with values"),
        (changed(kinds={"shop": 5}), "kinds.shop", "Names with values"),
        (changed(kinds={"shop": {"weigth": 5}}), "kinds.shop", "known are: minimum_minutes"),
        (changed(kinds={"shop": {"weight": -1}}), "kinds.shop.weight", "from 0 to 1000"),
        (changed(kinds={"shop": {"weight": "2"}}), "kinds.shop.weight", "'2' is not a number"),
        (changed(kinds={"shop": {"weight": True}}), "kinds.shop.weight", "True is not a number"),
        (changed(kinds={"shop": {"weight": 0.0001}}), "kinds.shop.weight", "thousandths"),
        (changed(kinds={"shop": {"weight": float("nan")}}), "kinds.shop.weight", "not a number"),
        (changed(kinds={"shop": {"weight": float("inf")}}), "kinds.shop.weight", "not a number"),
        (changed(kinds={"shop": {"lag_hours": 700}}), "kinds.shop.lag_hours", "672"),
        (changed(kinds={"shop": {"lag_hours": None}}), "kinds.shop.lag_hours", "None"),
        (changed(weights={}), "", "'weights' is not a term"),
    ],
)
def test_a_mistake_is_named_with_its_place(given, where, said) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        load_terms(given)
    assert caught.value.where == where


def test_the_window_starts_with_a_calendar_day_of_the_place() -> None:
    isolated = datetime(2022, 3, 28, 10, 30, tzinfo=UTC)
    window = load_terms(changed(window_days=2)).window(date(2022, 3, 28), isolated, ZoneInfo("Europe/Berlin"))
    assert window == (seconds(datetime(2022, 3, 25, 23, tzinfo=UTC)), seconds(isolated))
    # A day of 23 hours lies between.
    assert window[1] - window[0] == (2 * 24 - 1 + 12) * 3600 + 1800
