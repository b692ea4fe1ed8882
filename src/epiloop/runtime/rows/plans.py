"""The rows of a subject's plan: loops, stages, duties, status spans, escalations, and when to look again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from epiloop.operations.duties.actions import next_rung, owner_code
from epiloop.operations.duties.state import Risen
from epiloop.rules.plan import Duty, DutyState, Loop, Plan, Stage, StatusSpan
from epiloop.store.tables import DeadlineRow, DutyRow, EscalationRow, LoopRow, StageRow, StatusRow


@dataclass(frozen=True, slots=True)
class Whose:
    """The subject a plan belongs to: its kind, where it stays, and the unit that answers as employer."""

    subject: UUID
    kind: str
    jurisdiction: int
    employer: UUID | None = None


def plan_rows(whose: Whose, plan: Plan, steps: Mapping[tuple[str, str, int], Risen]) -> Iterator[tuple[Any, ...]]:
    """The rows of a plan. A regime that never was in force for a row leaves none (empty validity).

    A stage or a status that a change of regime leaves as it is stays one row.
    """
    loops = {loop.key: loop for loop in plan.loops}
    yield from (_loop(whose, loop) for loop in plan.loops)
    stages = (_stage(whose, stage) for stage in plan.stages if _holds(stage))
    yield from _joined(stages, "valid_from", "valid_until")
    yield from (_duty(whose, duty, loops[duty.loop]) for duty in plan.duties if _holds(duty))
    yield from _joined((_status(whose, span) for span in plan.statuses), "starts", "ends")
    next_at = next_rung(plan.duties, steps)
    if next_at is not None:
        yield DeadlineRow(whose.subject, next_at)


def step_rows(whose: Whose, steps: Mapping[tuple[str, str, int], Risen]) -> Iterator[EscalationRow]:
    """How far duties have gone up."""
    return (_step(whose, step) for step in steps.values())


def last_restriction(spans: Iterable[StatusSpan]) -> tuple[datetime, datetime] | tuple[None, None]:
    """From when on and until when spans restrict without a gap, the last time they do; None if none ever did."""
    held = [(span.span.start, span.span.end) for span in spans if span.strictness > 0 and span.span.end]
    if not held:
        return None, None
    since = until = max(end for _, end in held)
    while earlier := [start for start, end in held if start < since <= end]:
        since = min(earlier)
    return since, until


def _holds(row: Stage | Duty) -> bool:
    return row.valid.end is None or row.valid.start < row.valid.end


def _joined(rows: Iterable[Any], since: str, until: str) -> Iterator[tuple[Any, ...]]:
    """The rows, but one row for two that say the same of a stage (or loop), the one from when on the other ends."""
    last: dict[tuple[str, str], Any] = {}
    for row in rows:
        name = row.loop, getattr(row, "key", "")
        before = last.get(name)
        longer = None if before is None else _both(before, row, since, until)
        if before is not None and longer is None:
            yield before
        last[name] = longer or row
    yield from last.values()


def _both(before: Any, row: Any, since: str, until: str) -> Any | None:
    """The one row for both, if that can be."""
    if getattr(before, until) != getattr(row, since):
        return None
    edges = {since: getattr(before, since), until: getattr(row, until)}
    longer = before._replace(**edges)
    return longer if longer == row._replace(**edges) else None


def _loop(whose: Whose, loop: Loop) -> LoopRow:
    return LoopRow(
        whose.subject,
        loop.key,
        whose.kind,
        whose.jurisdiction,
        loop.line.value,
        loop.measure,
        loop.clause.rulebook,
        loop.clause.version,
        loop.day_zero,
        loop.opened_at,
        loop.closed_at,
        loop.outcome,
    )


def _stage(whose: Whose, stage: Stage) -> StageRow:
    return StageRow(
        whose.subject,
        stage.loop,
        stage.key,
        stage.status,
        whose.jurisdiction,
        stage.start,
        stage.end,
        stage.outer_end,
        stage.first_day,
        stage.last_day,
        stage.clock,
        stage.clause.version,
        stage.clause.clause,
        list(stage.waits_for),
        stage.valid.start,
        stage.valid.end,
    )


def _duty(whose: Whose, duty: Duty, loop: Loop) -> DutyRow:
    return DutyRow(
        whose.subject,
        duty.loop,
        duty.key,
        whose.kind,
        whose.jurisdiction,
        loop.line.value,
        loop.measure,
        duty.clause.rulebook,
        duty.clause.version,
        duty.clause.clause,
        duty.kind,
        duty.stage,
        duty.day,
        duty.start,
        duty.due,
        duty.owner.party.value,
        duty.owner.post,
        owner_code(duty.owner, whose.jurisdiction),
        whose.employer,
        duty.evidence,
        duty.consequence,
        duty.state.value,
        duty.done_at,
        duty.valid.start,
        _end(duty, loop),
    )


def _end(duty: Duty, loop: Loop) -> datetime | None:
    """An open duty holds as long as its regime and its loop; what is settled stays to be read."""
    if duty.state is not DutyState.OPEN:
        return duty.valid.end
    return min((end for end in (duty.valid.end, loop.closed_at) if end is not None), default=None)


def _status(whose: Whose, span: StatusSpan) -> StatusRow:
    assert span.span.end is not None, "every restriction ends by itself"
    return StatusRow(
        whose.subject,
        span.loop,
        span.status,
        span.strictness,
        whose.jurisdiction,
        span.span.start,
        span.span.end,
        span.clause.rulebook,
        span.clause.measure,
        span.clause.version,
        span.clause.clause,
        span.reason,
    )


def _step(whose: Whose, step: Risen) -> EscalationRow:
    return EscalationRow(
        whose.subject,
        step.loop,
        step.duty,
        step.rung,
        step.at,
        step.party,
        step.post,
        step.code,
        step.account,
        whose.jurisdiction,
    )
