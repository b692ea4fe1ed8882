"""Where one person was, from all messages under all their codes, to the second."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain

from epiloop.exposure import Segment
from epiloop.exposure.visits import Source, moment
from epiloop.vault.answers import SeenAt
from epiloop.vault.spots import area
from epiloop.vault.visits import Kind, kind_number
from keyservice.days import DayKeys
from keyservice.gathering import FORM
from keyservice.opened import OpenedDay, days_of
from keyservice.opening import Piece, Stay, stays
from keyservice.stored import FORM_BYTES, read
from keyservice.travel import LONGEST_WAY, Presence, jumps

Days = Callable[[], tuple[Mapping[date, Sequence[Segment]], Mapping[date, DayKeys]]]
"""Gives all segments of the days that are kept, with their keys (`keeping.Keeping.days`)."""


def visits_of(days: Days, codes: Sequence[bytes], window: tuple[int, int], kinds: Sequence[str]) -> list[SeenAt]:
    """The stays that touch a window (seconds, half-open), cut to it, by time. `kinds`: words for kinds of places."""
    words, (since, until) = {kind_number(one): one for one in kinds}, window
    found = stays(_pieces(days_of(*days()), codes, window), lambda _code: codes[0])
    found.sort(key=lambda one: (one.entered, one.left, one.zone))
    apart = jumps(_presences(found))
    return [
        _seen(one, window, words, doubtful=bool(one.doubts) or number in apart)
        for number, one in enumerate(found)
        if max(one.entered, since) < min(one.left, until)
    ]


def _pieces(days: Sequence[OpenedDay], codes: Sequence[bytes], window: tuple[int, int]) -> Iterator[Piece]:
    """What they said on the days that the window touches, and on those beside them where it may tell when a presumed
    stay ended, or that somebody was too far away shortly before or after midnight.
    """
    asked = [at for at, day in enumerate(days) if window[0] < day.latest and window[1] > day.base]
    found = {at: list(_of_day(days[at], codes)) for at in asked}
    for at in asked:
        for beside in (at - 1, at + 1):
            if beside not in found and 0 <= beside < len(days) and _reaches(days[at], days[beside], found[at]):
                found[beside] = list(_of_day(days[beside], codes))
    first = min(found, default=0)
    while first > 0 and _adjoin(days[first - 1], days[first]) and _begins(days[first], found[first]):
        first -= 1
        found[first] = list(_of_day(days[first], codes))
    return chain.from_iterable(found.values())


def _reaches(day: OpenedDay, beside: OpenedDay, pieces: Sequence[Piece]) -> bool:
    """Whether something at doors was so near the day beside that the longest way would not be over."""
    if abs(beside.day - day.day) != timedelta(days=1) or not beside.latest:
        return False
    doors = [one.said for one in pieces if one.said.source == Source.CHECK_IN]
    if beside.day < day.day:
        return any(one.entered < beside.latest + LONGEST_WAY for one in doors)
    last = (one.until if one.kind == Kind.OUT else one.entered for one in doors)
    return any(at > beside.base - LONGEST_WAY for at in last)


def _begins(day: OpenedDay, pieces: Sequence[Piece]) -> bool:
    """Whether they were somewhere when the day began."""
    return any(piece.said.entered == day.base for piece in pieces)


def _adjoin(earlier: OpenedDay, later: OpenedDay) -> bool:
    return later.day - earlier.day == timedelta(days=1) and later.base <= earlier.latest


def _of_day(day: OpenedDay, codes: Sequence[bytes]) -> Iterator[Piece]:
    forms = day.of(codes).astype(FORM).tobytes()  # numpy may have turned the bytes of numbers
    for at in range(0, len(forms), FORM_BYTES):
        yield read(forms[at : at + FORM_BYTES])


def _presences(told: Iterable[Stay]) -> Iterator[Presence]:
    """What was said at doors, as far as no gate found it not plausible already."""
    for number, one in enumerate(told):
        if one.source == Source.CHECK_IN and not one.doubts:
            yield Presence(one.entered, one.entered if one.presumed else one.left, area(one.zone), number)


def _seen(stay: Stay, window: tuple[int, int], words: Mapping[int, str], *, doubtful: bool) -> SeenAt:
    entered, left = max(stay.entered, window[0]), min(stay.left, window[1])
    return SeenAt(
        stay.zone,
        words.get(stay.place, ""),
        moment(entered),
        moment(left),
        stay.presumed,
        stay.source,
        stay.row,
        doubtful,
    )
