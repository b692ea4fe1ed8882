"""What a search has opened so far, and who is who in it: people and zones as numbers that stand for them here only."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from threading import Lock
from typing import Self

import numpy as np
from numpy.typing import NDArray

from epiloop.core.errors import N_, Refused
from epiloop.core.instants import ONE_DAY
from epiloop.exposure import Columns, Segment, Terms, Traced, arranged
from epiloop.exposure.segment import PRESUMED, Tokens
from epiloop.exposure.visits import NO_SEAT, Source
from epiloop.vault.visits import NO_ROW, Kind, kind_number
from keyservice.carriages import as_known, on_board, unsaid
from keyservice.folding import Forms, Numbers, Stays, Visits, cut, folded, groups
from keyservice.gathering import FORM
from keyservice.opened import OpenedDay, Wanted, among, by_day, joined, sealed_rows, there
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
_NEVER, _NOBODY = 2**62, np.zeros(0, np.uint64)


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

    @property
    def have_one_code(self) -> bool:
        """Whether nobody has, or can have, another code."""
        return self._same is None and not self._name

    def find(self, codes: Iterable[bytes]) -> None:
        """Find out other codes of the people of codes; of each once."""
        fresh = set(codes) - self._asked
        if self._same is not None and fresh:
            self._asked |= fresh
            for every in self._same(fresh).values():
                self.join(every)

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


@dataclass(slots=True, eq=False, repr=False)
class Part:
    """Rows that were opened together, with the number of the day and the token of the person; `asked`: which of them
    for what those did on that day, and not only for what they did on the one beside it.
    """

    forms: Forms
    day: Numbers
    person: Tokens
    asked: NDArray[np.bool_]


class Found:
    """Opens days for a search, each row once. `places`: the words for kinds of places; `opened`: how many rows were. A
    context: at its end the next large search goes on.
    """

    def __init__(self, days: Sequence[OpenedDay], places: Iterable[str], people: People) -> None:
        self._days, self._people = days, people
        self._kinds = {kind_number(words): words for words in ("", *places)}
        self.opened = 0
        self._edges = _edges(days)
        self._told: list[Forms] = []
        self._parts: list[Part] = []
        self._alone = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_wrong: object) -> None:
        self._told.clear()
        self._parts.clear()
        if self._alone:
            self._alone = False
            _large.release()

    def tell(self, code: bytes, zone: bytes, kind: str, times: tuple[int, int], origin: tuple[int, int]) -> None:
        """Where somebody was, known from elsewhere: from when until when; number of the source, row of a seat."""
        self._kinds[kind_number(kind)] = kind
        form = np.zeros(1, FORM)
        form["kind"], form["place"], form["visit"] = Kind.OUT, kind_number(kind), self._own_id()
        form["entered"], form["until"] = times[0], max(times[1], times[0] + 1)
        form["source"], form["row"] = origin
        form["zone"], form["person"] = np.void(zone), np.void(code)
        self._told.append(form)

    def gather(self, sources: Sequence[Traced], terms: Terms) -> None:
        """Open what the sources did within their windows, and who was there."""
        if sources:
            self._open(self._own(sources))
            self._open(there(self._days, *self._questions(sources, terms)))

    def readings(self) -> tuple[Segment, Segment]:
        """All visits that are known, to be searched to the second, read in two ways: with those that a gate doubted and
        with check-ins of one person that cannot both be, which end nobody's stay then; and without them, though what
        cannot both be ends stays (PRIVACY R25), and nobody in a carriage that nobody said meets those of another one.
        One and the same where there is none of this.
        """
        found, person, apart = self._visits()
        every = self._segment(cut(found.stays, person, apart | found.doubted), person)
        if not (apart | found.doubted).any() and not unsaid(found.stays).any():
            return every, every
        told = np.flatnonzero(~found.doubted)
        sure = ~apart[told]
        plausible = cut(as_known(found.stays).pick(told), person[told]).pick(sure)
        return every, self._segment(plausible, person[told][sure])

    def _segment(self, stays: Stays, person: Numbers) -> Segment:
        kinds = sorted(set(self._kinds.values()))
        place, first = groups(stays.place)
        number = np.array([kinds.index(self._kinds.get(one, "")) for one in stays.place[first].tolist()], np.uint16)
        given = Columns(
            person=person.astype(np.uint64),
            place=stays.zone.astype(np.uint64),
            entered=stays.entered,
            left=stays.left,
            kind=number[place],
            row=np.where(stays.row == NO_ROW, NO_SEAT, stays.row).astype(np.int16),
            origin=(stays.source | PRESUMED * stays.presumed).astype(np.uint8),
            sealed=np.zeros((len(stays), 0), np.uint8),
            kinds=tuple(kinds),
        )
        return arranged(given)

    def _own(self, sources: Sequence[Traced]) -> Wanted:
        """The tokens of the sources, on the days that their windows touch."""
        names = self._people.names
        touching = [
            [names[one.person] for one in sources if one.since < day.latest and one.until > day.base]
            for day in self._days
        ]
        return self._tokens(enumerate(touching))

    def _open(self, wanted: Wanted) -> None:
        """Open what people did on days, and what may change what is known of it: the day before of those who were
        somewhere when a day began, because it tells what ended their stays, and the day beside of those who were at a
        door shortly before or after midnight, because they cannot have been far away there.
        """
        self._take(wanted, asked=True)
        parts = self._parts
        while wanted := self._beside(parts):
            parts = self._take(wanted, asked=False)

    def _take(self, wanted: Wanted, *, asked: bool) -> list[Part]:
        """Open the rows of people on days, and those under other codes of the same people. `asked`: for what they did
        on that day themselves, and not on the one beside it.
        """
        begun = len(self._parts)
        if asked:
            self._ask(wanted)
        while wanted:
            before = len(self._parts)
            for rows in sealed_rows(self._days, wanted):
                self._count(len(rows))
                self._parts.append(Part(rows.open(), rows.day, rows.person, np.full(len(rows), asked)))
            wanted = self._others(self._parts[before:])
        return self._parts[begun:]

    def _ask(self, wanted: Wanted) -> None:
        """Ask for rows that are open already because of the day beside."""
        again = np.sort(np.concatenate([_NOBODY, *(self._days[at].known(people) for at, people in wanted.items())]))
        for part in self._parts if len(again) else ():
            part.asked |= among(again, part.person)

    def _others(self, parts: Iterable[Part]) -> Wanted:
        """The tokens of other codes of the same people, on the same days."""
        if self._people.have_one_code:
            return {}
        told: dict[int, set[bytes]] = {}
        for part in parts:
            for at, of in by_day(part.day):
                told.setdefault(at, set()).update(part.forms["person"][of].tolist())
        self._people.find(set().union(*told.values()))
        return self._tokens((at, self._people.codes(codes) - codes) for at, codes in told.items())

    def _beside(self, parts: Sequence[Part]) -> Wanted:
        """The tokens of those of whom the day before or after is needed, see `_open`."""
        if not parts:
            return {}
        entered, until, kind, source = (
            np.concatenate([part.forms[name] for part in parts]) for name in ("entered", "until", "kind", "source")
        )
        day = np.concatenate([part.day for part in parts])
        doors = np.concatenate([part.asked for part in parts]) & (source == Source.CHECK_IN)
        begun, ended, next_ = self._edges[:, day]
        said = np.where(kind & ~np.uint8(MORE) == Kind.OUT, until, entered)
        early = (entered == begun) | doors & (entered < ended + LONGEST_WAY)
        late = doors & (said > next_ - LONGEST_WAY)
        wanted: dict[int, set[bytes]] = {}
        for which, way in ((early, -1), (late, 1)):
            rows = np.flatnonzero(which)
            codes = joined(part.forms.data for part in parts)["person"][rows].tolist() if len(rows) else []
            for code, at in zip(codes, (day[rows] + way).tolist(), strict=True):
                wanted.setdefault(at, set()).add(code)
        return self._tokens(wanted.items())

    def _tokens(self, people: Iterable[tuple[int, Collection[bytes]]]) -> Wanted:
        """The tokens of people, under all their codes, on days."""
        return {at: self._days[at].tokens(self._people.codes(codes)) for at, codes in people if codes}

    def _count(self, rows: int) -> None:
        """Count rows before they are opened."""
        self.opened += rows
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
        return np.void(bytes([255]) * 8 + len(self._told).to_bytes(8, "big"))

    def _visits(self) -> tuple[Visits, Numbers, NDArray[np.bool_]]:
        """What follows from all that was opened and told, the numbers of the people, and which cannot be, of those that
        no gate doubted.
        """
        forms = joined(forms.data for forms in (*self._told, *(part.forms for part in self._parts)))
        found = on_board(folded(forms))
        person = self._people.numbers(found.codes)[found.stays.code]
        apart, told = np.zeros(len(person), bool), np.flatnonzero(~found.doubted)
        apart[told] = implausible(found.stays.pick(told), person[told], found.zones)
        return found, person, apart

    def _questions(self, sources: Sequence[Traced], terms: Terms) -> tuple[Forms, Numbers, Numbers]:
        """Which zones the sources were in, from when until when being there counts."""
        found, person, apart = self._visits()
        stays, zones = cut(found.stays, person, apart | found.doubted), found.zones
        window = np.zeros((2, len(self._people)), np.int64)
        window[:, [one.person for one in sources]] = [one.since for one in sources], [one.until for one in sources]
        start, end = np.maximum(stays.entered, window[0][person]), np.minimum(stays.left, window[1][person])
        asked = start < end
        zone, lag = stays.zone[asked], self._lag(stays.place[asked], terms)
        # What a source did at a place first says which terms count there: the longest lag is enough for all of them.
        spot, spots = groups(person[asked] * (len(zones) + 1) + zone)
        longest = np.zeros(len(spots), np.int64)
        np.maximum.at(longest, spot, lag)
        return zones[zone], start[asked], end[asked] + longest[spot]

    def _lag(self, place: Numbers, terms: Terms) -> Numbers:
        number, first = groups(place)
        lags = [terms.setting(self._kinds.get(one, "")).lag for one in place[first].tolist()]
        return np.array(lags, np.int64)[number]


def _edges(days: Sequence[OpenedDay]) -> Numbers:
    """Of each day when it begins, when what is known of the day before ends, and when that of the day after begins; for
    those of which nothing is known beside it, a time that nothing is before, or after.
    """
    begun, ended, following = ([none] * len(days) for none in (-1, -_NEVER, _NEVER))
    for at, (day, after) in enumerate(pairwise(days)):
        if after.day - day.day == ONE_DAY and day.latest and after.latest:
            begun[at + 1] = following[at] = after.base
            ended[at + 1] = day.latest
    return np.array([begun, ended, following], np.int64)
