"""Where one person was, from all messages under all their codes, to the second."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from epiloop.exposure.segment import Buffer
from epiloop.exposure.visits import moment
from epiloop.vault.answers import SeenAt
from epiloop.vault.visits import kind_number
from keyservice.days import DayKeys
from keyservice.gathering import FORM
from keyservice.opened import days_of
from keyservice.opening import Piece, Stay, stays
from keyservice.stored import FORM_BYTES, read

Days = Callable[[], tuple[Mapping[date, Sequence[Buffer]], Mapping[date, DayKeys]]]
"""Gives all blocks of the days that are kept, with their keys (`keeping.Keeping.days`)."""


def visits_of(days: Days, codes: Sequence[bytes], window: tuple[int, int], kinds: Sequence[str]) -> list[SeenAt]:
    """The stays that touch a window (seconds, half-open), cut to it, by time. `kinds`: words for kinds of places."""
    words, (since, until) = {kind_number(one): one for one in kinds}, window
    found = stays(_pieces(days, codes), lambda _code: codes[0])
    there = [one for one in found if max(one.entered, since) < min(one.left, until)]
    return [_seen(one, window, words) for one in sorted(there, key=lambda one: (one.entered, one.left, one.zone))]


def _pieces(days: Days, codes: Sequence[bytes]) -> Iterator[Piece]:
    for day in days_of(*days()):
        forms = day.of(codes).astype(FORM).tobytes()  # numpy may have turned the bytes of numbers
        for at in range(0, len(forms), FORM_BYTES):
            yield read(forms[at : at + FORM_BYTES])


def _seen(stay: Stay, window: tuple[int, int], words: Mapping[int, str]) -> SeenAt:
    entered, left = max(stay.entered, window[0]), min(stay.left, window[1])
    return SeenAt(
        stay.zone,
        words.get(stay.place, ""),
        moment(entered),
        moment(left),
        stay.presumed,
        stay.source,
        stay.row,
        bool(stay.doubts),
    )
