"""Who shared place and time with a case, found among sealed days: only rows of people who met a case are opened.

The case's own rows are found by its tokens of each day and opened; the zones they name become tokens again, of every
day that they touch; rows of those zones whose slots touch the case's time, and the time after it in which being there
counts, are opened, and with them all that those people did on that day, because a check-out or another place may end a
stay. Those are few, and are what `exposure` answers from, to the second. A ring 2 goes on from there in the same way.

What leaves is the least that serves (PRIVACY R10): people over the threshold and minutes, no zone, no time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from epiloop.exposure import Contact, OpenDay, Segment, Terms, Traced, Visit, columns, decode, encode
from epiloop.exposure import trace as search
from epiloop.exposure.search import Ranges, present, ranges, rows_of
from epiloop.exposure.segment import Buffer, Tokens
from epiloop.exposure.tracing import onward
from epiloop.exposure.visits import NO_SEAT, Source
from epiloop.vault.visits import NO_ROW, kind_number
from keyservice.blocks import row_of
from keyservice.days import DayKeys
from keyservice.opening import Piece, Stay, stays
from keyservice.stored import Keeper, Stored


@dataclass(frozen=True, slots=True)
class Case:
    """A person whose contacts are looked for, each person once, from `since` until `until` (seconds, half-open)."""

    person: bytes = field(repr=False)
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody over the threshold of a ring. `case`: which of the cases; in ring 2, None. Whole minutes at the same
    places at the same time, and at places that the other one had left shortly before.
    """

    person: bytes = field(repr=False)
    ring: int
    case: int | None
    together: int
    after: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Who was met, in order of rank, and how many rows were opened for it (for the log)."""

    met: tuple[Met, ...]
    opened: int


class SealedDays:
    """The blocks of days (a day that grows has several), with the keys of the days that are held. Blocks of other days
    are not looked at.
    """

    def __init__(self, blocks: Mapping[date, Sequence[Buffer]], keys: Mapping[date, DayKeys]) -> None:
        self._days = [
            _Day(decode(one), Keeper(keys[day])) for day in sorted(blocks) if day in keys for one in blocks[day]
        ]

    def trace(
        self,
        cases: Sequence[Case],
        terms: Terms,
        *,
        places: Iterable[str],
        second_until: int | None = None,
        doubtful: bool = False,
    ) -> Answer:
        """Everybody over the threshold of ring 1, and of ring 2 if `second_until` says until when those of ring 1 may
        have met others. `places`: the words for kinds of places, which travel as numbers. Check-ins that are not
        plausible are left out unless `doubtful` (PRIVACY R25). Raises InvalidInput where the clause has no ring 2,
        Broken for a row that was changed.
        """
        met = _Found(places, doubtful=doubtful)
        traced = [Traced(met.number(case.person), case.since, case.until) for case in cases]
        self._gather(traced, terms, met)
        if second_until is not None:
            terms.threshold(2)
            first = search([met.day()], traced, terms).first
            self._gather(onward(first, terms.latency, second_until), terms, met)
        rings = search([met.day()], traced, terms, second_until=second_until).rings()
        number = {one.person: at for at, one in enumerate(traced)}
        second = {one.person: one for one in reversed(rings.second)}  # by whom they were met most
        told = [(1, one) for one in rings.first] + [(2, one) for one in rings.second if second[one.person] is one]
        return Answer(tuple(_met(ring, one, met.people, number) for ring, one in told), met.opened)

    def _gather(self, sources: Sequence[Traced], terms: Terms, met: "_Found") -> None:
        """Open what the sources did, and who was there."""
        asked: set[tuple[bytes, int, int]] = set()
        for source, there in self._stays(sources, met):
            lag = {stay.zone: 0 for stay in there}
            for stay in there:
                lag[stay.zone] = max(lag[stay.zone], terms.setting(met.kind(stay)).lag)
            for stay in there:
                start, end = max(stay.entered, source.since), min(stay.left, source.until)
                asked.add((stay.zone, start, end + lag[stay.zone]))
        questions = sorted(asked)
        people = {person for day in self._days for person in day.open_there(questions, met)}
        for day in self._days:
            day.open_of(sorted(people), met)

    def _stays(self, sources: Sequence[Traced], met: "_Found") -> Iterable[tuple[Traced, list[Stay]]]:
        """What each source did within its window."""
        people = [met.people[source.person] for source in sources]
        for day in self._days:
            day.open_of(people, met)
        there: dict[bytes, list[Stay]] = {person: [] for person in people}
        for stay in met.stays():
            if stay.person in there:
                there[stay.person].append(stay)
        for person, source in zip(people, sources, strict=True):
            yield (
                source,
                [one for one in there[person] if max(one.entered, source.since) < min(one.left, source.until)],
            )


class _Found:
    """What was opened so far: each row once, people and zones as numbers that stand for them here only."""

    def __init__(self, places: Iterable[str], *, doubtful: bool) -> None:
        self._places, self._doubtful = {kind_number(words): words for words in places}, doubtful
        self._pieces: dict[bytes, Piece] = {}
        self._numbers: dict[bytes, int] = {}
        self._zones: dict[bytes, int] = {}
        self.people: list[bytes] = []

    @property
    def opened(self) -> int:
        """How many rows."""
        return len(self._pieces)

    def number(self, person: bytes) -> int:
        """The number of a person."""
        if person not in self._numbers:
            self._numbers[person] = len(self.people)
            self.people.append(person)
        return self._numbers[person]

    def kind(self, stay: Stay) -> str:
        """The kind of place; one that nobody knows has the default terms."""
        return self._places.get(stay.place, "")

    def take(self, row: Stored, keeper: Keeper) -> Piece:
        """The row, opened unless it was."""
        if row.payload not in self._pieces:
            self._pieces[row.payload] = keeper.open(row)
        return self._pieces[row.payload]

    def stays(self) -> list[Stay]:
        """What follows from all that was opened, without what is left out."""
        return [stay for stay in stays(self._pieces.values()) if self._doubtful or not stay.doubts]

    def day(self) -> OpenDay:
        """All of it, to be searched to the second."""
        return OpenDay(decode(encode(columns(map(self._visit, self.stays())))))

    def _visit(self, stay: Stay) -> Visit:
        zone, row = self._zones.setdefault(stay.zone, len(self._zones)), NO_SEAT if stay.row == NO_ROW else stay.row
        times = stay.entered, stay.left
        return Visit(self.number(stay.person), zone, self.kind(stay), *times, Source(stay.source), row, stay.presumed)


class _Day:
    """A block and the keeper of its day."""

    def __init__(self, segment: Segment, keeper: Keeper) -> None:
        self.segment, self.keeper = segment, keeper

    def open_of(self, people: Sequence[bytes], met: "_Found") -> None:
        """All that people did on this day."""
        self._open(rows_of(self.segment, _tokens(map(self.keeper.person, people))).rows.tolist(), met)

    def open_there(self, questions: Sequence[tuple[bytes, int, int]], met: "_Found") -> set[bytes]:
        """All who were in a zone from when until when."""
        segment = self.segment
        asked = [one for one in questions if one[1] < segment.latest and one[2] > segment.base]
        zones = {zone: self.keeper.zone(zone) for zone, _, _ in asked}
        since, until = (np.array([one[at] for one in asked], np.int64) for at in (1, 2))
        among: Ranges = ranges(segment, _tokens(zones[one[0]] for one in asked), since, until)
        found = present(segment, among, since, until)
        return {piece.said.person for piece in self._open(np.unique(found.rows).tolist(), met)}

    def _open(self, rows: Sequence[int], met: "_Found") -> list[Piece]:
        return [met.take(row_of(self.segment, row, self.keeper.day), self.keeper) for row in rows]


def _met(ring: int, one: Contact, people: Sequence[bytes], cases: Mapping[int, int]) -> Met:
    return Met(people[one.person], ring, cases.get(one.source), one.together // 60, one.after // 60)


def _tokens(tokens: Iterable[int]) -> Tokens:
    return np.array(list(tokens), np.uint64)
