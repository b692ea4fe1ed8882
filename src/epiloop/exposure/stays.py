"""The stays of those who are traced, as columns: what the rows of all days are asked about.

A *spot* is one source at one place. What the source did there first says which kind of place it is, and time is added
up by spot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure.contacts import Traced
from epiloop.exposure.search import rows_of
from epiloop.exposure.segment import Numbers, Segment, Tokens, changes
from epiloop.exposure.terms import Setting, Terms

ANY_ROW = 2**15
"""Further apart than two rows of seats can be."""
_COUNTED = ("minimum", "lag_minimum", "weight", "lag_weight")


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """Stays by source and spot: at `place` from `start` until `end`; being there before `gone` counts too, for the lag.

    `row`: of the seat; `rows`: how far apart seats may be. Spots: number of the source, place, number of the kind.
    """

    source: Numbers
    person: Tokens
    spot: Numbers
    place: Tokens
    start: Numbers
    end: Numbers
    gone: Numbers
    row: NDArray[np.int16]
    rows: Numbers
    spot_source: Numbers
    spot_place: Tokens
    spot_kind: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """The terms as columns over the kinds of places there are, in order of their words."""

    kinds: tuple[str, ...]
    settings: Mapping[str, Numbers]

    def points(self, kind: Numbers, together: Numbers, after: Numbers) -> Numbers:
        """What seconds at places of these kinds are worth: `Setting.points`, for columns."""
        minimum, lag_minimum, weight, lag_weight = (self.settings[name][kind] for name in _COUNTED)
        counts = (together >= minimum) | (after >= lag_minimum)
        return np.where(counts, weight * together + lag_weight * after, 0)


def scale(days: Sequence[Segment], terms: Terms) -> Scale:
    """The terms for all kinds that the days know."""
    kinds = tuple(sorted({kind for day in days for kind in day.kinds}))
    settings = [terms.setting(kind) for kind in kinds]
    columns = {
        name: np.array([getattr(setting, name) for setting in settings], np.int64) for name in ("lag", *_COUNTED)
    }
    return Scale(kinds, columns | {"rows": np.array([_rows(setting) for setting in settings], np.int64)})


def _rows(setting: Setting) -> int:
    return ANY_ROW if setting.rows is None else setting.rows


def stays(days: Sequence[Segment], sources: Sequence[Traced], measured: Scale) -> Stays:
    """All stays of the sources within their windows."""
    parts = [_NONE, *(_on(day, sources, measured.kinds) for day in days)]
    source, place, start, end, kind, row = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((kind, end, start, place, source))
    source, place, kind = source[order], place[order], kind[order]
    heads = changes(source) | changes(place)
    spot = heads.cumsum() - 1
    spot_kind = kind[heads]
    people = np.array([one.person for one in sources], np.uint64)
    return Stays(
        source=source,
        person=people[source],
        spot=spot,
        place=place,
        start=start[order],
        end=end[order],
        gone=end[order] + measured.settings["lag"][spot_kind][spot],
        row=row[order],
        rows=measured.settings["rows"][spot_kind][spot],
        spot_source=source[heads],
        spot_place=place[heads],
        spot_kind=spot_kind,
    )


_Told = tuple[Numbers, Tokens, Numbers, Numbers, Numbers, NDArray[np.int16]]
_NONE: _Told = tuple(np.zeros(0, kind) for kind in (np.int64, np.uint64, np.int64, np.int64, np.int64, np.int16))  # type: ignore[assignment]


def _on(segment: Segment, sources: Sequence[Traced], kinds: tuple[str, ...]) -> _Told:
    """One day: number of the source, place, start, end, kind, row of the seat."""
    people = np.array([one.person for one in sources], np.uint64)
    since, until = (np.array([getattr(one, name) for one in sources], np.int64) for name in ("since", "until"))
    found = rows_of(segment, people)
    start = np.maximum(segment.entered(found.rows) + segment.base, since[found.asked])
    end = np.minimum(segment.left[found.rows] + np.int64(segment.base), until[found.asked])
    inside = start < end
    rows, asked = found.rows[inside], found.asked[inside]
    number = np.array([kinds.index(kind) for kind in segment.kinds], np.int64)
    return asked, segment.place_of(rows), start[inside], end[inside], number[segment.kind[rows]], segment.row[rows]
