"""Traces -> the rows of a plan: each with its clause and the stretch of asking-instants for which it is the answer."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from epiloop.core.errors import N_
from epiloop.core.instants import Interval
from epiloop.rules.course import Item, Step, statuses_of
from epiloop.rules.facts import Fact
from epiloop.rules.layout import local_day
from epiloop.rules.model import DutyRule, Every, StageRule, Version
from epiloop.rules.plan import Clause, Duty, DutyState, Loop, Plan, Stage, StatusSpan
from epiloop.rules.regimes import Regime
from epiloop.rules.stream import refs
from epiloop.rules.trace import COMPLETED, LIMIT, Epoch, Trace
from epiloop.rules.vocabulary import STATUSES

AS_PLANNED = N_("The measure lays this stage down; it runs to its planned end.")
EXTENDED = N_(
    "A condition of the stage's end is not met yet; it ends when it is met, at the latest at the outer limit."
)
CARRIED = N_("A later exposure moved day zero; what held goes on until the first stage begins anew.")
WAITS = {
    "SamplesNegative": N_("All samples due so far must be negative."),
    "Negatives": N_("Consecutive negative results are wanted."),
    "FactSeen": N_("A fact that the measure names is awaited."),
}

TICK = timedelta(microseconds=1)

_clauses: dict[tuple[int, str], tuple[Version, Clause]] = {}


def plan_of(traces: Sequence[Trace]) -> Plan:
    """All rows of a subject, oldest loop first."""
    ordered = sorted(traces, key=lambda trace: (trace.opened_at, trace.key))
    stages: list[Stage] = []
    duties: list[Duty] = []
    spans: list[StatusSpan] = []
    for trace in ordered:
        stages.extend(_stages(trace))
        duties.extend(_duties(trace))
        spans.extend(_spans(trace))
    return Plan(tuple(map(_loop, ordered)), tuple(stages), tuple(duties), tuple(spans))


def clause_of(regime: Regime, part: str, rule: StageRule | DutyRule | None = None) -> Clause:
    """The law behind a part of a version ("stages.home", "duties.sample", "" for the version itself)."""
    version = regime.version or regime.measure.versions[-1]
    known = _clauses.get((id(version), part))
    if known is not None and known[0] is version:
        return known[1]
    said = rule if rule and rule.clause else version.source
    clause = Clause(
        rulebook=regime.book.name,
        measure=regime.measure.name,
        version=version.id,
        clause=part,
        source=_with(version.source.title["en"], said.clause, ", "),
        source_zh=_with(version.source.title["zh"], said.clause_zh or said.clause, "，"),
        certainty=(rule.certainty if rule else "") or version.source.certainty,
    )
    _clauses[id(version), part] = (version, clause)
    return clause


def _with(title: str, where: str, comma: str) -> str:
    return f"{title}{comma}{where}" if where else title


def _loop(trace: Trace) -> Loop:
    last = trace.epochs[-1] if trace.epochs else None
    return Loop(
        key=trace.key,
        measure=trace.timeline.name,
        line=trace.regime.measure.line,
        opened_at=trace.opened_at,
        opened_by=trace.opened.event,
        closed_at=trace.closed_at,
        outcome=trace.outcome,
        clause=clause_of(trace.regime, ""),
        day_zero=last.base.day_zero if last else None,
        title=trace.regime.measure.title,
    )


def _by_itself(trace: Trace) -> bool:
    """Whether the loop closes without a fact, a change of regime or another loop."""
    return trace.outcome in ("", COMPLETED, LIMIT)


def _until(trace: Trace, index: int) -> datetime | None:
    return trace.epochs[index + 1].start if index + 1 < len(trace.epochs) else None


# --- stages ---------------------------------------------------------------------------------------------------------


def _stages(trace: Trace) -> Iterator[Stage]:
    for index, epoch in enumerate(trace.epochs):
        valid = Interval(epoch.start, _until(trace, index))
        cut = None if _by_itself(trace) or valid.end else trace.closed_at
        for step in epoch.course.planned:
            if cut is None or step.start < cut:
                yield _stage(trace, epoch, step, valid, cut)


def _stage(trace: Trace, epoch: Epoch, step: Step, valid: Interval, cut: datetime | None) -> Stage:
    end = step.end
    if cut is not None:
        end = cut if end is None else min(end, cut)
    last_day = step.last_day
    if end is not None and end != step.planned_end:
        last_day = local_day(end - TICK, trace.timeline.context)
    return Stage(
        loop=trace.key,
        key=step.rule.key,
        status=step.rule.status,
        start=step.start,
        end=end,
        outer_end=step.outer_end,
        first_day=step.first_day,
        last_day=last_day,
        clock=step.rule.clock,
        clause=clause_of(epoch.regime, f"stages.{step.rule.key}", step.rule),
        valid=valid,
        waits_for=tuple(WAITS[type(one).__name__] for one in step.rule.ends_when) if step.waiting else (),
        title=step.rule.title,
    )


# --- duties ---------------------------------------------------------------------------------------------------------


def _duties(trace: Trace) -> Iterator[Duty]:
    for index, epoch in enumerate(trace.epochs):
        until = _until(trace, index)
        kept = {id(item) for item in trace.epochs[index + 1].kept} if until else frozenset()
        whole = Interval(epoch.start, until)
        for item in epoch.course.items:
            if item.done_at is not None:
                yield _duty(trace, epoch, item, Interval(epoch.start) if id(item) in kept else whole, DutyState.DONE)
            else:
                yield from _open_rows(trace, epoch, item, None if id(item) in kept else until)


def _open_rows(trace: Trace, epoch: Epoch, item: Item, end: datetime | None) -> Iterator[Duty]:
    """The row of an open duty; if it is still open when its loop is closed by a fact, another one says it is void."""
    for cap in (trace.closed_at, item.laid.lapse):
        if cap is not None and (end is None or cap < end):
            end = cap
    if end is None or end > epoch.start:
        yield _duty(trace, epoch, item, Interval(epoch.start, end), DutyState.OPEN)
    if end is not None and end == trace.closed_at and not _by_itself(trace):
        yield _duty(trace, epoch, item, Interval(end), DutyState.VOID)


def key_of(item: Item) -> str:
    """A duty's key, unique in its loop: one laid down by a later regime bears that regime's number."""
    return f"{item.laid.key}~{item.epoch}" if item.epoch else item.laid.key


def _duty(trace: Trace, epoch: Epoch, item: Item, valid: Interval, state: DutyState) -> Duty:
    laid = item.laid
    rule = laid.rule
    return Duty(
        loop=trace.key,
        key=key_of(item),
        kind=rule.kind,
        stage=rule.stage,
        start=laid.start,
        due=laid.due,
        escalations=laid.escalations,
        owner=rule.owner,
        evidence=rule.evidence.fact,
        clause=clause_of(epoch.regime, laid.part, rule),
        valid=valid,
        state=state,
        done_at=item.done_at,
        done_by=refs(item.done_by) if item.done_by else (),
        consequence=rule.consequence,
        day=laid.day,
        every=timedelta(days=rule.schedule.days) if isinstance(rule.schedule, Every) else None,
        title=rule.title,
    )


# --- statuses -------------------------------------------------------------------------------------------------------


def _spans(trace: Trace) -> Iterator[StatusSpan]:
    held: list[StatusSpan] = []
    for index, epoch in enumerate(trace.epochs):
        until = min((at for at in (_until(trace, index), trace.closed_at) if at is not None), default=None)
        now = [span for step in epoch.course.actual for span in _step_spans(trace, epoch, step, until)]
        if held and epoch.base is not trace.bases[0]:
            now = _fill(held[-1], now, epoch.start, until)
        yield from now
        held = now


def _step_spans(trace: Trace, epoch: Epoch, step: Step, until: datetime | None) -> Iterator[StatusSpan]:
    assert epoch.frame is not None
    changes = statuses_of(step, epoch.frame)
    ends = [start for start, _, _ in changes[1:]] + [step.actual_end]
    for (start, status, because), end in zip(changes, ends, strict=True):
        first, last = max(start, epoch.start), min(end, until) if until else end
        planned = step.planned_end
        cut = planned if planned and first < planned < last else None
        for begin, finish, reason in (
            ((first, cut, AS_PLANNED), (cut, last, EXTENDED))
            if cut
            else ((first, last, EXTENDED if planned and first >= planned else AS_PLANNED),)
        ):
            if begin < finish and STATUSES[status].strictness:
                yield _span(trace, epoch, step, status, Interval(begin, finish), reason, because)


def _span(
    trace: Trace, epoch: Epoch, step: Step, status: str, span: Interval, reason: str, because: Sequence[Fact]
) -> StatusSpan:
    return StatusSpan(
        loop=trace.key,
        status=status,
        span=span,
        clause=clause_of(epoch.regime, f"stages.{step.rule.key}", step.rule),
        reason=reason,
        strictness=STATUSES[status].strictness,
        evidence=refs((epoch.base.fact, *because)),
    )


def _fill(held: StatusSpan, now: list[StatusSpan], since: datetime, until: datetime | None) -> list[StatusSpan]:
    """When a later exposure restarts the course, what held until then goes on until the new first stage begins."""
    begin = now[0].span.start if now else until
    if held.span.end != since or begin is None or begin <= since:
        return now
    bridge = StatusSpan(
        held.loop, held.status, Interval(since, begin), held.clause, CARRIED, held.strictness, held.evidence
    )
    return [bridge, *now]
