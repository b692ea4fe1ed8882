"""Who shared place and time with a case, found among sealed days: only rows that met a case are opened.

The case's own rows are found by its tokens of each day and opened; the zones they name become tokens again, of every
day that they touch; rows of those zones whose slots touch the case's time, and the time after it in which being there
counts, are opened. Those are few, and are what `exposure` answers from, to the second. A ring 2 goes on from there in
the same way. Rows are kept as `exposure` segments of slots, with the sealed rest beside each.

What leaves is the least that serves (PRIVACY R10): people over the threshold and minutes, no zone, no time.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from epiloop.exposure import Columns, Contact, OpenDay, Segment, Terms, Traced, Visit, columns, decode, encode, merge
from epiloop.exposure import trace as search
from epiloop.exposure.search import Ranges, present, ranges, rows_of
from epiloop.exposure.segment import Buffer, Tokens
from epiloop.exposure.tracing import onward
from epiloop.exposure.visits import NO_SEAT, Source
from keyservice.days import DayKeys
from keyservice.opening import Stay
from keyservice.stored import PAYLOAD_BYTES, SLOT, TOKEN_BYTES, Keeper, Stored

_VISIT = slice(PAYLOAD_BYTES, PAYLOAD_BYTES + TOKEN_BYTES)
_SLOT = slice(_VISIT.stop, _VISIT.stop + 2)


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


def block(rows: Iterable[Stored], start: int) -> bytes:
    """Rows of one day, which begins with second `start`, as a segment of slots."""
    told = list(rows)
    slots = np.array([row.slots for row in told], np.int64).reshape(-1, 2)
    rest = b"".join(row.payload + row.visit + row.slot.to_bytes(2, "big") for row in told)
    count = len(told)
    return encode(
        Columns(
            person=_tokens([row.person for row in told]),
            place=_tokens([row.zone for row in told]),
            entered=start + slots[:, 0] * SLOT,
            left=start + (slots[:, 1] + 1) * SLOT,
            kind=np.zeros(count, np.uint16),
            row=np.full(count, NO_SEAT, np.int16),
            origin=np.full(count, Source.CHECK_IN, np.uint8),
            sealed=np.frombuffer(rest, np.uint8).reshape(count, _SLOT.stop),
            kinds=("",),
        )
    )


def renewed(blocks: Sequence[Buffer], gone: Collection[bytes] = ()) -> bytes:
    """Several blocks of one day as one, without the rows whose visits have these tokens (see `stored.replaced`): what
    is known of them now comes in a block of its own. Needs no key.
    """
    every = merge([decode(one) for one in blocks or [block((), 0)]])
    kept = np.array([visit.tobytes() not in gone for visit in every.sealed[:, _VISIT]], bool)
    names = ("person", "place", "entered", "left", "kind", "row", "origin", "sealed")
    return encode(replace(every, **{name: getattr(every, name)[kept] for name in names}))


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
        places: Sequence[str],
        second_until: int | None = None,
        doubtful: bool = False,
    ) -> Answer:
        """Everybody over the threshold of ring 1, and of ring 2 if `second_until` says until when those of ring 1 may
        have met others. `places`: the kinds of places, by number. Check-ins that are not plausible are left out unless
        `doubtful` (PRIVACY R25). Raises InvalidInput where the clause has no ring 2, Broken for a row that was changed.
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
        for source, stays in self._stays(sources, met):
            lag = {stay.zone: 0 for stay in stays}
            for stay in stays:
                lag[stay.zone] = max(lag[stay.zone], terms.setting(met.kind(stay)).lag)
            for stay in stays:
                start, end = max(stay.entered, source.since), min(stay.left, source.until)
                asked.add((stay.zone, start, end + lag[stay.zone]))
        questions = sorted(asked)
        for day in self._days:
            day.open_there(questions, met)

    def _stays(self, sources: Sequence[Traced], met: "_Found") -> Iterable[tuple[Traced, list[Stay]]]:
        """What each source did within its window."""
        people = [met.people[source.person] for source in sources]
        there: dict[bytes, list[Stay]] = {person: [] for person in people}
        for day in self._days:
            for stay in day.open_of(list(there), met):
                if stay.person in there:  # half a token may, once in ages, be another person's too
                    there[stay.person].append(stay)
        for person, source in zip(people, sources, strict=True):
            yield (
                source,
                [one for one in there[person] if max(one.entered, source.since) < min(one.left, source.until)],
            )


class _Found:
    """What was opened so far: each row once, people and zones as numbers that stand for them here only."""

    def __init__(self, places: Sequence[str], *, doubtful: bool) -> None:
        self._places, self._doubtful = places, doubtful
        self._stays: dict[tuple[int, int], Stay | None] = {}
        self._numbers: dict[bytes, int] = {}
        self._zones: dict[bytes, int] = {}
        self.people: list[bytes] = []

    @property
    def opened(self) -> int:
        """How many rows."""
        return len(self._stays)

    def number(self, person: bytes) -> int:
        """The number of a person."""
        if person not in self._numbers:
            self._numbers[person] = len(self.people)
            self.people.append(person)
        return self._numbers[person]

    def kind(self, stay: Stay) -> str:
        """The kind of place; one that nobody knows has the default terms."""
        return self._places[stay.place] if stay.place < len(self._places) else ""

    def take(self, where: tuple[int, int], read: Callable[[int], Stay]) -> Stay | None:
        """The row, opened unless it was; None for one that is left out."""
        if where not in self._stays:
            stay = read(where[1])
            self._stays[where] = stay if self._doubtful or not stay.doubts else None
        return self._stays[where]

    def day(self) -> OpenDay:
        """All of it, to be searched to the second."""
        visits = [self._visit(stay) for stay in self._stays.values() if stay is not None]
        return OpenDay(decode(encode(columns(visits))))

    def _visit(self, stay: Stay) -> Visit:
        zone = self._zones.setdefault(stay.zone, len(self._zones))
        return Visit(self.number(stay.person), zone, self.kind(stay), stay.entered, stay.left, presumed=stay.presumed)


class _Day:
    """A block and the keeper of its day."""

    def __init__(self, segment: Segment, keeper: Keeper) -> None:
        self._segment, self._keeper = segment, keeper

    def open_of(self, people: Sequence[bytes], met: "_Found") -> list[Stay]:
        """All that people did on this day."""
        found = rows_of(self._segment, _tokens(map(self._keeper.person, people)))
        return self._open(found.rows.tolist(), met)

    def open_there(self, questions: Sequence[tuple[bytes, int, int]], met: "_Found") -> None:
        """All who were in a zone from when until when."""
        segment = self._segment
        asked = [one for one in questions if one[1] < segment.latest and one[2] > segment.base]
        zones = {zone: self._keeper.zone(zone) for zone, _, _ in asked}
        since, until = (np.array([one[at] for one in asked], np.int64) for at in (1, 2))
        among: Ranges = ranges(segment, _tokens(zones[one[0]] for one in asked), since, until)
        found = present(segment, among, since, until)
        self._open(np.unique(found.rows).tolist(), met)

    def _open(self, rows: Sequence[int], met: "_Found") -> list[Stay]:
        return [stay for row in rows if (stay := met.take((id(self), row), self._read)) is not None]

    def _read(self, row: int) -> Stay:
        rest = self._segment.sealed[row].tobytes()
        return self._keeper.open(rest[_VISIT], int.from_bytes(rest[_SLOT], "big"), rest[:PAYLOAD_BYTES])


def _met(ring: int, one: Contact, people: Sequence[bytes], cases: Mapping[int, int]) -> Met:
    return Met(people[one.person], ring, cases.get(one.source), one.together // 60, one.after // 60)


def _tokens(tokens: Iterable[bytes]) -> Tokens:
    """The first half of each token, as a number to search by; what is opened says whether it is the one."""
    return np.array([int.from_bytes(token[:8], "big") for token in tokens], np.uint64)
