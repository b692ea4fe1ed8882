"""What gates sealed becomes stays: late, out of order, sent twice, over midnight; what stays shut is counted."""

from dataclasses import replace
from datetime import date
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.keyservice.sealing import CLOCK, NOON, came, gate, held, left, name, staying

from epiloop.core.errors import Broken
from epiloop.exposure import Source, decode
from epiloop.vault.hours import identifier
from epiloop.vault.visits import LONGEST_STAY, Said
from keyservice.blocks import block, merged, row_of
from keyservice.opening import Dropped, Piece, opened, stays
from keyservice.stored import FORM_BYTES, PAYLOAD_BYTES, SLOT, Keeper, Stored, stored

DAY, NEXT = date(2022, 7, 3), date(2022, 7, 4)
MIDNIGHT = NOON + 12 * 3600
KEYS = held()
HOUR = 3600
ONE, LATE = came(1, NOON, HOUR), came(1, MIDNIGHT - 600, HOUR)
HOME = replace(came(9, NOON + 600, HOUR, zone=2), source=Source.HOUSEHOLD)

TABLE = [
    # what was said, and the stays in it: entered and left in seconds from noon, presumed
    ([ONE], [(0, 3600, True)]),
    ([ONE, left(ONE, NOON + 60)], [(0, 60, False)]),
    ([left(ONE, NOON + 60)], [(0, 60, False)]),  # each message says the whole visit
    ([staying(ONE, NOON + 60)], [(0, 60, True)]),
    ([ONE, left(ONE, NOON + 7200)], [(0, 7200, False)]),  # the door knows better than a presumption
    ([ONE, left(ONE, NOON + 90), left(ONE, NOON + 60)], [(0, 60, False)]),
    ([ONE, left(ONE, NOON)], [(0, 1, False)]),
    ([ONE, left(came(1, NOON - 60, HOUR), NOON + 60)], [(-60, 60, False)]),
    ([ONE, staying(ONE, NOON + 7200)], [(0, 7200, True)]),
    ([ONE, staying(ONE, NOON + 600)], [(0, 3600, True)]),
    ([ONE, staying(ONE, NOON + 7200), left(ONE, NOON + 4000)], [(0, 4000, False)]),
    ([ONE, came(2, NOON + 600, HOUR, zone=2)], [(0, 600, True), (600, 4200, True)]),
    ([ONE, came(2, NOON + 600, HOUR)], [(0, 3600, True), (600, 4200, True)]),
    ([ONE, came(2, NOON + 600, HOUR, zone=2, person=2)], [(0, 3600, True), (600, 4200, True)]),
    ([ONE, came(2, NOON + 6, HOUR, zone=2), left(ONE, NOON + 60)], [(0, 60, False), (6, 3606, True)]),
    ([ONE, came(1, NOON + 600, HOUR, zone=2)], [(0, 600, True), (600, 4200, True)]),  # nobody ends another's visit
    ([ONE, left(came(1, NOON, HOUR, person=2), NOON + 60)], [(0, 60, False), (0, 3600, True)]),
    ([ONE, HOME], [(0, 3600, True), (600, 4200, True)]),
    ([LATE, left(LATE, MIDNIGHT)], [(42_600, 43_200, False)]),
    ([LATE, left(LATE, MIDNIGHT - 1)], [(42_600, 43_199, False)]),
    ([LATE, left(LATE, MIDNIGHT + 1), staying(LATE, MIDNIGHT + HOUR)], [(42_600, 43_201, False)]),
    ([LATE, left(LATE, MIDNIGHT), left(LATE, MIDNIGHT + HOUR)], [(42_600, 43_200, False)]),
    ([LATE, came(2, MIDNIGHT + 60, HOUR, zone=2)], [(42_600, 43_260, True), (43_260, 46_860, True)]),
]


def spans(found) -> list[tuple[int, int, bool]]:
    return sorted((stay.entered - NOON, stay.left - NOON, stay.presumed) for stay in found)


@pytest.mark.parametrize(("said", "expected"), TABLE)
def test_stays_follow_from_what_was_said_in_any_order_and_however_often(said, expected) -> None:
    for order in permutations(said):
        assert spans(stays(map(Piece, (*order, *said)))) == expected


@pytest.mark.parametrize(("said", "expected"), TABLE)
def test_stays_of_pieces_are_the_pieces_of_stays(said, expected) -> None:
    rows = stored(said, KEYS, CLOCK)
    for day, start, end in ((DAY, MIDNIGHT - 86_400, MIDNIGHT), (NEXT, MIDNIGHT, MIDNIGHT + 86_400)):
        # Asked of a day, all of that day is opened, and of the day before if a piece begins with the day.
        pieces = [Keeper(KEYS[row.day]).open(row) for row in rows if row.day <= day]
        found = [(max(one.entered, start), min(one.left, end), one.presumed) for one in stays(pieces)]
        shown = [(since, until, presumed) for since, until, presumed in found if since < until]
        cut = [(max(since + NOON, start), min(until + NOON, end), one) for since, until, one in expected]
        assert sorted(shown) == sorted(one for one in cut if one[0] < one[1])


def test_two_codes_of_one_person_are_one_person() -> None:
    said = [ONE, came(2, NOON + 600, HOUR, zone=2, person=2)]
    found = stays(map(Piece, said), same=lambda code: name(7))
    assert spans(found) == [(0, 600, True), (600, 4200, True)]
    assert {one.person for one in found} == {name(7)}


def test_what_was_sealed_opens_and_sent_twice_is_one_fact() -> None:
    said = [LATE, left(LATE, MIDNIGHT + 60), came(2, NOON, HOUR, person=2)]
    first, second = gate(said, KEYS), gate(said, KEYS)
    found = opened(first[0] + second[0] + first[0], first[1] + second[1], KEYS)
    assert found.said == frozenset(said)
    assert not found.dropped


def test_what_does_not_open_is_counted_and_the_rest_is_opened(caplog) -> None:
    rows, wrapped = gate([came(number, NOON, HOUR) for number in range(1, 6)], KEYS)
    past, past_wrapped = gate([came(9, NOON - 86_400, HOUR)], KEYS)
    lost, _ = gate([came(7, NOON, HOUR)], KEYS)
    forged, damaged = gate([came(8, NOON, HOUR)], KEYS)
    rows[0] = replace(rows[0], visit=name(99))
    rows[1] = replace(rows[1], sealed=rows[1].sealed[:-1])
    damaged = [damaged[0][:-1] + bytes([damaged[0][-1] ^ 1])]
    forged = [replace(forged[0], key=identifier(damaged[0]))]
    kept = {day: keys for day, keys in KEYS.items() if day != date(2022, 7, 2)}
    found = opened(rows + past + lost + forged, wrapped + past_wrapped + damaged, kept)
    assert {one.visit for one in found.said} == {name(number) for number in (3, 4, 5)}
    assert found.dropped == {Dropped.ROW_SHUT: 2, Dropped.NO_DAY: 1, Dropped.NO_KEY: 1, Dropped.KEY_SHUT: 1}
    assert not caplog.records


def test_a_message_over_midnight_lies_in_both_days_and_each_knows_its_own_only() -> None:
    rows = {row.day: row for row in stored([came(1, MIDNIGHT - 100, HOUR)], KEYS, CLOCK)}
    assert set(rows) == {DAY, NEXT}
    pieces = {day: Keeper(KEYS[day]).open(row) for day, row in rows.items()}
    times = [(one.said.entered - MIDNIGHT, one.said.until - MIDNIGHT, one.more) for one in pieces.values()]
    assert sorted(times) == [(-100, 0, True), (0, 3500, False)]
    one, other = rows.values()
    assert not {one.zone, one.person} & {other.zone, other.person}


def test_with_the_secret_of_a_day_gone_its_part_of_a_stay_is_gone() -> None:
    (row,) = stored([came(1, MIDNIGHT - 100, HOUR)], {NEXT: KEYS[NEXT]}, CLOCK)
    assert row.day == NEXT
    assert Keeper(KEYS[NEXT]).open(row).said.entered == MIDNIGHT


def test_equal_people_and_zones_have_unequal_tokens_on_different_days_and_equal_ones_on_one() -> None:
    one, other, again = Keeper(KEYS[DAY]), Keeper(KEYS[NEXT]), Keeper(KEYS[DAY])
    tokens = [token(name(7)) for keeper in (one, other) for token in (keeper.zone, keeper.person)]
    assert len(set(tokens)) == 4
    assert max(tokens) < 2**64
    assert again.person(name(7)) == one.person(name(7))


def people(count: int) -> list[Said]:
    numbers = range(1, count)
    return [came(one << 100, NOON + one, HOUR, person=0xABCDEF0123 + one, zone=0xFEDCBA98 + one) for one in numbers]


def test_rows_have_one_size_show_nothing_and_their_order_tells_nothing() -> None:
    said = people(60)
    rows = stored(said, KEYS, CLOCK)
    order = [Keeper(KEYS[DAY]).open(row).said.entered for row in rows]
    assert order != sorted(order)
    assert sorted(order) == [NOON + number for number in range(1, 60)]
    assert {len(row.payload) for row in rows} == {PAYLOAD_BYTES} == {92}
    assert FORM_BYTES == 64
    assert len({row.payload[:12] for row in rows}) == len(rows)
    everything = block(rows)
    assert not any(sign in everything for one in said for sign in (one.person, one.zone, one.visit))
    assert {(row.since, row.until) for row in rows} == {(NOON, NOON + 4500), (NOON, NOON + 3600 + SLOT)}


def test_the_same_message_is_the_same_row_whenever_it_comes() -> None:
    said = people(20)
    assert stored([*said, *said[::-1]], KEYS, CLOCK) == stored(said[::-1], KEYS, CLOCK)


def test_blocks_of_a_day_are_merged_without_a_key_and_each_row_is_there_once() -> None:
    rows = stored(people(40), KEYS, CLOCK)
    one, other = decode(block(rows[:25])), decode(block(rows[15:]))
    whole = decode(merged([one, other, one]))
    found = [row_of(whole, at, DAY) for at in range(len(whole))]
    assert sorted(found, key=lambda row: row.payload) == rows
    assert merged([]) == block([])
    assert merged([decode(merged([one])), other]) == merged([other, one]) == merged([decode(block(rows))])


@pytest.mark.parametrize(
    "wrong",
    [{"zone": 5}, {"person": 5}, {"since": NOON - SLOT}, {"until": NOON}, {"payload": b""}, {"payload": bytes(92)}],
)
def test_a_row_opens_nowhere_else(wrong) -> None:
    (row,) = stored([ONE], KEYS, CLOCK)
    keeper = Keeper(KEYS[DAY])
    assert keeper.open(row).said == ONE
    with pytest.raises(Broken):
        keeper.open(replace(row, **wrong))
    with pytest.raises(Broken):
        Keeper(KEYS[NEXT]).open(row)
    assert repr(keeper) == "Keeper(2022-07-03)"


@given(st.integers(0, 9 * 86_400), st.integers(1, LONGEST_STAY))
def test_pieces_of_a_visit_are_all_of_it(since, length) -> None:
    said = came(1, NOON - 4 * 86_400 + since, length)
    rows = stored([said], KEYS, CLOCK)
    pieces = sorted((Keeper(KEYS[row.day]).open(row) for row in rows), key=lambda one: one.said.entered)
    assert (pieces[0].said.entered, pieces[-1].said.until) == (said.entered, said.until)
    assert all(before.said.until == after.said.entered for before, after in pairwise(pieces))
    assert [one.more for one in pieces] == [True] * (len(pieces) - 1) + [False]


@pytest.mark.parametrize("day", [date(2022, 3, 27), date(2022, 10, 30)])
def test_a_day_on_which_clocks_change_has_23_or_25_hours(day) -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    berlin = ZoneInfo("Europe/Berlin")
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=berlin).timestamp())
    (row,) = stored([came(1, noon, 12 * HOUR)], held(day, 1), berlin)
    assert (row.since, row.until) == (noon, noon + 12 * HOUR)
    (morning,) = stored([came(1, noon - 10 * HOUR, 9 * HOUR)], held(day, 1), berlin)
    assert isinstance(morning, Stored)
    assert (morning.since - noon) % SLOT == 0
