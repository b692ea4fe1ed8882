"""What a search has opened so far, and who is who in it: people and zones as numbers that stand for them here only."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from threading import Lock
from typing import Self

import numpy as np
from numpy.typing import NDArray

from epiloop.core.errors import N_, Refused
from epiloop.exposure import Columns, Segment, Terms, Traced, decode, encode
from epiloop.exposure.segment import PRESUMED
from epiloop.exposure.visits import NO_SEAT, Source
from epiloop.vault.visits import NO_ROW, Kind, kind_number
from keyservice.folding import Forms, Numbers, Stays, Visits, cut, folded
from keyservice.gathering import FORM
from keyservice.opened import OpenedDay
from keyservice.stored import MORE
from keyservice.travel import LONGEST_WAY, implausible

Same = Callable[[Collection[bytes]], Mapping[bytes, Sequence[bytes]]]
"""Asked with codes of people, in portions: gives, for those whose person has several, all codes of that person that are
known, the one to answer with first."""


MOST_ROWS = 8_000_000
"""More are not opened for one search: that would be half a city, and several gigabytes of memory."""


LARGE_ROWS = 200_000
"""A search that opened more is the only one of its kind in this process until it has answered: the others wait."""
_large = Lock()


class People:
    """Which codes are of one person, as far as it is known."""

    def __init__(self, same: Same | None) -> None:
        self._same = same
        self._asked: set[bytes] = set()
        self._name: dict[bytes, bytes] = {}
        self._codes: dict[bytes, tuple[bytes, ...]] = {}
        self._numbers: dict[bytes, int] = {}

    def join(self, codes: Sequence[bytes]) -> None:
        """These are codes of one person; the first one known is the one to answer with."""
        names = dict.fromkeys(self._name.get(code, code) for code in codes)
        name = next((one for one in names if one in self._codes), codes[0])
        every = dict.fromkeys([*(code for one in names for code in self._codes.get(one, (one,))), *codes])
        self._codes[name] = tuple(every)
        if len(every) > 1:
            self._name |= dict.fromkeys(every, name)

    def others(self, codes: Callable[[], Iterable[bytes]]) -> list[bytes]:
        """Other codes of the people of codes; of each it is found out once."""
        if self._same is None and not self._name:
            return []
        told = set(codes())
        fresh = told - self._asked
        if self._same is not None and fresh:
            self._asked |= fresh
            for every in self._same(fresh).values():
                self.join(every)
        return sorted(self.codes(told) - told)

    def codes(self, codes: Iterable[bytes]) -> set[bytes]:
        """All codes of the people of codes."""
        told = set(codes)
        return told.union(*(self._codes[self._name[code]] for code in told & self._name.keys()))

    def numbers(self, codes: Sequence[bytes]) -> Numbers:
        """The numbers of the people of codes."""
        named = [self._name.get(code, code) for code in codes] if self._name else codes
        known = self._numbers
        return np.fromiter((known.setdefault(code, len(known)) for code in named), np.int64, len(named))

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def names(self) -> list[bytes]:
        """The code to answer with, by number of the person."""
        return list(self._numbers)


class Found:
    """Opens days for a search, each row once. `places`: the words for kinds of places. A context: at its end the next
    large search goes on.
    """

    def __init__(self, days: Sequence[OpenedDay], places: Iterable[str], people: People, *, doubtful: bool) -> None:
        self._days, self._people, self._doubtful = days, people, doubtful
        self._kinds = {kind_number(words): words for words in ("", *places)}
        self._forms: list[Forms] = []
        self._alone = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_wrong: object) -> None:
        self._forms.clear()
        if self._alone:
            self._alone = False
            _large.release()

    @property
    def opened(self) -> int:
        """How many rows."""
        return sum(day.opened for day in self._days)

    def tell(self, code: bytes, zone: bytes, kind: str, times: tuple[int, int], origin: tuple[int, int]) -> None:
        """Where somebody was, known from elsewhere: from when until when; number of the source, row of a seat."""
        self._kinds[kind_number(kind)] = kind
        form = np.zeros(1, FORM)
        form["kind"], form["place"], form["visit"] = Kind.OUT, kind_number(kind), self._own_id()
        form["entered"], form["until"] = times[0], max(times[1], times[0] + 1)
        form["source"], form["row"] = origin
        form["zone"], form["person"] = np.void(zone), np.void(code)
        self._forms.append(form)

    def gather(self, sources: Sequence[Traced], terms: Terms) -> None:
        """Open what the sources did within their windows, and who was there."""
        if not sources:
            return
        self._open_own(sources)
        zones, since, until = self._questions(sources, terms)
        for at, day in enumerate(self._days):
            touching = np.flatnonzero((since < day.latest) & (until > day.base))
            if len(touching):
                there = zones[touching].tolist()
                self._follow(at, day.there(there, since[touching], until[touching]))

    def readings(self) -> tuple[Segment, Segment]:
        """All visits that are known, to be searched to the second, read in two ways: with check-ins of one person that
        cannot both be, which end nobody's stay then; and without them, though they end stays (PRIVACY R25). One and the
        same where there are none.
        """
        found, person, apart = self._visits()
        every = self._segment(cut(found.stays, person, apart), person)
        if not apart.any():
            return every, every
        return every, self._segment(cut(found.stays, person).pick(~apart), person[~apart])

    def _segment(self, stays: Stays, person: Numbers) -> Segment:
        kinds = sorted(set(self._kinds.values()))
        places, place = np.unique(stays.place, return_inverse=True)
        number = np.array([kinds.index(self._kinds.get(one, "")) for one in places.tolist()], np.uint16)
        given = Columns(
            person=person.astype(np.uint64),
            place=stays.zone.astype(np.uint64),
            entered=stays.entered,
            left=stays.left,
            kind=number[place] if len(places) else np.zeros(0, np.uint16),
            row=np.where(stays.row == NO_ROW, NO_SEAT, stays.row).astype(np.int16),
            origin=(stays.source | PRESUMED * stays.presumed).astype(np.uint8),
            sealed=np.zeros((len(stays), 0), np.uint8),
            kinds=tuple(kinds),
        )
        return decode(encode(given))

    def _open_own(self, sources: Sequence[Traced]) -> None:
        names = self._people.names
        for at, day in enumerate(self._days):
            touching = [names[one.person] for one in sources if one.since < day.latest and one.until > day.base]
            self._follow(at, day.of(sorted(self._people.codes(touching))))

    def _follow(self, at: int, forms: Forms) -> None:
        """Keep what was opened of a day. Other codes of the same people are opened too, and the day before of those who
        were somewhere when the day began: then all that may have ended their stays is known. Of those who were
        somewhere shortly before or after midnight the day beside is: they cannot have been far away there.
        """
        waiting = [(at, forms, True)]
        while waiting:
            at, forms, asked = waiting.pop()
            if not len(forms):
                continue
            self._forms.append(forms)
            self._check_amount()
            day = self._days[at]
            waiting.append((at, day.of(self._people.others(forms["person"].tolist)), asked))
            for beside, which in self._beside(at, forms, asked=asked):
                codes = forms["person"][which].tolist()
                if codes:
                    waiting.append((beside, self._days[beside].of(sorted(self._people.codes(codes))), False))

    def _beside(self, at: int, forms: Forms, *, asked: bool) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """The days before and after one, if there is anything of them, and of which rows the people are opened there.
        `asked`: whether the rows were asked for by what somebody did on this day, and not on the one beside it.
        """
        day, doors = self._days[at], (forms["source"] == Source.CHECK_IN) & asked
        for beside in (at - 1, at + 1):
            other = self._days[beside] if 0 <= beside < len(self._days) else day
            if abs(other.day - day.day) != timedelta(days=1) or not other.latest:
                continue
            if beside < at:
                soon = doors & (forms["entered"] < other.latest + LONGEST_WAY)
                yield beside, soon | (forms["entered"] == day.base)
            else:
                said = np.where(forms["kind"] & ~np.uint8(MORE) == Kind.OUT, forms["until"], forms["entered"])
                yield beside, doors & (said > other.base - LONGEST_WAY)

    def _check_amount(self) -> None:
        if self.opened > LARGE_ROWS and not self._alone:
            self._alone = _large.acquire()
        if self.opened > MOST_ROWS:
            raise Refused(
                N_("This search would open more than %(most)s sealed messages."),
                remedy=N_("Ask for fewer cases, for fewer days, or without a second ring."),
                most=MOST_ROWS,
            )

    def _own_id(self) -> np.void:
        """An id for a visit that nobody sent."""
        return np.void(bytes([255]) * 8 + len(self._forms).to_bytes(8, "big"))

    def _visits(self) -> tuple[Visits, Numbers, NDArray[np.bool_]]:
        """What follows from all that was opened and told, the numbers of the people, and which cannot be."""
        found = folded(np.concatenate([np.zeros(0, FORM), *self._forms]), doubtful=self._doubtful)
        person = self._people.numbers(found.codes)[found.stays.code]
        return found, person, implausible(found.stays, person, found.zones)

    def _questions(self, sources: Sequence[Traced], terms: Terms) -> tuple[Forms, Numbers, Numbers]:
        """Which zones the sources were in, from when until when being there counts."""
        found, person, apart = self._visits()
        stays, zones = cut(found.stays, person, apart), found.zones
        window = np.zeros((2, len(self._people)), np.int64)
        for one in sources:
            window[:, one.person] = one.since, one.until
        start, end = np.maximum(stays.entered, window[0][person]), np.minimum(stays.left, window[1][person])
        asked = start < end
        zone, lag = stays.zone[asked], self._lag(stays.place[asked], terms)
        # What a source did at a place first says which terms count there: the longest lag is enough for all of them.
        spots, spot = np.unique(person[asked] * (len(zones) + 1) + zone, return_inverse=True)
        longest = np.zeros(len(spots), np.int64)
        np.maximum.at(longest, spot, lag)
        questions = np.unique(np.stack((zone, start[asked], end[asked] + longest[spot])), axis=1)
        return zones[questions[0]], questions[1], questions[2]

    def _lag(self, place: Numbers, terms: Terms) -> Numbers:
        places, number = np.unique(place, return_inverse=True)
        lags = [terms.setting(self._kinds.get(one, "")).lag for one in places.tolist()]
        return np.array(lags, np.int64)[number] if len(place) else place
