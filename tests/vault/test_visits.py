"""Sealed check-ins: 92 bytes a row, opened by nobody but the keeper of the day; every bit is bound to its place."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import Broken, InvalidInput
from epiloop.exposure import Source
from epiloop.vault import hours, visits
from epiloop.vault.hours import HourKey, announce, announced, unwrap, wrap
from epiloop.vault.visits import ROW_BYTES, SAID_BYTES, Kind, Said, kind_number, unpack

DAY, HOUR, AT = date(2022, 7, 3), 460_224, 460_224 * 3600 + 5
PRIVATE = bytes(range(32))
PUBLIC = X25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
VISIT, ZONE, PERSON = b"v" * 16, b"z" * 16, b"p" * 16
CAME = Said(VISIT, Kind.IN, AT, AT + 7200, ZONE, PERSON, place=3, doubts=5)
SAID = (CAME, replace(CAME, kind=Kind.OUT, until=AT + 60), replace(CAME, kind=Kind.EXTEND, source=3, row=7))
ids = st.binary(min_size=16, max_size=16)


@st.composite
def anything(draw: st.DrawFn) -> Said:
    entered, small = draw(st.integers(0, 2**32 - 100_000)), st.integers(0, 255)
    until = entered + draw(st.integers(0, visits.LONGEST_STAY))
    where = draw(ids), draw(ids), draw(st.integers(0, 2**32 - 1)), draw(st.integers(0, 15))
    source = draw(st.sampled_from(list(Source)))
    return Said(draw(ids), draw(st.sampled_from(Kind)), entered, until, *where, source, draw(small))


def hour_key(public: bytes = PUBLIC) -> HourKey:
    return wrap(public, DAY, hour=HOUR, key=os.urandom(32), once=os.urandom(32))


@given(anything())
def test_what_was_said_comes_back_from_its_fixed_form(said) -> None:
    assert visits.read(said.visit, visits.pack(said)) == said
    assert len(visits.pack(said)) == SAID_BYTES == 48


@pytest.mark.parametrize("said", SAID)
def test_a_row_opens_with_the_key_that_the_keeper_unwraps_and_takes_92_bytes(said) -> None:
    key = hour_key()
    row = key.sealer().seal(said).pack()
    assert len(row) == ROW_BYTES == 92
    assert unwrap(key.wrapped, PRIVATE).opener().open(unpack(row)) == said


def test_any_bit_that_is_changed_keeps_a_row_shut() -> None:
    key = hour_key()
    row = key.sealer().seal(CAME).pack()
    for bit in range(ROW_BYTES * 8):
        other = bytearray(row)
        other[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Broken):
            key.opener().open(unpack(bytes(other)))


def test_a_row_does_not_open_under_another_hour_or_another_key() -> None:
    key = hour_key()
    row = key.sealer().seal(CAME)
    for other in (replace(key, hour=HOUR + 1), replace(key, key=os.urandom(32)), hour_key()):
        with pytest.raises(Broken):
            other.opener().open(row)


def test_no_number_repeats_under_a_key_even_from_many_threads() -> None:
    sealer = hour_key().sealer()
    with ThreadPoolExecutor(8) as threads:
        rows = list(threads.map(lambda _: sealer.seal(CAME), range(2000)))
    assert sorted(row.number for row in rows) == list(range(2000))
    assert len({row.sealed for row in rows}) == 2000  # the same message never looks the same


def test_nothing_shows_in_a_row_or_in_a_text_form() -> None:
    key = hour_key()
    row = key.sealer().seal(CAME).pack()
    assert not any(part in row + key.wrapped for part in (ZONE, PERSON, key.key))
    assert len({len(key.sealer().seal(said).sealed) for said in SAID}) == 1
    shown = f"{CAME!r}{key!r}{key.sealer()!r}{key.opener()!r}"
    assert not any(sign in shown for sign in ("zzz", "ppp", repr(key.key), str(AT)))


def test_only_the_keeper_of_the_day_unwraps_and_any_changed_bit_is_refused() -> None:
    wrapped = hour_key().wrapped
    assert len(wrapped) == hours.WRAPPED_BYTES == 86
    with pytest.raises(Broken):
        unwrap(wrapped, bytes(32))
    for bit in range(len(wrapped) * 8):
        other = bytearray(wrapped)
        other[bit // 8] ^= 1 << bit % 8
        with pytest.raises((Broken, InvalidInput)):
            unwrap(bytes(other), PRIVATE)


def test_a_key_knows_its_day_and_hour_before_it_is_opened() -> None:
    key = hour_key()
    assert hours.day_of(key.wrapped) == DAY
    opened = unwrap(key.wrapped, PRIVATE)
    assert (opened.day, opened.hour, opened.key, opened.identifier) == (DAY, HOUR, key.key, key.identifier)


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31), b"short", b""])
def test_a_public_key_that_hides_nothing_is_refused(public) -> None:
    with pytest.raises(InvalidInput):
        hour_key(public)


def test_announced_keys_are_those_that_were_signed() -> None:
    signer = bytes(31) + b"\x07"
    verifier = Ed25519PrivateKey.from_private_bytes(signer).public_key().public_bytes_raw()
    publics = {date(2022, 7, day): bytes([day]) * 32 for day in (5, 3, 4)}
    text = announce(publics, signer)
    assert announced(text, verifier) == publics
    assert len(text) == 15 + 32 + 3 * 34 + 64
    assert hours.signer_of(text) == verifier
    for at in range(len(text)):
        with pytest.raises(Broken):
            announced(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :], verifier)
    for damaged in (b"", text[:-1], text[34:], text + text):
        with pytest.raises(Broken):
            announced(damaged, verifier)
    with pytest.raises(Broken):
        announced(text, bytes(32))
    for wrong in (b"", text[:40], b"x" + text):
        with pytest.raises(Broken):
            hours.signer_of(wrong)


def test_the_key_of_announcements_comes_from_the_master_key_and_is_no_other() -> None:
    assert hours.signing_key(bytes(32)) == hours.signing_key(bytes(32)) != hours.signing_key(bytes(31) + b"1")
    assert len(hours.signing_key(bytes(32))) == 32


WRONG = (
    {"visit": b"v" * 15},
    {"zone": b"z" * 17},
    {"person": b""},
    {"entered": -1},
    {"entered": 2**32},
    {"place": 2**32},
    {"source": 0},
    {"source": 5},
    {"row": 256},
    {"row": -1},
    {"doubts": 16},
    {"until": AT - 1},
    {"until": AT + visits.LONGEST_STAY + 1},
)


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_a_check_in_is_refused(wrong) -> None:
    with pytest.raises(InvalidInput):
        replace(CAME, **wrong)


@pytest.mark.parametrize("form", [b"", bytes(47), bytes(48), bytes(49), b"\x09\x00\x01" + bytes(45)])
def test_a_form_that_is_no_check_in_is_refused(form) -> None:
    with pytest.raises(InvalidInput):
        visits.read(VISIT, form)


@given(st.binary(max_size=200))
def test_bytes_from_outside_are_read_or_refused_never_more(given_) -> None:
    for reading in (unpack, hours.day_of, lambda text: announced(text, PUBLIC), lambda text: unwrap(text, PRIVATE)):
        try:
            reading(given_)
        except (InvalidInput, Broken):
            continue
        assert len(given_) in (ROW_BYTES, hours.WRAPPED_BYTES)


@pytest.mark.parametrize(("key", "once", "hour"), [(31, 32, 1), (32, 33, 1), (32, 32, -1), (32, 32, 2**32)])
def test_keys_and_hours_of_another_size_are_refused(key, once, hour) -> None:
    with pytest.raises(InvalidInput):
        wrap(PUBLIC, DAY, hour=hour, key=bytes(key), once=bytes(once))
    with pytest.raises(InvalidInput):
        hours.number_of(date(1969, 12, 31))


def test_sources_are_those_of_exposure_and_kinds_of_places_have_numbers_of_32_bits() -> None:
    assert set(Source) == set(visits.SOURCES)
    assert kind_number("") == 0
    assert len({kind_number(words) for words in ("", "restaurant", "restaurant/room", "school")}) == 4
    assert kind_number("restaurant/room") == 1_475_410_727
