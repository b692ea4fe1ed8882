"""The rows of a plan, worked out once for all subjects alike and filled in for each."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from epiloop.rules.alike import NAMES, names_not_asked_for, on_moments
from epiloop.rules.engine import compiled, evaluate
from epiloop.rules.moments import NEVER, Bounds, Moment
from epiloop.rules.plan import Plan
from epiloop.rules.regimes import Adoption, Context
from epiloop.rules.stream import LAST_INSTANT
from epiloop.runtime.laws import Laws
from epiloop.runtime.rows.holes import SOME_UNIT, SOMEBODY, SOMEWHERE, Counts, Pieces, Row, Values, key
from epiloop.runtime.rows.plans import Whose, last_restriction, plan_rows, step_rows
from epiloop.runtime.rows.snapshots import Snapshot, Told, first_rungs
from epiloop.store.counting import Counted, Sort, counted

MOST_PATTERNS, MOST_ALIKE = 20_000, 8
"""Patterns kept by a process, and for one likeness: a likeness that needs more is worked out each time."""

Held = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Planned:
    """The rows of a subject's plan, and from when on and until when a status of it restricts the last time."""

    rows: Sequence[Row]
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rows with holes, and the bounds in which a subject's instants must lie."""

    bounds: Bounds
    rows: Values
    packed: Pieces
    counts: Counts
    held: Values

    def filled(self, known: Snapshot, *, packed: bool = False) -> Planned:
        """The rows of one subject; `packed` for writing, else to be looked at."""
        ((_, (since, until)),) = self.held.filled(known)
        if packed:
            return Planned(self.packed.filled(known, self.counts.filled(known)), since, until)
        # A row class is a tuple with names: made from the values without going through them one by one.
        return Planned([tuple.__new__(of, values) for of, values in self.rows.filled(known)], since, until)


class _Bounded(Protocol):
    @property
    def bounds(self) -> Bounds: ...


T = TypeVar("T", bound=_Bounded)


@dataclass(slots=True)
class _Alike(Generic[T]):
    found: list[T] = field(default_factory=list)
    missed: int = 0


@dataclass(slots=True)
class Kept(Generic[T]):
    """What was worked out for subjects alike, by likeness."""

    _known: dict[object, _Alike[T]] = field(default_factory=dict)
    _count: int = 0

    def find(self, alike: object, known: Snapshot) -> T | None:
        """One that holds for a subject."""
        for one in self._known[alike].found if alike in self._known else ():
            if one.bounds.hold(known.instants):
                return one
        return None

    def missed(self, alike: object, make: Callable[[], T]) -> T | None:
        """None was found: make one if that is worth while.

        It costs several times as much as one subject's rows, so the first of its kind does not pay for it.
        """
        here = self._known.setdefault(alike, _Alike())
        here.missed += 1
        if not 1 < here.missed <= MOST_ALIKE + 1:
            return None
        made = make()
        here.found.append(made)
        self._count += 1
        if self._count >= MOST_PATTERNS:
            self._known, self._count = {}, 0
        return made


@dataclass(slots=True, eq=False)
class Patterns:
    """The patterns of one set of adoptions. Without any if a rule asks for what only names something."""

    adoptions: tuple[Adoption, ...]
    usable: bool = field(init=False)
    _kept: Kept[Pattern] = field(default_factory=Kept)

    def __post_init__(self) -> None:
        self.usable = names_not_asked_for(self.adoptions) == NAMES

    def planned(self, told: Told, context: Context, *, packed: bool = False) -> Planned:
        """The rows of a subject: filled into a pattern, or worked out. `packed`: for writing, so they may be packed."""
        known = told.snapshot if self.usable else None
        if known is None:
            return self.worked_out(told, context)
        alike = self.rules(context), known.likeness
        pattern = self._kept.find(alike, known) or self._kept.missed(alike, lambda: self._pattern(told, context))
        return pattern.filled(known, packed=packed) if pattern else self.worked_out(told, context)

    def worked_out(self, told: Told, context: Context) -> Planned:
        """The rows without patterns: what they must be equal to."""
        plan = evaluate(told.facts, self.adoptions, context, known_at=LAST_INSTANT) if told.facts else Plan()
        return Planned(list(plan_rows(told.whose, plan, told.steps)), *last_restriction(plan.statuses))

    def rules(self, context: Context) -> object:
        """The same object for all places that see the same rules."""
        return compiled(self.adoptions, context, LAST_INSTANT)

    def _pattern(self, told: Told, context: Context) -> Pattern:
        somebody, bounds = somebody_alike(told)
        planned = self.worked_out(somebody, context)
        numbers, instants = number_of(counts_of(planned, somebody))
        return Pattern(
            bounds=bounds.tightened(),
            rows=Values.of([(type(row), row) for row in planned.rows]),
            packed=Pieces.of(planned.rows),
            counts=Counts.of(numbers, instants),
            held=Values.of([(tuple, (planned.since, planned.until))]),
        )


def somebody_alike(told: Told) -> tuple[Told, Bounds]:
    """Nobody in particular who was told the same at moments, and the bounds in which questions are noted."""
    facts, bounds = on_moments(told.facts, NAMES)
    rungs = {id(step): number for number, step in enumerate(first_rungs(told.steps), start=len(facts))}
    bounds.low += [-NEVER] * len(rungs)
    bounds.high += [NEVER] * len(rungs)
    steps = {
        name: replace(step, at=Moment.of(step.at, rungs[id(step)], timedelta(), bounds)) if id(step) in rungs else step
        for name, step in told.steps.items()
    }
    return Told(Whose(SOMEBODY, told.whose.kind, SOMEWHERE, SOME_UNIT), facts, steps), bounds


def counts_of(planned: Planned, told: Told) -> Iterable[Counted]:
    """What the rows of a plan count for."""
    return counted([*planned.rows, *step_rows(told.whose, told.steps)])


def number_of(things: Iterable[Counted]) -> tuple[Counter[tuple[Sort, object]], dict[object, Any]]:
    """How often each sort counts at an instant, by its key, and the instants by key."""
    numbers: Counter[tuple[Sort, object]] = Counter()
    instants: dict[object, Any] = {}
    for one in things:
        (at,) = key([one.at])
        instants[at] = one.at
        numbers[one.sort, at] += 1
    return numbers, instants


def patterns_of(laws: Laws) -> Patterns:
    """The patterns that are kept with some laws."""
    found: Patterns = laws.kept.get("patterns") or laws.kept.setdefault("patterns", Patterns(laws.adoptions))
    return found


def planned(laws: Laws, told: Told, *, packed: bool) -> Planned:
    """The rows of a subject under some laws; `packed` for writing."""
    return patterns_of(laws).planned(told, laws.context(told.whose.jurisdiction), packed=packed)
