"""A person's time line, drawn on the server: stages as bars, tests as dots, now, and when it ends by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from django.utils.translation import gettext

from epiloop.core.instants import ONE_DAY, day_of, start_of_day
from epiloop.store.reading.people import PersonPage
from epiloop.store.tables import StageRow
from epiloop.web import said, titles
from epiloop.web.titles import Titles
from epiloop.web.whose import Shown

WIDE, NARROW = 980, 360
"""Widths of the drawing, in its own units: one for a desk and paper, one for a phone."""
EDGE, TOP, LOOP = 8, 18, 74
"""Its margin, the height of the line that says now, and the height of one loop."""
DAYS = {WIDE: 14, NARROW: 6}
"""Days named at most."""
STRICT = 50
"""Strictness from which on a stage is drawn as a strict one: isolation of any kind."""
TESTS = ("sample", "antigen")
MOST_DAYS = timedelta(days=75)
MOST_LOOPS = 5
LETTER = 6.6
"""How wide a letter is, about; a Chinese one twice that."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stage. `label` is "" where the bar is too short for it; `title` says it all."""

    x: float
    y: float
    width: float
    kind: str
    label: str
    title: str
    later: float
    """Width of what may come on top, up to the outer limit; 0 for nothing."""

    @property
    def later_x(self) -> float:
        """Where that begins."""
        return round(self.x + self.width, 1)

    @property
    def text_x(self) -> float:
        """Where the label stands."""
        return round(self.x + 6, 1)

    @property
    def text_y(self) -> float:
        """Its baseline."""
        return self.y + 17


@dataclass(frozen=True, slots=True)
class Dot:
    """A test or another daily duty: done, due, late or still to come."""

    x: float
    y: float
    kind: str
    size: float
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One loop of the time line."""

    title: str
    y: float
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole drawing."""

    width: int
    height: int
    rows: tuple[Row, ...]
    days: tuple[tuple[float, str], ...]
    now_x: float | None
    now: str
    end_x: float | None
    end: str
    label: str

    @property
    def now_text_x(self) -> float | None:
        """Where the word for now begins: right of its line, left of it near the edge."""
        if self.now_x is None:
            return None
        room = _wide(self.now) + 4
        return self.now_x + 4 if self.now_x + room < self.width - EDGE else max(EDGE, self.now_x - room)


@dataclass(frozen=True, slots=True)
class _Scale:
    start: datetime
    end: datetime
    width: int

    def x(self, at: datetime) -> float:
        share = (min(max(at, self.start), self.end) - self.start) / (self.end - self.start)
        return round(EDGE + (self.width - 2 * EDGE) * share, 1)


def timelines(page: PersonPage, duties: Sequence[Shown], words: Titles, at: datetime, zone: tzinfo) -> list[Timeline]:
    """The drawing for a desk and that for a phone; none if no stage is laid down."""
    drawn = (timeline(page, duties, words, at, zone, width=width) for width in (WIDE, NARROW))
    return [one for one in drawn if one]


def timeline(
    page: PersonPage, duties: Sequence[Shown], words: Titles, at: datetime, zone: tzinfo, *, width: int = WIDE
) -> Timeline | None:
    """The time line of a person's latest loops; None if no stage is laid down."""
    stages = [row for row in page.stages if row.ends is None or row.starts < row.ends]
    loops = [loop for loop in page.loops if any(row.loop == loop.key for row in stages)][:MOST_LOOPS]
    if not loops:
        return None
    keys = {loop.key for loop in loops}
    scale = _scale([row for row in stages if row.loop in keys], page, at, zone, width)
    rows = tuple(
        Row(
            title=words.measure(loop.measure),
            y=TOP + 18 + LOOP * n,
            bars=tuple(_bars((row for row in stages if row.loop == loop.key), loop.measure, words, scale, n)),
            dots=tuple(_dots((one for one in duties if one.duty.loop == loop.key), scale, n, at, zone)),
        )
        for n, loop in enumerate(loops)
    )
    end = page.person.controlled_until
    return Timeline(
        width=width,
        height=TOP + 30 + LOOP * len(loops) + 14,
        rows=rows,
        days=tuple(_days(scale, zone)),
        now_x=scale.x(at) if scale.start <= at <= scale.end else None,
        now=gettext("now %(time)s") % {"time": said.said_time(at, zone)},
        end_x=scale.x(end) if end and scale.start <= end <= scale.end else None,
        end=gettext("ends by itself %(moment)s") % {"moment": said.said_moment(end, at, zone)} if end else "",
        label=_label(scale, at, zone),
    )


def _scale(stages: Sequence[StageRow], page: PersonPage, at: datetime, zone: tzinfo, width: int) -> _Scale:
    ends = [end for row in stages for end in (row.ends or row.outer_end,) if end]
    until = page.person.controlled_until
    last = max([*ends, *([until] if until else []), max(row.starts for row in stages) + ONE_DAY])
    first = min(row.starts for row in stages)
    if first <= at:
        last = max(last, min(at, last + 5 * ONE_DAY))
    first = max(first, last - MOST_DAYS)
    start = start_of_day(day_of(first, zone) - ONE_DAY, zone)
    return _Scale(start, start_of_day(day_of(last, zone) + 2 * ONE_DAY, zone), width)


def _bars(stages: Iterable[StageRow], measure: str, words: Titles, scale: _Scale, n: int) -> Iterable[Bar]:
    for row in stages:
        end = row.ends or row.outer_end or scale.end
        left, right = scale.x(row.starts), scale.x(end)
        later = scale.x(row.outer_end) - right if row.waits_for and row.outer_end and row.outer_end > end else 0
        title = words.stage(row, measure)
        yield Bar(
            x=left,
            y=TOP + 26 + LOOP * n,
            width=round(max(right - left, 2), 1),
            kind="strict" if titles.strictness(row.status) >= STRICT else "mild",
            label=title if _wide(title) < right - left - 12 else "",
            title=_span_words(title, row),
            later=round(later, 1),
        )


def _dots(duties: Iterable[Shown], scale: _Scale, n: int, at: datetime, zone: tzinfo) -> Iterable[Dot]:
    for one in duties:
        duty = one.duty
        if duty.state == "void":
            continue
        when = duty.done_at or duty.due - timedelta(hours=12)
        if not scale.start <= when <= scale.end:
            continue
        yield Dot(
            x=scale.x(when),
            y=TOP + (62 if duty.kind in TESTS else 74) + LOOP * n,
            kind=state_of(one, at),
            size=5 if duty.kind in TESTS else 3,
            title=f"{one.title}: {_when(one, at, zone)}",
        )


def state_of(one: Shown, at: datetime) -> str:
    """done, late, due (today) or later."""
    duty = one.duty
    if duty.state == "done":
        return "done"
    if duty.due <= at:
        return "late"
    return "due" if duty.due - at <= ONE_DAY else "later"


def _when(one: Shown, at: datetime, zone: tzinfo) -> str:
    if one.duty.done_at:
        return said.said_done(one.duty.done_at, at, zone)
    return said.said_late(one.duty.due, at) or said.said_due(one.duty.due, at, zone)


def _days(scale: _Scale, zone: tzinfo) -> Iterable[tuple[float, str]]:
    first, last = day_of(scale.start, zone), day_of(scale.end, zone)
    step = max(1, -(-(last - first).days // DAYS[scale.width]))
    month: int | None = None
    for n in range(0, (last - first).days, step):
        day = first + n * ONE_DAY
        yield scale.x(start_of_day(day, zone)), said.said_date(day, day) if day.month != month else _plain(day)
        month = day.month


def _plain(day: date) -> str:
    return gettext("%(day)d") % {"day": day.day}


def _label(scale: _Scale, at: datetime, zone: tzinfo) -> str:
    today = day_of(at, zone)
    days = {
        "first": said.said_date(day_of(scale.start, zone), today),
        "last": said.said_date(day_of(scale.end, zone) - ONE_DAY, today),
    }
    return gettext("Stages and tests from %(first)s to %(last)s") % days


def _span_words(title: str, row: StageRow) -> str:
    words = {"title": title, "first": said.said_date(row.first_day, row.first_day)}
    if row.last_day is None:
        return gettext("%(title)s from %(first)s until its conditions are met") % words
    return gettext("%(title)s, %(first)s to %(last)s") % {**words, "last": said.said_date(row.last_day, row.first_day)}


def _wide(text: str) -> float:
    return sum(LETTER * (2 if ord(letter) > 0x2E7F else 1) for letter in text)
