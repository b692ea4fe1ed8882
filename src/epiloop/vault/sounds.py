"""How a Chinese name sounds, so that "zhang wei" and a mishearing on the telephone find 张伟.

A sound is a tuple of syllables without tones, folded over what southern speakers do not part (zh-z, ch-c, sh-s, and
-ng from -n) and keyboards do not (ü-u). Readings come from pypinyin; a surname's own reading comes first (单 is Shan).
"""

import unicodedata
from collections.abc import Mapping
from functools import cache

from epiloop.vault.normal import is_ideographic

Sound = tuple[str, ...]

MOST_READINGS = 4
"""How many ways to part "xian" into syllables a search follows."""

_SURNAMES = {
    "单": "shan", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "曾": "zeng", "盖": "ge", "翟": "zhai",
    "朴": "piao", "缪": "miao", "乐": "yue", "覃": "qin", "任": "ren", "冼": "xian", "种": "chong", "重": "chong",
    "繁": "po", "召": "shao", "宁": "ning", "员": "yun", "折": "she", "秘": "bi", "薄": "bo", "牟": "mou",
    "尉": "wei", "隗": "wei", "單": "shan", "區": "ou", "繆": "miao", "樂": "yue", "樸": "piao", "寧": "ning",
}  # fmt: skip
_COMPOUND_SURNAMES = {"万俟": ("mo", "qi"), "尉迟": ("yu", "chi"), "长孙": ("zhang", "sun"), "单于": ("chan", "yu")}
_TONES = {"\u0300", "\u0301", "\u0304", "\u030c"}
_VOWELS = set("aeiouv")
_PASSPORTS = {"lyu": "lu", "nyu": "nu"}


def of_characters(text: str) -> Sound:
    """The sound of a name in Chinese characters; a character without a known reading stands for itself."""
    compound = _COMPOUND_SURNAMES.get(text[:2])
    if compound:
        return (*map(_folded, compound), *map(_syllable, text[2:]))
    first = _SURNAMES.get(text[:1])
    return (_folded(first) if first else _syllable(text[:1]), *map(_syllable, text[1:]))


def of_words(words: tuple[str, ...]) -> list[Sound]:
    """The sounds that words in letters may stand for, those with the fewest syllables first; none if not pinyin."""
    sounds: list[Sound] = [()]
    for word in words:
        ways = _parted(word)
        sounds = [sound + way for sound in sounds for way in ways][:MOST_READINGS]
    return sorted(sounds, key=len) if words else []


def of_name(words: tuple[str, ...]) -> list[Sound]:
    """The sounds of a name given as words, all in Chinese characters or all in letters; else none."""
    if words and all(is_ideographic(word) for word in words):
        return [of_characters("".join(words))]
    return [] if any(is_ideographic(word) for word in words) else of_words(words)


@cache
def _readings() -> Mapping[int, str]:
    """Readings of characters by code point. Loading them takes half a second: who asks for no name waits for none."""
    from pypinyin import pinyin_dict

    return pinyin_dict.pinyin_dict


@cache
def _syllable(character: str) -> str:
    readings = _readings().get(ord(character), character) if character else ""
    return _folded(_without_tone(readings.partition(",")[0]))


def _without_tone(reading: str) -> str:
    plain = "".join(sign for sign in unicodedata.normalize("NFD", reading) if sign not in _TONES)
    return plain.replace("u\u0308", "v")


def _folded(syllable: str) -> str:
    if syllable[:2] in {"zh", "ch", "sh"}:
        syllable = syllable[0] + syllable[2:]
    syllable = _PASSPORTS.get(syllable, syllable).replace("v", "u")
    return syllable[:-1] if syllable.endswith("ng") else syllable


@cache
def _syllables() -> frozenset[str]:
    """All syllables, unfolded, that some character of the basic block is read as."""
    readings = (
        _without_tone(reading)
        for point, several in _readings().items()
        if 0x4E00 <= point <= 0x9FFF
        for reading in several.split(",")
    )
    return frozenset({reading for reading in readings if _VOWELS & set(reading) and reading.isascii()} | {*_PASSPORTS})


@cache
def _longest() -> int:
    return max(map(len, _syllables()))


def _parted(word: str) -> list[Sound]:
    """Every way to read a word as whole syllables, at most MOST_READINGS, fewest syllables first."""
    ways: list[list[Sound]] = [[()]]
    for end in range(1, len(word) + 1):
        found = [
            (*before, _folded(word[start:end]))
            for start in range(max(0, end - _longest()), end)
            if word[start:end] in _syllables()
            for before in ways[start]
        ]
        ways.append(sorted(found, key=len)[:MOST_READINGS])
    return ways[-1]
