"""How names, numbers and their sounds are written in one way, and what two tokens can and cannot find."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.vault import linkage, normal, sounds
from epiloop.vault.port import Identity
from epiloop.vault.tokens import FEWEST, Tokens

TOKENS = Tokens(bytes(32))
COMMON = "王李张刘陈伟芳娜敏静丽强磊军洋晓小明"
names = st.text(COMMON, min_size=1, max_size=4) | st.from_regex(r"[A-Z][a-z]{1,8}( [A-Z][a-z]{1,8})?", fullmatch=True)


def likeness(text: str, name: str) -> float:
    return linkage.name_likeness(text, name, TOKENS)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("张伟", ("张伟",)),
        ("张　伟", ("张伟",)),
        (" 张 伟 ", ("张伟",)),
        ("古丽·买买提", ("古丽", "买买提")),
        ("José O’Neill-Díaz", ("jose", "oneill", "diaz")),
        ("ＪＯＨＮ", ("john",)),
        ("김민수", ("김민수",)),
        ("张伟Tom", ("张伟", "tom")),
        ("123 ·-", ()),
    ],
)
def test_a_name_is_words_in_small_letters(written, words):
    assert normal.words(written) == words


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+86 138-1234-5678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("(0772) 234 5678", "07722345678"),
        ("0023276123456", "+23276123456"),
        ("+232 76 123456", "+23276123456"),
        ("", ""),
    ],
)
def test_a_phone_number_is_digits(written, number):
    assert normal.phone(written) == number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("11010519491231002x", "11010519491231002X"),
        ("110105 491231 002", "11010519491231002X"),
        ("e 1234-5678", "E12345678"),
        ("123456789012345", "123456789012345"),  # no date in it: not an old ID card
    ],
)
def test_a_document_number_is_capitals(written, number):
    assert normal.document(written) == number


@pytest.mark.parametrize("number", ["11010519491231002X", "110105491231002"])
def test_a_right_id_card_number_is_known(number):
    assert normal.is_id_card(number)


@pytest.mark.parametrize("number", ["110105194912310021", "11010519491331002X", "E12345678", "", "1" * 18, "１" * 17])
def test_a_wrong_id_card_number_is_known(number):
    assert not normal.is_id_card(number)


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("张伟", ("zan", "wei")),
        ("單雄信", ("san", "xion", "xin")),
        ("尉迟恭", ("yu", "ci", "gon")),
        ("吕布", ("lu", "bu")),
        ("张龘", ("zan", "da")),
    ],
)
def test_a_name_in_characters_has_a_sound_with_its_surname_read_as_one(name, sound):
    assert sounds.of_characters(name) == sound


@pytest.mark.parametrize(
    ("words", "readings"),
    [
        (("zhangwei",), [("zan", "wei")]),
        (("xian",), [("xian",), ("xi", "an")]),
        (("lyu", "bu"), [("lu", "bu")]),
        (("smith",), []),
        ((), []),
    ],
)
def test_letters_are_read_as_every_pinyin_they_can_be(words, readings):
    assert sounds.of_words(words) == readings


@given(names)
def test_a_name_is_most_like_itself(name):
    if TOKENS.probes(name):
        assert likeness(name, name) == 1.0


@given(names, names)
def test_likeness_lies_between_nothing_and_all(text, name):
    assert 0.0 <= likeness(text, name) <= 1.0


@given(names, names)
def test_what_shares_fewer_than_two_tokens_is_never_like(text, name):
    stored = TOKENS.name(name)
    for probe in TOKENS.probes(text):
        there = stored.spelling if probe.family == "spelling" else stored.sound
        if len(set(probe.tokens) & set(there)) < FEWEST:
            assert probe.score(stored) == 0.0


@given(names)
def test_tokens_depend_on_the_key(name):
    assert not set(TOKENS.name(name).spelling) & set(Tokens(bytes([1]) * 32).name(name).spelling)


@pytest.mark.parametrize("text", ["张", "s", "", "13812345678", "张伟1"])
def test_a_text_with_one_token_or_with_digits_probes_nobody(text):
    assert [probe for probe in TOKENS.probes(text) if probe.score(TOKENS.name("张伟"))] == []


def test_a_document_and_a_phone_of_the_same_digits_have_different_tokens():
    assert TOKENS.document("13812345678") != TOKENS.phone("13812345678")


@pytest.mark.parametrize(
    ("left", "right", "slip"),
    [("12345", "12345", False), ("12345", "12395", True), ("12345", "12435", True), ("12345", "12534", False),
     ("12345", "1234", False), ("12345", "92395", False), ("1221", "2112", False)],
)  # fmt: skip
def test_a_slip_is_one_wrong_sign_or_two_swapped(left, right, slip):
    assert linkage.is_slip(left, right) is slip


def test_an_identity_shows_nothing_in_its_text_form():
    person = Identity("张伟", (("id-card", "11010519491231002X"),), ("13812345678",), "幸福路")
    assert repr(person) == str(person) == "Identity(...)"
