"""Whether doors are watched: thin and empty hours are seen, chance is not; and the sign that a photo cannot have."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.operations.checkins import fresh
from epiloop.operations.checkins.coverage import HOUR, WEEK, Counted, Verdict, expected, hours, verdict
from epiloop.operations.checkins.fresh import STEP, is_fresh, place_key, sign_at, signs

AT = datetime(2022, 7, 1, 4, tzinfo=UTC)
KEY = place_key(b"secret", UUID(int=1))


def weeks(*counts: int) -> dict[datetime, int]:
    return {AT - n * WEEK: count for n, count in enumerate(counts, 1)}


EXPECTED = [((), None), ((50,), None), ((50, 70), 60.0), ((50, 70, 10, 60), 55.0), ((50, 70, 90, 60, 999), 65.0)]


@pytest.mark.parametrize(("counts", "should"), EXPECTED)
def test_expected_is_the_median_of_four_weeks_and_of_two_at_least(counts, should) -> None:
    since = AT - max(len(counts), 1) * WEEK
    assert expected(AT, weeks(*counts), since) == should


def test_a_week_without_any_counts_as_none_once_the_place_records() -> None:
    assert expected(AT, {AT - WEEK: 40}, AT - 2 * WEEK) == 20


VERDICTS = [
    (0, None, Verdict.UNKNOWN),
    (0, 9.9, Verdict.UNKNOWN),
    (0, 10, Verdict.NONE),
    (1, 10, Verdict.FINE),
    (36, 100, Verdict.THIN),
    (37, 100, Verdict.FINE),
    (500, 1000, Verdict.THIN),
    (526, 1000, Verdict.THIN),
    (527, 1000, Verdict.FINE),
    (2000, 1000, Verdict.FINE),
]


@pytest.mark.parametrize(("recorded", "should", "said"), VERDICTS)
def test_a_door_is_thin_below_the_share_less_what_chance_takes(recorded, should, said) -> None:
    assert verdict(recorded, should) is said


def test_a_watched_door_is_nearly_never_thin_and_a_waved_through_one_nearly_always() -> None:
    chance = random.Random(1)
    watched = Counter(verdict(sum(chance.random() < 0.9 for _ in range(60)), 60) for _ in range(2_000))
    waved = Counter(verdict(sum(chance.random() < 0.15 for _ in range(60)), 60) for _ in range(2_000))
    assert watched[Verdict.THIN] + watched[Verdict.NONE] == 0
    assert waved[Verdict.THIN] + waved[Verdict.NONE] > 1_950


def test_who_stood_there_and_counted_goes_before_what_is_expected() -> None:
    recorded = {**weeks(40, 40, 40, 40), AT: 35}
    since = AT - 9 * WEEK
    [plain] = hours([AT], recorded, open_since=since)
    assert (plain.recorded, plain.expected, plain.counted, plain.verdict) == (35, 40.0, False, Verdict.FINE)
    half = Counted(AT, AT + HOUR / 2, 100)
    [watched] = hours([AT], recorded, open_since=since, counted=[half])
    assert (watched.expected, watched.counted, watched.verdict) == (200.0, True, Verdict.THIN)
    short = Counted(AT, AT + HOUR / 5, 100)
    assert not hours([AT], recorded, open_since=since, counted=[short])[0].counted
    over = Counted(AT - HOUR, AT + HOUR, 100)
    assert hours([AT], recorded, open_since=since, counted=[over])[0].expected == 50


instants = st.datetimes(datetime(2022, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(instants)
def test_the_guards_screen_and_the_visitors_show_the_same_at_every_instant(at: datetime) -> None:
    row = signs(KEY, "hall", at)
    for seconds in range(0, 300 - 30, 7):
        now = at + timedelta(seconds=seconds)
        guard = sign_at(KEY, "hall", now)
        assert guard in row
        assert guard.since <= now < guard.until
        assert is_fresh(guard, KEY, "hall", now)
        assert is_fresh(guard, KEY, "hall", now + STEP)


@given(instants)
def test_a_photo_is_stale_after_a_minute_and_no_other_door_shows_it(at: datetime) -> None:
    shown = sign_at(KEY, "hall", at)
    assert not is_fresh(shown, KEY, "hall", at + 2 * STEP)
    assert not is_fresh(shown, KEY, "hall", at - STEP)
    others = [sign_at(KEY, "yard", at), sign_at(place_key(b"secret", UUID(int=2)), "hall", at)]
    assert (
        sum((other.colour, other.word, other.number) == (shown.colour, shown.word, shown.number) for other in others)
        < 2
    )


def test_signs_are_spread_evenly_so_that_guessing_does_not_pay() -> None:
    row = signs(KEY, "hall", AT, ahead=20_000)
    assert max(Counter((sign.colour, sign.word, sign.number) for sign in row).values()) < 16
    for of, kinds in (("colour", len(fresh.COLOURS)), ("word", len(fresh.WORDS)), ("number", fresh.NUMBERS)):
        counts = Counter(getattr(sign, of) for sign in row)
        assert len(counts) == kinds
        assert max(counts.values()) < 1.4 * 20_000 / kinds
    assert not {"green", "amber", "red"} & set(fresh.COLOURS)
