"""Facts -> traces: every loop of a subject with the regimes it went through. The rows of the plan are made from these.

A loop goes through *epochs*. A new one begins when another version comes into force, or when a later exposure moves
day zero. Within an epoch the loop's course is worked out from day zero, so time served counts; what was due before the
epoch began stays as it was.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

from epiloop.core.instants import day_of
from epiloop.rules.course import Baseline, Course, Frame, Item, Step, follow
from epiloop.rules.facts import Fact
from epiloop.rules.layout import after, begins, ends, lay, local_day
from epiloop.rules.model import Closer, Every, Match, Version
from epiloop.rules.regimes import Context, Regime
from epiloop.rules.stream import Stream, day_in, fits

COMPLETED, LIMIT, SUPERSEDED, ENDED = "completed", "limit-reached", "superseded", "regime-ended"


@dataclass(frozen=True, slots=True)
class Timeline:
    """A measure with its regimes, and which facts may open a loop of it."""

    name: str
    regimes: tuple[Regime, ...]
    superseded_by: tuple[str, ...]
    triggers: tuple[tuple[Version, Match], ...]
    context: Context
    kinds: tuple[str, ...]
    """The kinds of fact that trigger the measure or restart its days."""
    starts: tuple[datetime, ...]
    """When each regime starts."""
    takers: frozenset[str] = frozenset()
    """The kinds of fact that take back one of the facts that triggered the measure."""

    def at(self, t: datetime) -> Regime | None:
        """The regime at an instant; None before the first."""
        position = bisect_right(self.starts, t)
        return self.regimes[position - 1] if position else None

    def since(self, opened_at: datetime) -> list[Regime]:
        """The regimes that govern a loop opened at an instant, from its own on, without those for new loops only."""
        later = [one for one in self.regimes if one.start > opened_at]
        first = self.at(opened_at)
        return ([first] if first else []) + [one for one in later if not (one.version and one.version.new_loops_only)]


@dataclass(slots=True)
class Epoch:
    """A stretch of a loop under one version with one baseline: [start, end)."""

    start: datetime
    end: datetime | None
    regime: Regime
    base: Baseline
    moved: bool = False
    """Whether it began because day zero moved: a later exposure was told, or fell away."""
    frame: Frame | None = None
    course: Course = field(default_factory=Course)
    kept: list[Item] = field(default_factory=list)
    """Duties of earlier epochs that stay as they were."""


@dataclass(slots=True)
class Trace:
    """One loop with everything that led to its rows."""

    timeline: Timeline
    opened: Fact
    number: int
    opened_at: datetime
    regime: Regime
    bases: list[Baseline] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
    closed_at: datetime | None = None
    outcome: str = ""
    closed_by: Fact | None = None

    key: str = ""
    """The loop's key: its measure and what opened it."""

    def __post_init__(self) -> None:
        self.key = named(f"{self.timeline.name}#{self.number}", self.opened.origin)

    def open_at(self, t: datetime) -> bool:
        """Whether the loop is open at an instant."""
        return self.opened_at <= t and (self.closed_at is None or t < self.closed_at)


def named(loop: str, origin: str) -> str:
    """A loop's key beside those of other registrations of the same person: numbers count in each stream alone."""
    return f"{loop}.{origin}" if origin else loop


def trace_measure(timeline: Timeline, stream: Stream, others: Mapping[str, list[Trace]]) -> list[Trace]:
    """All loops of one measure; `others` are those of the measures that supersede it."""
    above = [trace for name in timeline.superseded_by for trace in others.get(name, ())]
    loops: list[Trace] = []
    for facts in _openings(timeline, stream).values():
        loops.extend(_trace_group(timeline, stream, facts, above))
    return loops


@dataclass(frozen=True, slots=True)
class Opening:
    """A fact that opens a loop at an instant, or moves day zero of an open one (`opens` false: only that)."""

    at: datetime
    fact: Fact
    version: Version
    opens: bool = True


def _openings(timeline: Timeline, stream: Stream) -> dict[tuple[object, ...], list[Opening]]:
    """The facts that trigger the measure, or restart its days, by the values named in `per`."""
    groups: dict[tuple[object, ...], list[Opening]] = {}
    for kind in timeline.kinds:
        for fact in stream.kinds.get(kind, ()):
            opening = _opening(timeline, stream, fact)
            if opening is not None:
                key = tuple(fact.values.get(name) for name in opening.version.per)
                groups.setdefault(key, []).append(opening)
    for openings in groups.values():
        openings.sort(key=lambda opening: opening.at)
    return groups


def _opening(timeline: Timeline, stream: Stream, fact: Fact) -> Opening | None:
    """What a fact does under the version of its day; a lasting state may wait for a later version."""
    regime = timeline.at(fact.at)
    version = regime.version if regime else None
    if version and _any_fits(fact, version.trigger):
        return Opening(fact.at, fact, version)
    if version and version.restarts_on and _any_fits(fact, version.restarts_on):
        return Opening(fact.at, fact, version, opens=False)
    for later in timeline.regimes:
        found = later.version
        if later.start > fact.at and found and found.standing and _any_fits(fact, found.trigger):
            return None if _over(fact, found, stream, later.start) else Opening(later.start, fact, found)
    return None


def _any_fits(fact: Fact, matches: tuple[Match, ...]) -> bool:
    return any(match.fact == fact.kind and fits(fact, match) for match in matches)


def _over(fact: Fact, version: Version, stream: Stream, by: datetime) -> bool:
    """Whether a lasting state had ended by an instant: something that closes the loop followed it."""
    enders = (one for closer in version.closes_on for one in stream.matching(closer.match))
    return any(fact.at <= one.at <= by and _same(one, fact, version) for one in enders)


def _trace_group(timeline: Timeline, stream: Stream, openings: list[Opening], above: list[Trace]) -> list[Trace]:
    loops: list[Trace] = []
    turns = _turns(timeline, stream, openings)
    used = 0
    while used < len(turns):
        first = turns[used]
        used += 1
        regime = timeline.at(first.at)
        if isinstance(first, Fact) or regime is None or not first.opens or _kept_from_opening(first, stream, above):
            continue
        counting = Counting(timeline.context, stream)
        counting.take(first)
        bases = [_baseline(first, timeline.context)]
        trace = _run(timeline, stream, regime, bases, above)
        while used < len(turns) and trace.open_at(turns[used].at):
            base = counting.moved(turns[used], bases)
            used += 1
            if base is not None:
                bases.append(base)
                trace = _run(timeline, stream, regime, bases, above)
        loops.append(trace)
    return loops


def _turns(timeline: Timeline, stream: Stream, openings: list[Opening]) -> Sequence[Opening | Fact]:
    """What may move day zero: the openings, and the facts that take one of them back, oldest first."""
    gone = [fact for kind in timeline.takers for fact in stream.kinds.get(kind, ()) if _takes_back(timeline, fact)]
    if not gone or all(opening.version.fixed_zero for opening in openings):
        return openings
    both: list[Opening | Fact] = [*openings, *gone]
    return sorted(both, key=lambda turn: (turn.at, isinstance(turn, Fact)))


def _takes_back(timeline: Timeline, fact: Fact) -> bool:
    regime = timeline.at(fact.at)
    closers = regime.version.closes_on if regime and regime.version else ()
    return any(closer.each and _any_fits(fact, (closer.match,)) for closer in closers)


@dataclass(slots=True)
class Counting:
    """Which of a loop's openings still count: the last exposure among them is day zero."""

    context: Context
    stream: Stream
    standing: dict[object, Baseline] = field(default_factory=dict)
    """By the value that takes one back (a link's name); openings without one count for good."""
    names: frozenset[str] = frozenset()

    def moved(self, turn: Opening | Fact, bases: Sequence[Baseline]) -> Baseline | None:
        """The baseline from then on, if day zero moves."""
        if isinstance(turn, Fact):
            for name in self.names:
                self.standing.pop(turn.values.get(name), None)
        elif turn.opens and turn.version.fixed_zero:
            return None
        else:
            self.take(turn)
        latest = max(self.standing.values(), key=lambda base: base.day_zero, default=bases[-1])
        if latest.day_zero < bases[-1].day_zero:
            return replace(latest, since=turn.at)
        return latest if latest.day_zero > bases[-1].day_zero else None

    def take(self, opening: Opening) -> None:
        """One more opening; said again of the same link it replaces what was said before.

        An exposure corrected to an earlier day was found when the link was.
        """
        self.names |= {closer.each for closer in opening.version.closes_on if closer.each}
        values = [opening.fact.values.get(name) for name in self.names]
        name = next((value for value in values if value is not None), None)
        number = opening.fact.origin, self.stream.number(opening.fact)
        key = ("unnamed", *number) if name is None else name
        base, before = _baseline(opening, self.context), self.standing.get(key)
        if before is not None and base.day_zero < before.day_zero:
            base = replace(base, found=before.found, found_day=before.found_day)
        self.standing[key] = base


def _kept_from_opening(first: Opening, stream: Stream, above: Iterable[Trace]) -> bool:
    if any(other.open_at(first.at) for other in above):
        return True
    barring = [closer.match for closer in first.version.closes_on if closer.bars]
    return any(one.at <= first.at for match in barring for one in stream.matching(match))


def _baseline(opening: Opening, context: Context) -> Baseline:
    """What a loop counts from. A state found by a new version counts from the day that version came into force."""
    found_day = day_of(opening.at, context.zone)
    zero = day_in(opening.fact, opening.version.day_zero, context.zone)
    if opening.at > opening.fact.at:
        zero = max(zero, found_day)
    elif opening.version.day_zero == "at":
        zero = min(zero, found_day)
    return Baseline(zero, opening.at, found_day, opening.fact)


def _run(timeline: Timeline, stream: Stream, regime: Regime, bases: list[Baseline], above: Iterable[Trace]) -> Trace:
    """Take a loop through its epochs until it closes."""
    first = bases[0]
    trace = Trace(timeline, first.fact, stream.number(first.fact), first.found, regime, bases)
    superseding = min((one.opened_at for one in above if one.opened_at > first.found), default=None)
    items: list[Item] = []
    for epoch in _epochs(timeline, bases):
        if epoch.regime.version is None:
            _close(trace, epoch.start, ENDED)
            break
        _enter(trace, epoch, items, stream)
        items = epoch.kept + epoch.course.items
        _find_end(trace, epoch, stream, superseding)
        if trace.closed_at is not None and (epoch.end is None or trace.closed_at <= epoch.end):
            break
        _close(trace, None, "")
    return trace


def _epochs(timeline: Timeline, bases: list[Baseline]) -> Iterator[Epoch]:
    """The epochs of a loop with these baselines, as if it never closed; made one by one, since most loops need one."""
    opened_at = bases[0].found
    regimes = timeline.since(opened_at)
    starts = sorted({opened_at, *(one.start for one in regimes[1:]), *(base.counts_from for base in bases)})
    for start, end in pairwise([*starts, None]):
        assert start is not None
        regime = next(one for one in reversed(regimes) if one.start <= start)
        base = next(one for one in reversed(bases) if one.counts_from <= start)
        yield Epoch(start, end, regime, base, moved=start == base.counts_from and base is not bases[0])


def _enter(trace: Trace, epoch: Epoch, items: list[Item], stream: Stream) -> None:
    version = epoch.regime.version
    assert version is not None
    number = len(trace.epochs)
    epoch.kept = [item for item in items if _stays(item, epoch.start)]
    epoch.frame = Frame(
        version,
        epoch.base,
        trace.opened_at,
        stream,
        trace.timeline.context,
        epoch.start,
        number,
        tuple(epoch.kept),
    )
    epoch.course = follow(epoch.frame)
    if number:
        _clamp_repeating(epoch, items)
    trace.epochs.append(epoch)


def _stays(item: Item, change: datetime) -> bool:
    """Whether a duty of an earlier epoch stays as it was: it was due, or done, before the change."""
    if isinstance(item.laid.rule.schedule, Every):
        return False
    return item.laid.due <= change or (item.done_at is not None and item.done_at < change)


def _clamp_repeating(epoch: Epoch, items: list[Item]) -> None:
    """A new period creates nothing in the past: what was not due yet is due today at the earliest; late stays late."""
    frame = epoch.frame
    assert frame is not None
    before = {item.laid.rule.kind: item.laid for item in items if isinstance(item.laid.rule.schedule, Every)}
    for item in epoch.course.items:
        old = before.get(item.laid.rule.kind)
        if isinstance(item.laid.rule.schedule, Every) and item.laid.due <= epoch.start:
            late = old is not None and old.due <= epoch.start
            due = old.due if old and late else ends(local_day(epoch.start, frame.context), frame.context)
            item.laid = lay(item.laid.rule, frame.context, item.laid.start, due)


def _close(trace: Trace, at: datetime | None, outcome: str, by: Fact | None = None) -> None:
    trace.closed_at, trace.outcome, trace.closed_by = at, outcome, by


def _find_end(trace: Trace, epoch: Epoch, stream: Stream, superseding: datetime | None) -> None:
    """When the loop closes as seen from this epoch: by itself, by a fact, or because another loop takes over."""
    closed_at, outcome = _natural_end(trace, epoch)
    _close(trace, None if closed_at is None else max(closed_at, epoch.start), outcome)
    _closing_fact(trace, epoch, stream)
    sooner = trace.closed_at is None or (superseding is not None and superseding < trace.closed_at)
    if superseding is not None and sooner and _within(superseding, epoch):
        _close(trace, superseding, SUPERSEDED)


def _within(at: datetime, epoch: Epoch) -> bool:
    return epoch.start <= at and (epoch.end is None or at < epoch.end)


def _natural_end(trace: Trace, epoch: Epoch) -> tuple[datetime | None, str]:
    version, course = epoch.regime.version, epoch.course
    assert version is not None
    if version.stages:
        if not course.actual:
            return max(course.final or trace.opened_at, trace.opened_at), COMPLETED
        return course.actual[-1].actual_end, LIMIT if any(map(_cut_short, course.actual)) else COMPLETED
    return _end_without_stages(trace, epoch, version)


def _cut_short(step: Step) -> bool:
    """Whether a stage ended at its outer limit, its conditions not met."""
    return step.outer_end is not None and step.met_at is not None and step.met_at > step.outer_end


def _end_without_stages(trace: Trace, epoch: Epoch, version: Version) -> tuple[datetime | None, str]:
    """A loop of duties only closes when all of them are done, or at its stated limit."""
    limit = None
    if version.limit:
        context = trace.timeline.context
        limit = after(begins(epoch.base.day_zero, context), version.limit, context)
    items = epoch.kept + epoch.course.items
    endless = epoch.course.pending or not version.duties
    if endless or any(isinstance(item.laid.rule.schedule, Every) or item.done_at is None for item in items):
        return limit, LIMIT if limit else ""
    done = max([trace.opened_at, *(item.done_at for item in items if item.done_at)])
    return (limit, LIMIT) if limit and limit < done else (done, COMPLETED)


def _closing_fact(trace: Trace, epoch: Epoch, stream: Stream) -> None:
    """The first fact within the epoch that closes the loop, if it comes before the loop closes by itself."""
    version = epoch.regime.version
    assert version is not None
    for closer in version.closes_on:
        for fact in stream.matching(closer.match):
            if not _within(fact.at, epoch) or not _same(fact, trace.opened, version):
                continue
            if closer.each and not _all_taken_back(closer, version, stream, trace.opened_at, fact):
                continue
            if trace.closed_at is None or fact.at < trace.closed_at:
                _close(trace, fact.at, closer.outcome, fact)
            break


def _same(fact: Fact, opened: Fact, version: Version) -> bool:
    """Whether a fact is about this loop and not about another of the same measure (a post left, an area's level)."""
    return all(fact.values.get(name, opened.values.get(name)) == opened.values.get(name) for name in version.per)


def _all_taken_back(closer: Closer, version: Version, stream: Stream, opened_at: datetime, fact: Fact) -> bool:
    """Whether a fact that takes back the trigger with the same value (`each`) leaves none of a loop's triggers.

    A fact without that value takes back all of them.
    """
    name = closer.each
    if fact.values.get(name) is None:
        return True
    told = sorted((one for match in version.trigger for one in stream.matching(match)), key=lambda one: one.at)
    last_told = {one.values.get(name): one.at for one in told if opened_at <= one.at <= fact.at}
    gone = stream.matching(closer.match)
    last_gone = {one.values.get(name): one.at for one in gone if opened_at <= one.at <= fact.at}
    return fact.values[name] in last_told and all(
        value in last_gone and last_gone[value] >= at for value, at in last_told.items()
    )
