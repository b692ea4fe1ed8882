"""The engine: facts, adopted rulebooks, context and instants in; loops, stages, duties and status spans out.

Pure and fast. What depends on the rulebooks only is compiled once per set of adoptions; what depends on dates only
is cached by date. `reference` is the same thing written to be read; the two must agree.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.instants import Interval, start_of_day
from epiloop.core.jurisdictions import Scope
from epiloop.rules.facts import Fact
from epiloop.rules.plan import Plan, StatusSpan
from epiloop.rules.regimes import Adoption, Context, timeline
from epiloop.rules.rows import plan_of
from epiloop.rules.stream import Stream
from epiloop.rules.trace import Timeline, Trace, trace_measure


def evaluate(
    facts: Iterable[Fact],
    adoptions: Sequence[Adoption],
    context: Context,
    *,
    at: datetime | None = None,
    known_at: datetime,
) -> Plan:
    """Everything the rules say about one subject, from the facts and rules known by `known_at`.

    Without `at` the rows are piecewise over all asking-instants (see `plan`). With `at` only facts that had happened by
    then count, and only rows that are the answer at that instant are given.
    """
    plan = plan_of(trace(facts, adoptions, context, at=at, known_at=known_at))
    return plan if at is None else rows_at(plan, at)


def trace(
    facts: Iterable[Fact],
    adoptions: Sequence[Adoption],
    context: Context,
    *,
    at: datetime | None = None,
    known_at: datetime,
) -> list[Trace]:
    """The loops of a subject with everything that led to their rows; what the explanation reads."""
    rules = compiled(tuple(adoptions), context, known_at)
    stream = Stream(facts, known_at, at)
    by_measure: dict[str, list[Trace]] = {}
    for place in sorted({place for kind in stream.kinds for place in rules.opened_by.get(kind, ())}):
        one = rules.timelines[place]
        by_measure[one.name] = trace_measure(one, stream, by_measure)
    return [loop for loops in by_measure.values() for loop in loops]


def rows_at(plan: Plan, at: datetime) -> Plan:
    """The rows of a plan that are the answer at an instant; statuses are all kept, past and future."""
    return replace(
        plan,
        loops=tuple(loop for loop in plan.loops if loop.opened_at <= at),
        stages=tuple(stage for stage in plan.stages if at in stage.valid),
        duties=tuple(duty for duty in plan.duties if at in duty.valid),
    )


def status_at(plan: Plan, at: datetime) -> StatusSpan | None:
    """The strictest status that holds at an instant over all loops; None: free. The longest of equally strict ones."""
    holding = [span for span in plan.statuses if at in span.span]
    return max(holding, key=lambda span: (span.strictness, span.span.end or at, span.loop), default=None)


def restrictions(plan: Plan) -> tuple[Interval, ...]:
    """The stretches of time in which any restriction holds, merged, oldest first."""
    merged: list[Interval] = []
    for span in sorted(status.span for status in plan.statuses):
        if merged and merged[-1].end is not None and span.start <= merged[-1].end:
            end = None if span.end is None else max(merged[-1].end, span.end)
            merged[-1] = Interval(merged[-1].start, end)
        else:
            merged.append(span)
    return tuple(merged)


# --- compiling ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Adopted rulebooks made ready: the regimes of every measure, those that supersede others first."""

    timelines: tuple[Timeline, ...]
    opened_by: dict[str, tuple[int, ...]]
    """Kind of fact -> which timelines it may open a loop of."""
    context: Context


def compiled(adoptions: tuple[Adoption, ...], context: Context, known_at: datetime) -> Rules:
    """The rules as known at an instant, for a place. Compiled once for all places and instants that see the same."""
    last = _last[0]
    if last is not None and last.adoptions is adoptions and last.context is context and known_at == last.known_at:
        return last.rules
    rules = _looked_up(adoptions, context, known_at)
    _last[0] = _Last(adoptions, context, known_at, rules)
    return rules


@dataclass(frozen=True, slots=True, eq=False)
class _Last:
    """The call before: in bulk, one subject after the other is asked about the same place, rules and instant."""

    adoptions: tuple[Adoption, ...]
    context: Context
    known_at: datetime
    rules: Rules


_last: list[_Last | None] = [None]


def _looked_up(adoptions: tuple[Adoption, ...], context: Context, known_at: datetime) -> Rules:
    seen = _sights(adoptions, context.zone)
    here = tuple(context.jurisdiction in scope for scope in seen.scopes)
    return _compiled(adoptions, context.zone, here, bisect_right(seen.instants, known_at), _Key(context, known_at))


class _Key:
    """A representative of all equal calls; the cache does not tell two of them apart."""

    __slots__ = ("context", "known_at")

    def __init__(self, context: Context, known_at: datetime) -> None:
        self.context, self.known_at = context, known_at

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key)


@dataclass(frozen=True, slots=True)
class _Sights:
    scopes: tuple[Scope, ...]
    instants: tuple[datetime, ...]


@lru_cache(maxsize=256)
def _sights(adoptions: tuple[Adoption, ...], zone: object) -> _Sights:
    """What can make a difference: every scope named, and every instant at which something becomes known."""
    books = [adoption.rulebook for adoption in adoptions]
    versions = [version for book in books for measure in book.measures.values() for version in measure.versions]
    named = [book.scope for book in books] + [version.scope for version in versions]
    scopes = {scope for scope in named if scope is not None}
    issued = {start_of_day(version.issued, zone) for version in versions}  # type: ignore[arg-type]
    instants = issued | {adoption.recorded_at for adoption in adoptions}
    return _Sights(tuple(sorted(scopes, key=lambda scope: scope.ranges)), tuple(sorted(instants)))


@lru_cache(maxsize=1024)
def _compiled(
    adoptions: tuple[Adoption, ...],
    zone: object,  # noqa: ARG001 - this and the next two are what the cache tells calls apart by
    here: tuple[bool, ...],  # noqa: ARG001
    known: int,  # noqa: ARG001
    key: _Key,
) -> Rules:
    _check_names(adoptions)
    names = sorted({name for adoption in adoptions for name in adoption.rulebook.measures})
    lines = {name: _timeline(name, adoptions, key.context, key.known_at) for name in names}
    ordered = _superseding_first([line for line in lines.values() if line.regimes])
    opened_by: dict[str, tuple[int, ...]] = {}
    for place, line in enumerate(ordered):
        for kind in {match.fact for _, match in line.triggers}:
            opened_by[kind] = (*opened_by.get(kind, ()), place)
    return Rules(tuple(ordered), opened_by, key.context)


def _timeline(name: str, adoptions: tuple[Adoption, ...], context: Context, known_at: datetime) -> Timeline:
    regimes = timeline(name, adoptions, context, known_at)
    triggers = [(one.version, match) for one in regimes if one.version for match in one.version.trigger]
    above = regimes[-1].measure.superseded_by if regimes else ()
    restarts = {match.fact for one in regimes if one.version for match in one.version.restarts_on}
    kinds = tuple(sorted({match.fact for _, match in triggers} | restarts))
    closers = [closer for one in regimes if one.version for closer in one.version.closes_on]
    takers = frozenset(closer.match.fact for closer in closers if closer.each)
    starts = tuple(one.start for one in regimes)
    return Timeline(name, regimes, above, tuple(triggers), context, kinds, starts, takers)


def _superseding_first(lines: list[Timeline]) -> list[Timeline]:
    """Measures in an order in which those that supersede others come before them."""
    by_name = {line.name: line for line in lines}
    ordered: dict[str, Timeline] = {}

    def visit(line: Timeline, path: tuple[str, ...]) -> None:
        if line.name in path:
            cycle = " > ".join((*path, line.name))
            raise InvalidInput(N_("Measures supersede each other in a circle: %(cycle)s."), cycle=cycle)
        for name in line.superseded_by:
            if name in by_name and name not in ordered:
                visit(by_name[name], (*path, line.name))
        ordered[line.name] = line

    for line in lines:
        if line.name not in ordered:
            visit(line, ())
    return list(ordered.values())


def _check_names(adoptions: tuple[Adoption, ...]) -> None:
    """Two rulebooks may share a measure's name only if one overlays the other."""
    owner: dict[str, str] = {}
    overlays = {adoption.rulebook.name: adoption.rulebook.overlays for adoption in adoptions}
    for adoption in adoptions:
        top = adoption.rulebook.name
        while overlays.get(top):
            top = overlays[top]
        for name in adoption.rulebook.measures:
            if owner.setdefault(name, top) != top:
                what = N_("Rulebooks %(one)s and %(other)s both have a measure %(name)s.")
                raise InvalidInput(what, one=owner[name], other=top, name=name)
