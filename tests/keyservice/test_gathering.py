"""Many rows at once become the blocks that they become one by one; what is dropped is counted by reason."""

import os
import random
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.keyservice.sealing import CLOCK, HOUR, NOON, came, gate, held, left, name, staying

from epiloop.core.errors import InvalidInput
from epiloop.exposure import decode
from epiloop.vault import visits
from epiloop.vault.hours import wrap
from epiloop.vault.visits import LONGEST_STAY, Row, Said
from keyservice.blocks import block, merged
from keyservice.gathering import gathered
from keyservice.opening import Dropped, opened
from keyservice.stored import stored

KEYS = held()
DAY = date(2022, 7, 3)


def packed(said: list[Said], keys=KEYS) -> tuple[bytes, bytes]:
    rows, wrapped = gate(said, keys)
    return b"".join(row.pack() for row in rows), b"".join(wrapped)


@st.composite
def towns(draw: st.DrawFn) -> list[Said]:
    """What a few people say at a few doors over three days, some of it twice."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    said = []
    for number in range(draw(st.integers(0, 12))):
        at = NOON + chance.choice((0, 43_200, -43_200)) + chance.randint(-901, 901)
        one = came(
            number, at, chance.choice((0, 1, 900, 5000, LONGEST_STAY)), chance.randint(1, 4), chance.randint(1, 3)
        )
        one = replace(one, doubts=chance.randint(0, 15), source=chance.randint(1, 4), row=chance.randint(0, 255))
        one = replace(one, place=chance.randint(0, 2**32 - 1))
        said += [one, left(one, at + chance.randint(0, 9000)), staying(one, at + 60)][: chance.randint(1, 3)]
    return said + chance.sample(said, len(said) // 3)


@settings(max_examples=40, deadline=None)
@given(towns())
def test_many_rows_become_the_blocks_that_they_become_one_by_one(said) -> None:
    rows, wrapped = gate(said, KEYS)
    found = gathered(b"".join(row.pack() for row in rows), b"".join(wrapped), KEYS, CLOCK)
    each = stored(opened(rows, wrapped, KEYS).said, KEYS, CLOCK)
    days = {day: merged([decode(block([row for row in each if row.day == day]))]) for day in {row.day for row in each}}
    assert found.blocks == days
    assert (found.kept, found.dropped) == (len(said), {})


def test_the_same_rows_sealed_anew_become_the_same_blocks() -> None:
    said = [came(number, NOON, 3600, person=number) for number in range(1, 50)]
    first, again = (gathered(*packed(order), KEYS, CLOCK) for order in (said, said[::-1]))
    assert first == again


def test_what_does_not_open_or_says_nothing_is_counted_by_reason_and_the_rest_is_kept(caplog) -> None:
    rows, wrapped = gate([came(number, NOON, 60) for number in range(1, 6)], KEYS)
    past, past_wrapped = gate([came(9, NOON - 86_400, 60)], KEYS)
    lost, _ = gate([came(7, NOON, 60)], KEYS)
    elsewhere, elsewhere_wrapped = misplaced()
    nonsense, nonsense_wrapped = no_check_ins()
    damaged = wrapped[0][:-1] + bytes([wrapped[0][-1] ^ 1])
    rows[0] = replace(rows[0], visit=name(99))
    rows[1] = replace(rows[1], sealed=bytes(64))
    every = [*rows, *past, *lost, *elsewhere, *nonsense]
    kept = {day: keys for day, keys in KEYS.items() if day != date(2022, 7, 2)}
    keys = b"".join([*wrapped, *past_wrapped, damaged, *elsewhere_wrapped, *nonsense_wrapped])
    found = gathered(b"".join(row.pack() for row in every), keys, kept, CLOCK)
    reasons = Counter({Dropped.ROW_SHUT: 2, Dropped.NO_DAY: 2, Dropped.NO_KEY: 1, Dropped.NO_CHECK_IN: len(nonsense)})
    assert (found.kept, found.dropped) == (3, reasons)
    assert not caplog.records


def misplaced() -> tuple[list[Row], list[bytes]]:
    """A visit of a day that is not held, under the key of one that is."""
    key = wrap(KEYS[DAY].public, DAY, hour=HOUR, key=os.urandom(32), once=os.urandom(32))
    return [key.sealer().seal(came(8, NOON - 90_000, 60))], [key.wrapped]


def no_check_ins() -> tuple[list[Row], list[bytes]]:
    """What a gate gone wrong may seal: forms that `Said` refuses."""
    key = wrap(KEYS[DAY].public, DAY, hour=HOUR, key=os.urandom(32), once=os.urandom(32))
    sealer, good = key.sealer(), bytearray(visits.pack(came(8, NOON, 60)))
    wrong = []
    for at, value in ((0, 0), (0, 4), (1, 16), (2, 0), (2, 5), (8, 0), (12, 0)):
        form = bytearray(good)
        form[at] = value
        wrong.append(bytes(form))
    rows = []
    for form in wrong:
        row = sealer.seal(came(8, NOON, 60))
        nonce, bound = bytes(8) + row.number.to_bytes(4, "big"), row.visit + HOUR.to_bytes(4, "big")
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        rows.append(replace(row, sealed=AESGCM(key.key).encrypt(nonce, form, bound)))
    return rows, [key.wrapped]


def test_a_wrapped_key_that_does_not_open_shuts_its_rows() -> None:
    rows, wrapped = gate([came(1, NOON, 60)], KEYS)
    other = {day: replace(keys, private=bytes(range(32))) for day, keys in KEYS.items()}
    found = gathered(rows[0].pack(), b"".join(wrapped), other, CLOCK)
    assert (found.kept, found.blocks, found.dropped) == (0, {}, {Dropped.KEY_SHUT: 1})


@pytest.mark.parametrize(("rows", "wrapped"), [(91, 0), (0, 85), (93, 86)])
def test_bytes_that_are_no_rows_are_refused(rows, wrapped) -> None:
    with pytest.raises(InvalidInput):
        gathered(bytes(rows), bytes(wrapped), KEYS, CLOCK)


def test_nothing_becomes_nothing() -> None:
    found = gathered(b"", b"", KEYS, CLOCK)
    assert (found.blocks, found.kept, found.dropped) == ({}, 0, {})
