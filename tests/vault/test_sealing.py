"""A sealed part opens under its own key, at its own place, unchanged - and nowhere else."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import Broken, InvalidInput
from epiloop.vault import keys
from epiloop.vault.sealing import seal, unseal

PERSON = UUID(int=1)
KEY = bytes(range(32))
NONCE = bytes(12)
json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(part=st.dictionaries(st.text(), json, max_size=5), nonce=st.binary(min_size=12, max_size=12))
def test_what_was_sealed_opens_as_it_was(part, nonce):
    sealed = seal(part, KEY, stream=PERSON, kind="exposure", nonce=nonce)
    assert unseal(sealed, KEY, stream=PERSON, kind="exposure") == part


@given(at=st.integers(0, 60), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_is_noticed(at, bit):
    sealed = bytearray(seal({"place": "Market 7", "seats": [1, 2]}, KEY, stream=PERSON, kind="exposure", nonce=NONCE))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(Broken):
        unseal(bytes(sealed), KEY, stream=PERSON, kind="exposure")


@pytest.mark.parametrize(
    ("key", "stream", "kind"),
    [
        (bytes(32), PERSON, "exposure"),
        (KEY, UUID(int=2), "exposure"),
        (KEY, PERSON, "visit"),
        (b"short", PERSON, "exposure"),
    ],
)
def test_it_does_not_open_under_another_key_or_at_another_place(key, stream, kind):
    sealed = seal({"place": "Market 7"}, KEY, stream=PERSON, kind="exposure", nonce=NONCE)
    with pytest.raises(Broken):
        unseal(sealed, key, stream=stream, kind=kind)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02" + bytes(60), b"\x01" + bytes(27)])
def test_foreign_bytes_are_refused_with_the_place_and_no_content(sealed):
    with pytest.raises(Broken) as refusal:
        unseal(sealed, KEY, stream=PERSON, kind="exposure")
    assert str(PERSON) in str(refusal.value)


@pytest.mark.parametrize(("key", "nonce"), [(bytes(31), NONCE), (KEY, bytes(11))])
def test_short_keys_and_nonces_are_refused(key, nonce):
    with pytest.raises(InvalidInput):
        seal({}, key, stream=PERSON, kind="exposure", nonce=nonce)


def test_the_plain_text_is_not_in_the_sealed_bytes():
    assert "集贸市场".encode() not in seal({"place": "集贸市场"}, KEY, stream=PERSON, kind="visit", nonce=NONCE)


def test_every_subject_salt_and_purpose_has_its_own_key():
    master, salt, other = bytes(32), bytes(32), bytes([1]) * 32
    made = {
        keys.subject_key(master, salt, PERSON),
        keys.subject_key(master, other, PERSON),
        keys.subject_key(master, salt, UUID(int=2)),
        keys.subject_key(other, salt, PERSON),
        keys.identity_key(master, salt, PERSON),
        keys.token_key(master),
    }
    assert len(made) == 6
    assert {len(key) for key in made} == {32}


def test_key_derivation_stays_what_it_was():
    """Changing it would make every sealed fact unreadable; this value is computed with RFC 5869 by hand."""
    import hashlib
    import hmac

    master, salt = bytes(range(32)), bytes(range(32, 64))
    extracted = hmac.digest(salt, master, hashlib.sha256)
    expected = hmac.digest(extracted, b"epiloop facts v1" + PERSON.bytes + b"\x01", hashlib.sha256)
    assert keys.subject_key(master, salt, PERSON) == expected


def test_keys_of_another_length_are_refused():
    with pytest.raises(InvalidInput):
        keys.subject_key(bytes(16), bytes(32), PERSON)
