"""Chinese and English text on printed pages: fonts every PDF reader knows, widths, lines.

The fonts are named, not embedded (STSong with the character set of GB, Helvetica for Latin): files stay small, no font
has to be licensed or shipped, and the reader or the printer brings a Song face of its own.
"""

from collections.abc import Iterator
from functools import cache

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

SONG, LATIN, BOLD = "STSong-Light", "Helvetica", "Helvetica-Bold"
LEADING = 1.25
"""From one line to the next, of the size of the letters."""
_NO_START = "，。：；！？）》”、·"
"""Signs that never begin a line."""


@cache
def register() -> None:
    """Make the fonts known. Doing it again changes nothing."""
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    rl_config.useA85 = 0  # a quarter less to write: everything carries bytes today


def font_of(text: str, *, bold: bool = False) -> str:
    """The font that has all signs of the text."""
    return (BOLD if bold else LATIN) if text.isascii() else SONG


@cache
def _sign_width(sign: str, font: str) -> float:
    register()
    return float(pdfmetrics.stringWidth(sign, font, 1))


def width(text: str, font: str, size: float) -> float:
    """How wide a text is, in points."""
    return size * sum(_sign_width(sign, font) for sign in text)


def lines(text: str, font: str, size: float, room: float) -> list[str]:
    """The text in lines no wider than the room: broken between Chinese signs and between English words."""
    done: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip(), font, size) > room and piece[0] not in _NO_START:
            done.append(line.rstrip())
            line = ""
        line += piece
    return [*done, line.rstrip()] if line.strip() else done


def fitting(text: str, font: str, sizes: tuple[float, float], room: tuple[float, float]) -> tuple[float, list[str]]:
    """The largest size between two (from, down to) at which the text fits a width and a height, and its lines. What
    does not fit even at the smallest is cut, with a sign that it is.
    """
    (size, least), (across, high) = sizes, room
    while True:
        found, most = lines(text, font, size, across), int(high // (size * LEADING))
        if len(found) <= most and all(width(line, font, size) <= across for line in found):
            return size, found
        if size <= least:
            return size, [*found[: most - 1], found[most - 1][:-1] + "…"] if len(found) > most else found
        size -= 1


def centred(canvas: Canvas, text: str, at: tuple[float, float], size: float, *, bold: bool = False) -> None:
    """One line around a point."""
    font = font_of(text, bold=bold)
    canvas.setFont(font, size)
    canvas.drawString(at[0] - width(text, font, size) / 2, at[1], text)


def _pieces(text: str) -> Iterator[str]:
    """What must not be torn: a Latin word with the space behind it, or one Chinese sign."""
    word = ""
    for sign in text:
        if sign.isascii() and sign != " ":
            word += sign
            continue
        if sign == " ":
            yield word + sign
            word = ""
            continue
        if word:
            yield word
            word = ""
        yield sign
    if word:
        yield word
