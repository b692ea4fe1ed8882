"""Posters of venue codes: one page a zone, A4 or A5, in Chinese and English, to hang at a door."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import IO

from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from epiloop.core.errors import N_, InvalidInput
from epiloop.papers import pictures
from epiloop.papers.lettering import LEADING, centred, fitting, font_of, lines, register

SIZES = {"A4": A4, "A5": A5}
PICTURE = 116 * mm
"""The side of the code on A4, without its quiet zone."""
ROOM = 178 * mm
MIDDLE = A4[0] / 2
NAMES = 231 * mm, 260 * mm
"""Where the names stand, on A4: above the quiet zone of the code, which letters would spoil."""

TITLE = N_("Check in here")
HOW = N_("Scan with the camera of any phone; no account, no app.")
OTHERWISE = N_("Without a phone: the staff will enter you, or read your card.")
SEALED = N_("What you enter is sealed at once, and is opened only for an approved case and its hours.")
ISSUED = N_("Venue code of")
SHORT = N_("Short code, for the staff")
DESTROYED = N_("After %(days)d days it is destroyed, and nobody can read it any more.")


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says. `address` is in the picture, `short` what people type, `issued` the day on it."""

    address: str
    name_zh: str
    name_en: str
    zone_zh: str
    zone_en: str
    short: str
    number: int
    issued: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """How a poster is worded: messages in Chinese, and after how many days what is entered is destroyed."""

    chinese: Callable[[str], str]
    days: int

    def both(self, message: str) -> tuple[str, str]:
        """The message in Chinese and in English."""
        values = {"days": self.days}
        return self.chinese(message) % values, message % values


def write(posters: Iterable[Poster], out: IO[bytes], wording: Wording, *, size: str = "A4") -> int:
    """Write a PDF with a page for each poster; how many. Raises InvalidInput for another size, or for none at all."""
    if size not in SIZES:
        raise InvalidInput(N_("Posters are A4 or A5."))
    register()
    canvas = Canvas(out, pagesize=SIZES[size], pageCompression=1, invariant=1)
    canvas.setTitle(" · ".join(wording.both(TITLE)))
    pages = 0
    for poster in posters:
        canvas.scale(SIZES[size][0] / A4[0], SIZES[size][1] / A4[1])
        _page(canvas, poster, wording)
        canvas.showPage()
        pages += 1
    if not pages:
        raise InvalidInput(N_("There is no place whose code could be printed."), remedy=N_("Choose other places."))
    canvas.save()
    return pages


def _page(canvas: Canvas, poster: Poster, wording: Wording) -> None:
    title_zh, title_en = wording.both(TITLE)
    centred(canvas, title_zh, (MIDDLE, 273 * mm), 40)
    centred(canvas, title_en, (MIDDLE, 264 * mm), 18, bold=True)
    _names(canvas, poster)
    _picture(canvas, poster.address)
    _sentences(canvas, wording)
    _foot(canvas, poster, wording)


def _names(canvas: Canvas, poster: Poster) -> None:
    """The place and its zone, in full: what somebody compares with the screen before confirming."""
    zh = " · ".join(part for part in (poster.name_zh, poster.zone_zh) if part)
    en = ", ".join(part for part in (poster.name_en, poster.zone_en) if part)
    size, said = fitting(zh, font_of(zh, bold=True), (30, 7), (ROOM, 20 * mm))
    rows = [(size, line, True) for line in said]
    if en and en != zh:
        size, said = fitting(en, font_of(en), (16, 6), (ROOM, 9 * mm))
        rows += [(size, line, False) for line in said]
    baseline = (sum(NAMES) + LEADING * sum(size for size, _line, _bold in rows)) / 2
    for size, line, bold in rows:
        baseline -= size * LEADING
        centred(canvas, line, (MIDDLE, baseline + size * (LEADING - 1)), size, bold=bold)


def _picture(canvas: Canvas, address: str) -> None:
    rows = pictures.rows(pictures.qr(address))
    side = PICTURE / len(rows)
    left, top = MIDDLE - PICTURE / 2, 222 * mm
    canvas.saveState()
    canvas.setFillGray(0)
    canvas.translate(left, top)
    canvas.scale(side, -side)
    # As the page's own operators: squares have whole numbers here, and there are more than a thousand on each page.
    runs = (f"{start} {number} {length} 1 re" for number, row in enumerate(rows) for start, length in _runs(row))
    canvas.addLiteral("\n".join([*runs, "f"]))
    canvas.restoreState()


def _runs(row: bytes) -> Iterable[tuple[int, int]]:
    """Where dark squares stand together: (first, how many)."""
    start = row.find(1)
    while start >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield start, end - start
        start = row.find(1, end)


def _sentences(canvas: Canvas, wording: Wording) -> None:
    baseline = 92 * mm
    for message in (HOW, OTHERWISE):
        zh, en = wording.both(message)
        centred(canvas, zh, (MIDDLE, baseline), 15)
        centred(canvas, en, (MIDDLE, baseline - 6 * mm), 10.5)
        baseline -= 15 * mm
    baseline -= 1 * mm
    for text in (text for both in zip(*map(wording.both, (SEALED, DESTROYED)), strict=True) for text in both):
        for line in lines(text, font_of(text), 10.5, ROOM):
            centred(canvas, line, (MIDDLE, baseline), 10.5)
            baseline -= 5.2 * mm


def _foot(canvas: Canvas, poster: Poster, wording: Wording) -> None:
    """The code for people, and which code of the zone this is, from when until when."""
    zh, en = wording.both(SHORT)
    centred(canvas, f"{zh} {en}", (MIDDLE, 35 * mm), 9)
    canvas.setFont("Courier-Bold", 22)
    canvas.drawCentredString(MIDDLE, 26 * mm, poster.short)
    dates = " / ".join(day.isoformat() for day in (poster.issued, poster.until) if day)
    zh, en = wording.both(ISSUED)
    centred(canvas, f"{zh} {en}: {dates}   {poster.number}", (MIDDLE, 18 * mm), 9)
