"""Rows with holes for what is each subject's own: who it is, where it stays, the instants of its facts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any, cast
from uuid import UUID

from epiloop.core.jurisdictions import DIGITS
from epiloop.rules.moments import Moment, micros
from epiloop.runtime.rows.snapshots import Snapshot
from epiloop.store.binary import NULL, encoder, fields, instant_field
from epiloop.store.counting import COMMUNITY, Place, Sort, hour_of, instant
from epiloop.store.tables import TABLES, Packed

Row = tuple[Any, ...]
Take = Callable[[Sequence[Any]], tuple[Any, ...]]

SOMEBODY, SOME_UNIT, SOMEWHERE = UUID(int=1), UUID(int=2), 10**DIGITS - 1
"""Stand for the subject, its employer and where it stays: all nines, so that each level it is cut to is another."""
UUIDS, CODES = encoder("uuid"), encoder("int8")


@dataclass(frozen=True, slots=True)
class Own:
    """The subject's own among some values: subject, employer, instants of its facts and later, codes cut to a level."""

    moments: tuple[tuple[int, int], ...]
    cuts: tuple[int, ...]

    @classmethod
    def among(cls, values: Sequence[object]) -> "Own":
        """What of these values is the subject's own."""
        moments = dict.fromkeys(_later(value) for value in values if isinstance(value, Moment))
        return cls(tuple(moments), tuple(sorted({size for value in values if (size := _size(value))})))

    def places(self) -> dict[object, int]:
        """Where each stands in `values` and `pieces`, by `key`."""
        moments, cuts = [("moment", *moment) for moment in self.moments], [("cut", size) for size in self.cuts]
        return {key: at for at, key in enumerate((_key(SOMEBODY), _key(SOME_UNIT), *moments, *cuts))}

    def instants(self, known: Snapshot) -> list[int]:
        """In microseconds since 1970."""
        return [known.instants[origin] + later for origin, later in self.moments]

    def values(self, known: Snapshot) -> tuple[object, ...]:
        """Them as they stand in rows."""
        instants = map(instant, self.instants(known))
        return (known.subject, known.employer, *instants, *(known.jurisdiction // size * size for size in self.cuts))

    def pieces(self, known: Snapshot) -> tuple[bytes, ...]:
        """Them as COPY takes them."""
        unit = NULL if known.employer is None else UUIDS(known.employer)
        instants = map(instant_field, self.instants(known))
        cuts = [CODES(known.jurisdiction // size * size) for size in self.cuts]
        return (UUIDS(known.subject), unit, *instants, *cuts)


@dataclass(frozen=True, slots=True)
class Values:
    """Tuples with holes. Values are taken by number from one list: the subject's own first, then what all have."""

    own: Own
    common: tuple[object, ...]
    takes: tuple[tuple[type[Row], Take], ...]

    @classmethod
    def of(cls, rows: Sequence[tuple[type[Row], Sequence[object]]]) -> "Values":
        """Somebody's values as a pattern, each with the class of its row."""
        own = Own.among([value for _, row in rows for value in row])
        places, common = own.places(), list[object]()

        def place(value: object) -> int:
            key = _key(value)
            if key not in places:
                places[key] = len(places)
                common.append(value)
            return places[key]

        takes = tuple((of, _taking([place(value) for value in row])) for of, row in rows)
        return cls(own, tuple(common), takes)

    def filled(self, known: Snapshot) -> list[tuple[type[Row], tuple[Any, ...]]]:
        """The subject's own."""
        if not self.takes:
            return []
        values = (*self.own.values(known), *self.common)
        return [(of, take(values)) for of, take in self.takes]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Rows as bytes with holes: pieces taken by number, the subject's own first."""

    own: Own
    common: tuple[bytes, ...]
    takes: tuple[tuple[type[Row], Take], ...]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Pieces":
        """Somebody's rows table by table: what lies between two values of the subject's own is one piece."""
        own = Own.among([value for row in rows for value in row])
        holes, common = own.places(), dict[bytes, int]()
        taken: dict[type[Row], list[int]] = {}
        for of in dict.fromkeys(map(type, rows)):
            numbers, between = taken.setdefault(of, []), b""
            for value, write in _written([row for row in rows if type(row) is of], TABLES[of].types):
                hole = holes.get(_key(value)) if value is not None else None
                if hole is None:
                    between += write(value)
                    continue
                if between:
                    numbers.append(common.setdefault(between, len(holes) + len(common)))
                numbers.append(hole)
                between = b""
            numbers.append(common.setdefault(between, len(holes) + len(common)))
        return cls(own, tuple(common), tuple((of, _taking(numbers)) for of, numbers in taken.items()))

    def filled(self, known: Snapshot, counts: Sequence[tuple[Place, int]] = ()) -> list[Packed]:
        """The subject's own rows, packed; what they count for is noted with the first."""
        if not self.takes:
            return []
        pieces = (*self.own.pieces(known), *self.common)
        packed = [Packed(of, b"".join(take(pieces))) for of, take in self.takes]
        packed[0] = packed[0]._replace(counts=counts)
        return packed


@dataclass(frozen=True, slots=True)
class Counts:
    """What rows count for, and how often; `hours` by number: those of the subject's own moments first."""

    own: Own
    hours: tuple[int, ...]
    entries: tuple[tuple[Sort, int, int], ...]

    @classmethod
    def of(cls, numbers: Mapping[tuple[Sort, object], int], instants: Mapping[object, Any]) -> "Counts":
        """From how often each sort counts at an instant, by its `key`; `instants` has the instants themselves."""
        wanted = [(sort, instants[key], n) for (sort, key), n in numbers.items() if n]
        own = Own.among([at for _, at, _ in wanted])
        places = {moment: place for place, moment in enumerate(own.moments)}
        hours: list[int] = []
        entries: list[tuple[Sort, int, int]] = []
        for sort, at, n in wanted:
            if isinstance(at, Moment):
                entries.append((sort, places[_later(at)], n))
            else:
                entries.append((sort, len(places) + len(hours), n))
                hours.append(hour_of(micros(at)))
        return cls(own, tuple(hours), tuple(entries))

    def filled(self, known: Snapshot) -> list[tuple[Place, int]]:
        """What the subject's rows count for."""
        if not self.entries:
            return []
        community = known.jurisdiction // COMMUNITY * COMMUNITY
        hours = [*map(hour_of, self.own.instants(known)), *self.hours]
        return [((community, sort, hours[at]), n) for sort, at, n in self.entries]


def key(row: Iterable[object]) -> tuple[object, ...]:
    """What two of somebody's rows have in common that are equal for every subject they stand for."""
    return tuple(map(_key, row))


def _taking(numbers: Sequence[int]) -> Take:
    """Takes values by number, always as a tuple."""
    if len(numbers) == 1:
        return cast("Take", itemgetter(slice(numbers[0], numbers[0] + 1)))
    return cast("Take", itemgetter(*numbers))


def _written(rows: Sequence[Row], types: Sequence[str]) -> Iterator[tuple[object, Callable[[Any], bytes]]]:
    """Every value of some rows of one table with how it is written; what stands before a row is no value."""
    for row in rows:
        yield None, lambda _: fields(types)
        for value, name in zip(row, types, strict=True):
            yield value, (lambda _: NULL) if value is None else encoder(name)


def _key(value: object) -> object:
    """What two values of rows have in common that one place in the list can hold."""
    if isinstance(value, Moment):
        return "moment", *_later(value)
    if size := _size(value):
        return "cut", size
    return ("list", tuple(value)) if isinstance(value, list) else ("value", type(value), value)


def _later(moment: Moment) -> tuple[int, int]:
    return moment.origin, moment.later // timedelta(microseconds=1)


def _size(value: object) -> int:
    """To which size `SOMEWHERE` was cut, if the value is that."""
    if not isinstance(value, int):
        return 0
    return next((10**n for n in range(DIGITS) if value == SOMEWHERE // 10**n * 10**n), 0)
