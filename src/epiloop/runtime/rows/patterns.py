"""The rows of a plan, worked out once for all subjects alike and filled in for each.

A pattern holds rows with holes for what is each subject's own: who it is, where it stays, the instants of its facts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from epiloop.core.jurisdictions import DIGITS
from epiloop.operations.duties.state import Risen
from epiloop.rules.alike import instant_of, likeness, names_not_asked_for, on_moments
from epiloop.rules.engine import compiled, evaluate
from epiloop.rules.facts import Fact
from epiloop.rules.moments import Bounds, Moment
from epiloop.rules.plan import Plan
from epiloop.rules.regimes import Adoption, Context
from epiloop.rules.stream import LAST_INSTANT
from epiloop.runtime.laws import Laws
from epiloop.runtime.rows.plans import Whose, last_restriction, plan_rows
from epiloop.store.binary import NULL, encoder, fields
from epiloop.store.tables import TABLES, Packed

UUIDS, INSTANTS, CODES = encoder("uuid"), encoder("timestamptz"), encoder("int8")

Row = tuple[Any, ...]
Steps = Mapping[tuple[str, str, int], Risen]

MOST_PATTERNS, MOST_ALIKE = 20_000, 8
"""Patterns kept by a process, and for one likeness: a likeness that needs more is worked out each time."""
SOMEBODY, SOME_UNIT, SOMEWHERE = UUID(int=1), UUID(int=2), 10**DIGITS - 1
"""Stand for the subject, its employer and where it stays: all nines, so that each level it is cut to is another."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The rows of a subject's plan, and from when on and until when a status of it restricts the last time."""

    rows: Sequence[Row]
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Packing:
    """The rows of one table as bytes with holes: pieces taken by number, the subject's own first."""

    of: type[Row]
    take: Callable[[Sequence[bytes]], tuple[bytes, ...]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rows with holes. Values are taken by number from one list: the subject's own first, then what all have."""

    bounds: Bounds
    moments: tuple[Moment, ...]
    cuts: tuple[int, ...]
    common: tuple[object, ...]
    makers: tuple[tuple[type[Row], Callable[[Sequence[object]], Row]], ...]
    held: tuple[int, int]
    pieces: tuple[bytes, ...]
    packings: tuple[Packing, ...]

    def filled(self, whose: Whose, facts: Sequence[Fact], *, packed: bool = False) -> Planned:
        """The rows of one subject; `packed` for writing, else to be looked at."""
        code = whose.jurisdiction
        own = [instant_of(moment, facts) for moment in self.moments]
        cut = [code // size * size for size in self.cuts]
        values = (whose.subject, whose.employer, *own, *cut, *self.common)
        since, until = (values[place] for place in self.held)
        if packed:
            return Planned(self._packed(whose, own, cut), since, until)  # type: ignore[arg-type]
        # A row class is a tuple with names: made from the values without going through them one by one.
        rows = [tuple.__new__(row, take(values)) for row, take in self.makers]
        return Planned(rows, since, until)  # type: ignore[arg-type]

    def _packed(self, whose: Whose, own: Sequence[datetime], cut: Sequence[int]) -> list[Row]:
        unit = NULL if whose.employer is None else UUIDS(whose.employer)
        pieces = (UUIDS(whose.subject), unit, *map(INSTANTS, own), *map(CODES, cut), *self.pieces)
        return [Packed(packing.of, b"".join(packing.take(pieces))) for packing in self.packings]


@dataclass(slots=True)
class _Alike:
    patterns: list[Pattern] = field(default_factory=list)
    missed: int = 0


@dataclass(slots=True, eq=False)
class Patterns:
    """The patterns of one set of adoptions."""

    adoptions: tuple[Adoption, ...]
    names: frozenset[str] = frozenset()
    _known: dict[object, _Alike] = field(default_factory=dict)
    _count: int = 0

    def __post_init__(self) -> None:
        self.names = names_not_asked_for(self.adoptions)

    def planned(
        self, whose: Whose, facts: Sequence[Fact], context: Context, steps: Steps, *, packed: bool = False
    ) -> Planned:
        """The rows of a subject with these facts: filled into a pattern, or worked out.

        `packed`: for writing, so they may be packed.
        """
        found = likeness(facts, self.names)
        if found is None:
            return self.worked_out(whose, facts, context, steps)
        rules = compiled(self.adoptions, context, LAST_INSTANT)
        alike = self._known.setdefault((rules, whose.kind, found[0], frozenset(steps)), _Alike())
        for pattern in alike.patterns:
            if pattern.bounds.hold(found[1]):
                return pattern.filled(whose, facts, packed=packed)
        # A pattern costs several times as much as one subject's rows: the first of its kind does not pay for it.
        alike.missed += 1
        if not 1 < alike.missed <= MOST_ALIKE + 1:
            return self.worked_out(whose, facts, context, steps)
        self._make_room()
        made = self._pattern(whose.kind, facts, context, steps)
        alike.patterns.append(made)
        return made.filled(whose, facts, packed=packed)

    def worked_out(self, whose: Whose, facts: Sequence[Fact], context: Context, steps: Steps) -> Planned:
        """The rows without patterns: what they must be equal to."""
        plan = evaluate(facts, self.adoptions, context, known_at=LAST_INSTANT) if facts else Plan()
        return Planned(list(plan_rows(whose, plan, steps)), *last_restriction(plan.statuses))

    def _make_room(self) -> None:
        self._count += 1
        if self._count > MOST_PATTERNS:
            self._known, self._count = {}, 1

    def _pattern(self, kind: str, facts: Sequence[Fact], context: Context, steps: Steps) -> Pattern:
        told, bounds = on_moments(facts, self.names)
        whose = Whose(SOMEBODY, kind, SOMEWHERE, SOME_UNIT)
        somebodys = self.worked_out(whose, told, context, steps)
        return _with_holes(somebodys, bounds.tightened())


def _with_holes(somebodys: Planned, bounds: Bounds) -> Pattern:
    """Somebody's rows as a pattern."""
    every = [value for row in somebodys.rows for value in row] + [somebodys.since, somebodys.until]
    moments = {(at.origin, at.later): at for at in every if isinstance(at, Moment)}
    cuts = sorted({size for value in every if (size := _size(value))})
    places: dict[object, int] = {_key(SOMEBODY): 0, _key(SOME_UNIT): 1}
    for key in (*(("moment", *one) for one in moments), *(("cut", size) for size in cuts)):
        places[key] = len(places)
    common: list[object] = []

    def place(value: object) -> int:
        key = _key(value)
        if key not in places:
            places[key] = len(places)
            common.append(value)
        return places[key]

    makers = tuple((type(row), itemgetter(*map(place, row))) for row in somebodys.rows)
    held = place(somebodys.since), place(somebodys.until)
    own = 2 + len(moments) + len(cuts)
    pieces, packings = _packings(somebodys.rows, {key: at for key, at in places.items() if at < own})
    return Pattern(bounds, tuple(moments.values()), tuple(cuts), tuple(common), makers, held, pieces, packings)


def _packings(rows: Sequence[Row], own: Mapping[object, int]) -> tuple[tuple[bytes, ...], tuple[Packing, ...]]:
    """The rows table by table as pieces: what lies between two values of the subject's own is one piece."""
    places: dict[bytes, int] = {}
    taken: dict[type[Row], list[int]] = {}
    for row_class in dict.fromkeys(map(type, rows)):
        between = b""
        for value, write in _written([row for row in rows if type(row) is row_class], TABLES[row_class].types):
            place = own.get(_key(value)) if value is not None else None
            if place is None:
                between += write(value)
                continue
            if between:
                taken.setdefault(row_class, []).append(places.setdefault(between, len(own) + len(places)))
            taken.setdefault(row_class, []).append(place)
            between = b""
        taken.setdefault(row_class, []).append(places.setdefault(between, len(own) + len(places)))
    return tuple(places), tuple(Packing(of, itemgetter(*numbers)) for of, numbers in taken.items())


def _written(rows: Sequence[Row], types: Sequence[str]) -> Iterator[tuple[object, Callable[[Any], bytes]]]:
    """Every value of some rows of one table with how it is written; what stands before a row is no value."""
    for row in rows:
        yield None, lambda _: fields(types)
        for value, name in zip(row, types, strict=True):
            yield value, (lambda _: NULL) if value is None else encoder(name)


def _key(value: object) -> object:
    """What two values of rows have in common that one place in the list can hold."""
    if isinstance(value, Moment):
        return "moment", value.origin, value.later
    if size := _size(value):
        return "cut", size
    return ("list", tuple(value)) if isinstance(value, list) else ("value", type(value), value)


def _size(value: object) -> int:
    """To which size `SOMEWHERE` was cut, if the value is that."""
    if not isinstance(value, int):
        return 0
    return next((10**n for n in range(DIGITS) if value == SOMEWHERE // 10**n * 10**n), 0)


def planned(laws: Laws, whose: Whose, facts: Sequence[Fact], steps: Steps, *, packed: bool) -> Planned:
    """The rows of a subject with these facts, whose duties have gone up these steps; `packed` for writing."""
    patterns = laws.kept.get("patterns")
    if patterns is None:
        patterns = laws.kept.setdefault("patterns", Patterns(laws.adoptions))
    found: Planned = patterns.planned(whose, facts, laws.context(whose.jurisdiction), steps, packed=packed)
    return found
