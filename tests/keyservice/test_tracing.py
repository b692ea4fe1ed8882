"""A trace among sealed days finds exactly whom the reference finds, and opens little for it (R10, R15, R25)."""

from collections import Counter
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exposure.towns import KINDS, MIDNIGHT, Busy, busy, examples
from tests.keyservice.sealing import CLOCK, NOON, gate, held, left, name

from epiloop.core.errors import Broken, InvalidInput
from epiloop.exposure import Rings, Source, Terms, Traced, Visit, decode, load_terms, reference
from epiloop.vault.visits import LONGEST_STAY, Kind, Said, kind_number
from keyservice.blocks import block, merged
from keyservice.opening import opened
from keyservice.stored import Stored, stored
from keyservice.tracing import Answer, Case, SealedDays, Told

KEYS, DAY = held(), date(2022, 7, 3)
UNTIL = MIDNIGHT + 200_000
LAW = {"clause": "a test", "window_days": 2, "ring_1": {"minutes": 15}, "kinds": {}}
TERMS = load_terms(LAW)


def plain(visits: list[Visit]) -> list[Visit]:
    """Visits as check-ins can be: without seats, within a day, each zone of one kind."""
    return [
        replace(
            one,
            kind=KINDS[one.place],
            row=-1,
            source=Source.CHECK_IN,
            left=min(one.left, one.entered + LONGEST_STAY),
        )
        for one in visits
    ]


def messages(visits: list[Visit], doubts: int = 0) -> list[Said]:
    """What people said at the doors, each visit with a check-out."""
    said = []
    for number, one in enumerate(visits, 1):
        zone, person, kind = name(one.place + 1000), name(one.person + 1), kind_number(one.kind)
        came = Said(name(number), Kind.IN, one.entered, one.entered + 60, zone, person, kind, doubts)
        said += [came, left(came, one.left)]
    return said


def sealed(said: list[Said], seed: int = 1) -> list[Stored]:
    """From the doors to the rows of days: sealed, sent in any order, opened, stored."""
    told = said + said[::3]
    Random(seed).shuffle(told)
    found = opened(*gate(told, KEYS), KEYS)
    assert not found.dropped
    return stored(found.said, KEYS, CLOCK)


def days(rows: list[Stored], parts: int = 1, keys=KEYS) -> SealedDays:
    """Rows as blocks, each day in so many."""
    by_day = {day: [row for row in rows if row.day == day] for day in KEYS}
    blocks = {day: [decode(block(some[at::parts])) for at in range(parts)] for day, some in by_day.items()}
    return SealedDays(blocks, keys)


def cases(traced: list[Traced]) -> list[Case]:
    return [Case((name(one.person + 1),), one.since, one.until) for one in traced]


def asked(found: SealedDays, traced: list[Traced], terms: Terms = TERMS, **named) -> Answer:
    return found.trace(cases(traced), terms, places=KINDS, **named)


def ring_1(rings: Rings, traced: list[Traced]) -> Counter[tuple[object, ...]]:
    """The pairs of ring 1 and their minutes."""
    number = {one.person: at for at, one in enumerate(traced)}
    return Counter(
        (name(one.person + 1), number[one.source], one.together // 60, one.after // 60) for one in rings.first
    )


def agree(town: Busy, parts: int) -> int:
    """Hold the answer against the reference; gives how many were found."""
    visits = plain(town.visits)
    expected = reference.trace(visits, town.cases, town.terms, second_until=UNTIL)
    answer = asked(days(sealed(messages(visits)), parts), town.cases, town.terms, second_until=UNTIL)
    found = Counter((one.person, one.case, one.together, one.after) for one in answer.met if one.ring == 1)
    assert found == ring_1(expected, town.cases)
    second = [one.person for one in answer.met if one.ring == 2]
    assert len(second) == len(set(second))
    assert set(second) == {name(one.person + 1) for one in expected.second}
    return len(answer.met)


@examples(60)
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_a_trace_among_sealed_days_finds_whom_the_reference_finds(seed, parts) -> None:
    agree(busy(seed), parts)


def test_the_towns_of_the_comparison_have_something_to_find() -> None:
    assert sum(agree(busy(seed), 1) for seed in range(8)) > 40


def two(apart: int) -> list[Visit]:
    """A case, and somebody who comes so many seconds before fifteen minutes are left, over midnight."""
    start, end = MIDNIGHT - 3000, MIDNIGHT + 3000
    return [Visit(1, 1, KINDS[1], start, end), Visit(2, 1, KINDS[1], end - 900 - apart, end + 500)]


@pytest.mark.parametrize(("apart", "found"), [(-1, 0), (0, 1), (1, 1)])
def test_the_threshold_is_exact_to_the_second(apart, found) -> None:
    answer = asked(days(sealed(messages(two(apart)))), [Traced(1, 0, 2**32)])
    assert len(answer.met) == found


def test_fifteen_minutes_over_midnight_are_fifteen_minutes() -> None:
    visits = [Visit(person, 1, KINDS[1], MIDNIGHT - 450, MIDNIGHT + 450) for person in (1, 2)]
    (met,) = asked(days(sealed(messages(visits))), [Traced(1, 0, 2**32)]).met
    assert (met.person, met.ring, met.case, met.together, met.after) == (name(3), 1, 0, 15, 0)


def test_only_rows_that_met_the_case_are_opened() -> None:
    crowd = [
        Visit(100 + number, 2 + number % 3, KINDS[2 + number % 3], MIDNIGHT, MIDNIGHT + 900) for number in range(90)
    ]
    later = [Visit(300 + number, 1, KINDS[1], MIDNIGHT + 40_000, MIDNIGHT + 50_000) for number in range(50)]
    answer = asked(days(sealed(messages([*two(5), *crowd, *later]))), [Traced(1, 0, 2**32)])
    assert [one.person for one in answer.met] == [name(3)]
    assert answer.opened == 5  # of the case one message on the first day and two on the second, and two of whom it met


def test_a_destroyed_day_is_not_in_any_answer() -> None:
    rows = sealed(messages(two(100)))
    kept = {day: keys for day, keys in KEYS.items() if day != date(2022, 7, 3)}
    assert asked(days(rows), [Traced(1, 0, 2**32)]).met
    gone = asked(days(rows, keys=kept), [Traced(1, 0, 2**32)])
    assert (gone.met, gone.opened) == ((), 2)


@pytest.mark.parametrize("doubts", [0, 1])
def test_who_is_found_by_what_is_not_plausible_is_marked(doubts) -> None:
    found = days(sealed(messages(two(100), doubts=doubts)))
    assert [one.doubtful for one in asked(found, [Traced(1, 0, 2**32)]).met] == [doubts == 1]


def test_an_answer_names_no_zone_and_its_text_form_nothing() -> None:
    found = days(sealed(messages(two(100))))
    answer = asked(found, [Traced(1, 0, 2**32)])
    names = {"person", "ring", "case", "together", "after", "first", "last", "kinds", "via", "doubtful"}
    assert set(answer.met[0]._fields) == names
    told = Told(0, name(1001), KINDS[1], NOON, NOON + 60)
    for shown in map(repr, (answer, answer.met[0], Case((name(3),), NOON, NOON + 1), told, found)):
        assert shown.startswith(("<keyservice.tracing.", "SealedDays(...)", "Met(...)"))
        assert str(NOON) not in shown


def test_an_answer_says_when_and_at_which_kinds_of_places() -> None:
    visits = [
        *(Visit(person, 1, KINDS[1], NOON, NOON + 1200) for person in (1, 2)),
        *(Visit(person, 2, KINDS[2], NOON + 4000, NOON + 7601) for person in (1, 2)),
    ]
    (met,) = asked(days(sealed(messages(visits))), [Traced(1, 0, 2**32)]).met
    assert (met.first, met.last) == (NOON, NOON + 7600)
    assert met.kinds == ((KINDS[2], 60, 0), (KINDS[1], 20, 0))
    assert met.together == 80


def test_a_row_that_was_changed_is_not_answered_from() -> None:
    rows = [replace(row, payload=row.payload[:-1] + bytes([row.payload[-1] ^ 1])) for row in sealed(messages(two(9)))]
    with pytest.raises(Broken):
        asked(days(rows), [Traced(1, 0, 2**32)])


def test_without_a_second_ring_in_the_clause_none_is_searched() -> None:
    with pytest.raises(InvalidInput):
        asked(days(sealed(messages(two(9)))), [Traced(1, 0, 2**32)], second_until=UNTIL)


def test_a_late_check_out_ends_a_presumed_stay_in_whichever_block_it_comes() -> None:
    visits = [Visit(1, 1, KINDS[1], NOON, NOON + 3600), Visit(2, 1, KINDS[1], NOON, NOON + 60)]
    case, _, late, out = [
        replace(one, until=max(one.until, NOON + 3600 * (at != 3))) for at, one in enumerate(messages(visits))
    ]
    minutes = [decode(block(sealed([one]))) for one in (case, late)]
    assert len(asked(SealedDays({DAY: minutes}, KEYS), [Traced(1, 0, 2**32)]).met) == 1
    changed = decode(block(sealed([out])))
    for segments in ([*minutes, changed], [decode(merged([*minutes, changed]))]):
        answer = asked(SealedDays({DAY: segments}, KEYS), [Traced(1, 0, 2**32)])
        assert (answer.met, answer.opened) == ((), 3)


def test_an_empty_inbox_has_an_empty_answer() -> None:
    assert asked(days([]), [Traced(1, 0, 2**32)]) == Answer((), 0)


def test_nobody_is_two_cases_of_one_search() -> None:
    with pytest.raises(InvalidInput):
        asked(days([]), [Traced(1, 0, 1), Traced(1, 2, 3)])
    with pytest.raises(InvalidInput):
        asked(
            days([]),
            [Traced(1, 0, 1), Traced(2, 2, 3)],
            same=lambda codes: {code: (name(2), name(3)) for code in codes},
        )
