"""Pinyin of division names, fast enough for the whole country: each phrase and character is looked up once.

Asking pypinyin for 665,000 whole names took 76 s in a trial; cutting names into its own phrases and remembering
each takes a few seconds and gives the same readings of characters with several ("重庆" is chongqing).
"""

from collections.abc import Container
from functools import cache

_LONGEST = 4


@cache
def _phrases() -> Container[str]:
    """The phrases pypinyin knows. Loading them takes half a second, which only an import of divisions has to wait."""
    from pypinyin.constants import PHRASES_DICT

    return PHRASES_DICT


@cache
def _syllables(piece: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin

    return tuple(text.lower() for text in lazy_pinyin(piece, style=Style.NORMAL, v_to_u=False))


def _pieces(name: str) -> list[str]:
    """The name cut into the longest known phrases from the left; a character alone where none begins."""
    pieces, start = [], 0
    while start < len(name):
        length = next(
            (
                size
                for size in range(min(_LONGEST, len(name) - start), 1, -1)
                if name[start : start + size] in _phrases()
            ),
            1,
        )
        pieces.append(name[start : start + length])
        start += length
    return pieces


def pinyin(name: str) -> tuple[str, str]:
    """(full pinyin, initials) of a name, lower case, without tones, spaces or punctuation: ("guyizhen", "gyz")."""
    syllables = [text for piece in _pieces(name) for syllable in _syllables(piece) if (text := _letters(syllable))]
    return "".join(syllables), "".join(text[0] for text in syllables)


@cache
def _letters(syllable: str) -> str:
    return "".join(sign for sign in syllable if sign.isalnum() and sign.isascii())
