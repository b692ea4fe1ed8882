"""Codes of those who check in: a number comes back as it is written, one number is one code."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import InvalidInput
from epiloop.vault.reach import CODE_BYTES, Reach, ReachKind, code_of, reach_of, subject_code

NUMBERS = [
    (ReachKind.PHONE, "138 0000 0000", "13800000000"),
    (ReachKind.PHONE, "+86 138-0000-0000", "13800000000"),
    (ReachKind.PHONE, "+49 30 1234567", "+49301234567"),
    (ReachKind.PHONE, "0", "0"),
    (ReachKind.DOCUMENT, "110101199003070011", "110101199003070011"),
    (ReachKind.DOCUMENT, "11010119900307001x", "11010119900307001X"),
    (ReachKind.DOCUMENT, "g1234 5678", "G12345678"),
    (ReachKind.DOCUMENT, "1" * 30, "1" * 30),
    (ReachKind.CARD, "a-0042", "A0042"),
    (ReachKind.CARD, "123456789012345", "123456789012345"),
    (ReachKind.CARD, "1" * 31, ""),
    (ReachKind.CARD, "A" * 16, ""),
    (ReachKind.CARD, "卡1", ""),
]


@pytest.mark.parametrize(("kind", "typed", "written"), NUMBERS)
def test_a_number_comes_back_as_it_is_written(kind, typed, written) -> None:
    code = code_of(kind, typed)
    assert len(code) == CODE_BYTES
    assert reach_of(code) == Reach(kind, written)
    assert code_of(kind, written or typed.lower()) == code


@given(st.sampled_from(ReachKind), st.text("0123456789+XABZ", min_size=1, max_size=40))
def test_no_code_of_a_number_is_a_subject_and_other_numbers_have_other_codes(kind, text) -> None:
    found = reach_of(code_of(kind, text))
    assert isinstance(found, Reach)
    assert code_of(kind, text + "1") != code_of(kind, text)
    assert not found.text or code_of(kind, found.text) == code_of(kind, text)


@given(st.text("0123456789", min_size=1, max_size=16))
def test_a_phone_number_is_the_same_however_its_digits_are_spaced(digits) -> None:
    assert code_of(ReachKind.PHONE, " ".join(digits)) == code_of(ReachKind.PHONE, digits)


def test_the_same_digits_as_phone_document_and_card_are_three_codes() -> None:
    assert len({code_of(kind, "13800000000") for kind in ReachKind}) == 3


def test_a_subject_is_its_uuid() -> None:
    subject = uuid4()
    assert reach_of(subject_code(subject)) == subject


@pytest.mark.parametrize("code", [b"", bytes(15), bytes(17), bytes(16), b"\xff" * 16, bytes(8) + b"\x31" + bytes(7)])
def test_what_is_neither_is_refused(code) -> None:
    with pytest.raises(InvalidInput):
        reach_of(code)


def test_an_empty_number_and_a_foreign_uuid_have_no_code() -> None:
    with pytest.raises(InvalidInput):
        code_of(ReachKind.PHONE, " - ")
    with pytest.raises(InvalidInput):
        subject_code(UUID(int=0))


@given(st.binary(min_size=16, max_size=16))
def test_any_sixteen_bytes_are_read_or_refused_never_more(code) -> None:
    try:
        found = reach_of(code)
    except InvalidInput:
        return
    assert isinstance(found, UUID | Reach)


def test_nothing_shows_in_the_text_form() -> None:
    assert repr(reach_of(code_of(ReachKind.PHONE, "13800000000"))) == "Reach(PHONE)"
