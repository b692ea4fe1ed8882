"""What gates sealed becomes stays: late, out of order, sent twice, over midnight; what stays shut is counted."""

from dataclasses import replace
from datetime import date
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.keyservice.sealing import CLOCK, NOON, came, chance, gate, held, left, name, staying

from epiloop.core.errors import Broken
from epiloop.vault.visits import LONGEST_STAY
from keyservice.opening import Dropped, opened, stays
from keyservice.stored import PAYLOAD_BYTES, SLOT, Keeper, replaced, stored

DAY, NEXT = date(2022, 7, 3), date(2022, 7, 4)
MIDNIGHT = NOON + 12 * 3600
KEYS = held()
HOUR = 3600

TABLE = [
    # what was said, and the stays in it: entered and left in seconds from noon, presumed
    ([came(1, NOON, HOUR)], [(0, 3600, True)]),
    ([came(1, NOON, HOUR), left(1, NOON + 60)], [(0, 60, False)]),
    ([came(1, NOON, HOUR), left(1, NOON + 7200)], [(0, 7200, False)]),  # the door knows better than a presumption
    ([came(1, NOON, HOUR), left(1, NOON + 90), left(1, NOON + 60)], [(0, 60, False)]),
    ([came(1, NOON, HOUR), left(1, NOON - 1)], [(0, 3600, True)]),  # nobody leaves before they came
    ([came(1, NOON, HOUR), left(1, NOON)], [(0, 1, False)]),
    ([came(1, NOON, HOUR), left(1, NOON + 3 * 86_400)], [(0, LONGEST_STAY, False)]),
    ([came(1, NOON, HOUR), staying(1, NOON + 60, NOON + 7200)], [(0, 7200, True)]),
    ([came(1, NOON, HOUR), staying(1, NOON + 60, NOON + 600)], [(0, 3600, True)]),
    ([came(1, NOON, HOUR), staying(1, NOON + 60, NOON + 7200), left(1, NOON + 4000)], [(0, 4000, False)]),
    ([came(1, NOON, HOUR), came(2, NOON + 600, HOUR, zone=2)], [(0, 600, True), (600, 4200, True)]),
    ([came(1, NOON, HOUR), came(2, NOON + 600, HOUR)], [(0, 3600, True), (600, 4200, True)]),
    ([came(1, NOON, HOUR), came(2, NOON + 600, HOUR, zone=2, person=2)], [(0, 3600, True), (600, 4200, True)]),
    ([came(1, NOON, HOUR), came(2, NOON + 6, HOUR, zone=2), left(1, NOON + 60)], [(0, 60, False), (6, 3606, True)]),
    ([came(1, NOON, HOUR), came(1, NOON + 600, HOUR, zone=2)], [(0, 3600, True)]),  # one visit, one place: the earlier
    ([left(1, NOON), staying(1, NOON, NOON + 60)], []),
]


def spans(found) -> list[tuple[int, int, bool]]:
    return sorted((stay.entered - NOON, stay.left - NOON, stay.presumed) for stay in found)


@pytest.mark.parametrize(("said", "expected"), TABLE)
def test_stays_follow_from_what_was_said_in_any_order_and_however_often(said, expected) -> None:
    for order in permutations(said):
        assert spans(stays((*order, *said))) == expected


def test_what_was_sealed_opens_and_sent_twice_is_one_fact() -> None:
    said = [came(1, NOON, HOUR), left(1, MIDNIGHT + 60), came(2, NOON, HOUR, person=2)]
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
    forged = [replace(forged[0], key=gate_id(damaged[0]))]
    kept = {day: keys for day, keys in KEYS.items() if day != date(2022, 7, 2)}
    found = opened(rows + past + lost + forged, wrapped + past_wrapped + damaged, kept)
    assert {one.visit for one in found.said} == {name(number) for number in (3, 4, 5)}
    assert found.dropped == {Dropped.ROW_SHUT: 2, Dropped.NO_DAY: 1, Dropped.NO_KEY: 1, Dropped.KEY_SHUT: 1}
    assert not caplog.records


def gate_id(wrapped: bytes) -> bytes:
    from epiloop.vault.hours import identifier

    return identifier(wrapped)


def test_a_stay_over_midnight_lies_in_both_days_and_each_knows_its_own_only() -> None:
    stay = stays([came(1, MIDNIGHT - 100, HOUR)])
    rows = {row.day: row for row in stored(stay, KEYS, CLOCK, chance())}
    assert set(rows) == {DAY, NEXT}
    pieces = {day: Keeper(KEYS[day]).open(row.visit, row.slot, row.payload) for day, row in rows.items()}
    assert [(one.entered - MIDNIGHT, one.left - MIDNIGHT) for one in (pieces[DAY], pieces[NEXT])] == [
        (-100, 0),
        (0, 3500),
    ]
    assert [rows[DAY].slots, rows[NEXT].slots] == [(95, 95), (0, 3)]
    one, other = rows.values()
    assert not {one.zone, one.person, one.visit} & {other.zone, other.person, other.visit}


def test_with_the_secret_of_a_day_gone_its_part_of_a_stay_is_gone() -> None:
    kept = {NEXT: KEYS[NEXT]}
    (row,) = stored(stays([came(1, MIDNIGHT - 100, HOUR)]), kept, CLOCK, chance())
    assert row.day == NEXT
    assert Keeper(KEYS[NEXT]).open(row.visit, row.slot, row.payload).entered == MIDNIGHT


def test_a_late_check_out_takes_the_place_of_what_was_presumed_on_both_days() -> None:
    said = [came(1, MIDNIGHT - 100, HOUR)]
    before = stored(stays(said), KEYS, CLOCK, chance(1))
    after = stored(stays([*said, left(1, MIDNIGHT - 50)]), KEYS, CLOCK, chance(2))
    gone = replaced([name(1)], KEYS)
    assert all(row.visit in gone[row.day] for row in before)
    assert [(row.day, row.visit) for row in after] == [(DAY, Keeper(KEYS[DAY]).visit(name(1)))]


def test_equal_people_zones_and_visits_have_unequal_tokens_on_different_days_and_equal_ones_on_one() -> None:
    one, other, again = Keeper(KEYS[DAY]), Keeper(KEYS[NEXT]), Keeper(KEYS[DAY])
    tokens = [token(name(7)) for keeper in (one, other) for token in (keeper.zone, keeper.person, keeper.visit)]
    assert len(set(tokens)) == 6
    assert {len(token) for token in tokens} == {16}
    assert again.person(name(7)) == one.person(name(7))


def test_rows_have_one_size_show_nothing_and_are_shuffled() -> None:
    said = [
        came(number, NOON + number, HOUR, person=0xABCDEF0123 + number, zone=0xFEDCBA98 + number)
        for number in range(1, 60)
    ]
    rows = stored(stays(said), KEYS, CLOCK, chance(1))
    order = [Keeper(KEYS[DAY]).open(row.visit, row.slot, row.payload).entered for row in rows]
    assert order != sorted(order)
    assert sorted(order) == [NOON + number for number in range(1, 60)]
    assert {len(row.payload) for row in rows} == {PAYLOAD_BYTES} == {72}
    assert len({row.payload[:12] for row in rows}) == len(rows)
    everything = b"".join(row.payload + row.zone + row.person + row.visit for row in rows)
    assert not any(sign in everything for one in said for sign in (one.person, one.zone, one.visit))
    assert all(slot == 12 * 3600 // SLOT for slot in {row.slots[0] for row in rows})


def test_a_row_opens_nowhere_else() -> None:
    (row,) = stored(stays([came(1, NOON, HOUR)]), KEYS, CLOCK, chance())
    keeper = Keeper(KEYS[DAY])
    tries = [(row.visit, row.slot + 1, row.payload), (bytes(16), row.slot, row.payload), (row.visit, row.slot, b"")]
    for wrong in tries:
        with pytest.raises(Broken):
            keeper.open(*wrong)
    with pytest.raises(Broken):
        Keeper(KEYS[NEXT]).open(row.visit, row.slot, row.payload)
    assert "KEY" not in repr(keeper).upper().replace("KEEPER", "")


@given(st.integers(0, 9 * 86_400), st.integers(1, LONGEST_STAY))
def test_pieces_of_a_stay_are_all_of_it(since, length) -> None:
    said = came(1, NOON - 4 * 86_400 + since, length)
    rows = stored(stays([said]), KEYS, CLOCK, chance())
    pieces = sorted(
        (one.entered, one.left)
        for row in rows
        for one in [Keeper(KEYS[row.day]).open(row.visit, row.slot, row.payload)]
    )
    assert (pieces[0][0], pieces[-1][1]) == (said.at, said.until)
    assert all(before[1] == after[0] for before, after in pairwise(pieces))


@pytest.mark.parametrize("day", [date(2022, 3, 27), date(2022, 10, 30)])
def test_a_day_on_which_clocks_change_has_23_or_25_hours_of_slots(day) -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    berlin = ZoneInfo("Europe/Berlin")
    keys = held(day, 1)
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=berlin).timestamp())
    (row,) = stored(stays([came(1, noon, 12 * HOUR)]), keys, berlin, chance())
    hours = 23 if day.month == 3 else 25
    assert row.slots == ((hours - 12) * 4, hours * 4 - 1)
