"""Why: for every loop, duty and status, the ordered steps that lead to it, each with its clause and its events.

A step is a message id with values; `render` turns it into one sentence in the reader's language. Values with an
English and a Chinese title are shown in that language.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from epiloop.core.errors import N_
from epiloop.rules import vocabulary
from epiloop.rules.course import Item, Step
from epiloop.rules.engine import status_at
from epiloop.rules.layout import local_day
from epiloop.rules.model import Daily, Every, OnDays, OnOpening, Version, Within
from epiloop.rules.plan import Plan, StatusSpan, Why
from epiloop.rules.regimes import Context
from epiloop.rules.rows import TICK, clause_of, key_of, plan_of
from epiloop.rules.said import BASES, DAY_ZERO, FACTS
from epiloop.rules.said import OUTCOMES as ENDS
from epiloop.rules.stream import refs
from epiloop.rules.trace import Epoch, Trace

OUTCOMES: Mapping[str, str] = {
    "completed": N_("Closed on %(at)s: everything the measure asks for was done."),
    "limit-reached": N_("Ends on %(at)s at its outer limit, whether or not what is missing was done."),
    "superseded": N_("Closed on %(at)s: a loop of a measure that goes before this one was opened."),
    "regime-ended": N_("Closed on %(at)s: from then on there is no such measure any more."),
}
CLOSED = N_("Closed on %(at)s with outcome %(outcome)s.")
WORDS: Mapping[str, Mapping[str, str]] = {"fact": FACTS, "name": DAY_ZERO, "of": {**FACTS, **BASES}, "outcome": ENDS}
"""Values that are words of rulebooks -> what people say."""


def explain_loop(trace: Trace) -> tuple[Why, ...]:
    """What opened a loop, which version governed it when and why that one, how days are counted, what ends it."""
    return tuple(_loop_steps(trace))


def explain_duty(trace: Trace, key: str) -> tuple[Why, ...]:
    """Why a duty (by the key of its row) is due, how its day counts, whose it is, what fulfils it.

    No steps if the loop has no such duty.
    """
    for epoch in trace.epochs:
        for item in epoch.course.items:
            if key == key_of(item):
                return tuple(_duty_steps(trace, epoch, item))
    return ()


def explain_status(traces: Sequence[Trace], at: datetime, plan: Plan | None = None) -> tuple[Why, ...]:
    """Why this status holds at an instant: the strictest stage of all loops, its clause, what would end it."""
    rows = plan or plan_of(traces)
    holding = status_at(rows, at)
    if holding is None:
        return (Why(N_("No stage of any loop holds at this time, so there is no restriction."), {}),)
    context = next(trace.timeline.context for trace in traces if trace.key == holding.loop)
    return tuple(_status_steps(rows, holding, at, context))


def render(
    why: Why, translate: Callable[[str], str] = str, *, language: str = "en", show: Callable[[Any], str] = str
) -> str:
    """A step as one sentence; `show` writes days and instants, `language` ("en" or "zh") picks titles."""
    said = {name: WORDS[name].get(str(value), value) if name in WORDS else value for name, value in why.values.items()}
    values = {name: _shown(value, translate, language, show) for name, value in said.items()}
    return translate(why.what) % values


def _shown(value: object, translate: Callable[[str], str], language: str, show: Callable[[Any], str]) -> object:
    if isinstance(value, Mapping):
        return value.get(language, value.get("en", ""))
    if isinstance(value, date | datetime):
        return show(value)
    return translate(value) if isinstance(value, str) and value else value


def _local(at: datetime | None, context: Context) -> datetime | None:
    return None if at is None else at.astimezone(context.zone)


# --- loops ----------------------------------------------------------------------------------------------------------


def _loop_steps(trace: Trace) -> Iterator[Why]:
    context, base = trace.timeline.context, trace.epochs[0].base if trace.epochs else None
    opening = {"at": _local(trace.opened_at, context), "fact": trace.opened.kind, "measure": trace.regime.measure.title}
    yield Why(
        N_("%(measure)s: opened on %(at)s by the fact %(fact)s."),
        opening,
        refs([trace.opened]),
        clause_of(trace.regime, ""),
    )
    if base is not None and base.late:
        what = N_(
            "Found late: determined on %(found)s, after day zero %(zero)s; days already past are not made up for."
        )
        yield Why(what, {"found": base.found_day, "zero": base.day_zero}, refs([base.fact]))
    for epoch in trace.epochs:
        yield from _epoch_steps(trace, epoch)
    if trace.closed_at is not None:
        values = {"at": _local(trace.closed_at, context), "outcome": trace.outcome}
        closing = refs([trace.closed_by]) if trace.closed_by else ()
        yield Why(OUTCOMES.get(trace.outcome, CLOSED), values, closing)


def _epoch_steps(trace: Trace, epoch: Epoch) -> Iterator[Why]:
    context = trace.timeline.context
    version = epoch.regime.version
    assert version is not None
    clause = clause_of(epoch.regime, "")
    if epoch.moved:
        moved = {"zero": epoch.base.day_zero}
        back = N_("The last exposure fell away; among those that remain, day zero is %(zero)s.")
        why = back if epoch.base.since else N_("A later exposure moved day zero to %(zero)s.")
        yield Why(why, moved, refs([epoch.base.fact]))
    else:
        yield Why(_version_reason(trace, epoch), _version_values(epoch, version, context), (), clause)
        zero = N_("Day zero is %(zero)s (%(name)s).")
        yield Why(zero, {"zero": epoch.base.day_zero, "name": version.day_zero}, refs([epoch.base.fact]), clause)
    for step in epoch.course.planned:
        yield from _stage_steps(epoch, step, context)


def _version_reason(trace: Trace, epoch: Epoch) -> str:
    if epoch is trace.epochs[0]:
        return N_("Version %(version)s governs: it came into force on %(day)s and was in force when the loop opened.")
    return N_("From %(from)s version %(version)s governs the open loop; time already served counts.")


def _version_values(epoch: Epoch, version: Version, context: Context) -> dict[str, object]:
    return {"version": version.id, "day": version.in_force, "from": _local(epoch.start, context)}


def _stage_steps(epoch: Epoch, step: Step, context: Context) -> Iterator[Why]:
    clause = clause_of(epoch.regime, f"stages.{step.rule.key}", step.rule)
    values: dict[str, object] = {"title": step.rule.title, "first": step.first_day, "days": step.rule.days}
    if step.planned_end is None:
        yield Why(N_("%(title)s from %(first)s until its conditions are met."), values, (), clause)
    else:
        values["last"] = local_day(step.planned_end - TICK, context)
        yield Why(_stage_message(step), values, refs([step.admission] if step.admission else []), clause)
    if step.waiting:
        what = N_("%(title)s goes on until its conditions are met, at the latest until %(outer)s.")
        yield Why(what, {"title": step.rule.title, "outer": _local(step.outer_end, context)}, (), clause)
    elif step.met_at is not None:
        what = N_("The conditions of %(title)s were met on %(at)s.")
        yield Why(what, {"title": step.rule.title, "at": _local(max(step.met_at, step.start), context)}, (), clause)


def _stage_message(step: Step) -> str:
    if step.rule.clock == "stage":
        return N_("%(title)s: %(days)s days from its own first day, %(first)s to %(last)s.")
    if step.admission is not None:
        return N_("%(title)s: admitted on %(first)s, which is its day 1; it ends %(days)s days on, on %(last)s.")
    return N_("%(title)s: %(days)s days counted after day zero and the stages before, %(first)s to %(last)s.")


# --- duties ---------------------------------------------------------------------------------------------------------


def _duty_steps(trace: Trace, epoch: Epoch, item: Item) -> Iterator[Why]:
    context, laid = trace.timeline.context, item.laid
    rule = laid.rule
    clause = clause_of(epoch.regime, f"duties.{rule.key}", rule)
    asked = {"title": rule.title, "version": clause.version, "source": {"en": clause.source, "zh": clause.source_zh}}
    yield Why(N_("%(title)s is asked for by version %(version)s: %(source)s."), asked, refs([trace.opened]), clause)
    yield Why(_counting(item), _counting_values(epoch, item), refs([epoch.base.fact]), clause)
    yield Why(N_("Due before %(due)s."), {"due": _local(laid.due, context)}, (), clause)
    if rule.times > 1:
        what = N_("%(times)s are needed, each at least %(spacing)s after the one before.")
        yield Why(what, {"times": rule.times, "spacing": str(rule.spacing)}, (), clause)
    post = vocabulary.POSTS[rule.owner.post]
    yield Why(N_("Answerable: %(post)s."), {"post": {"en": post[0], "zh": post[1]}}, (), clause)
    if item.done_at is not None:
        done = N_("Done late on %(at)s.") if item.done_at >= laid.due else N_("Done on %(at)s.")
        yield Why(done, {"at": _local(item.done_at, context)}, refs(item.done_by))
        return
    yield Why(N_("What fulfils it: %(fact)s."), {"fact": rule.evidence.fact}, (), clause)
    for when, owner in laid.escalations:
        post = vocabulary.POSTS[owner.post]
        values = {"at": _local(when, context), "post": {"en": post[0], "zh": post[1]}}
        yield Why(N_("If it is not done by %(at)s it goes up to: %(post)s."), values, (), clause)


COUNTING: Mapping[type, str] = {
    OnDays: N_("It is due on day %(day)s of %(stage)s (%(on)s), counted on the %(clock)s clock."),
    Daily: N_("It is due every day of %(stage)s; this is day %(day)s (%(on)s), counted on the %(clock)s clock."),
    Within: N_("It counts from: %(of)s."),
    Every: N_("It is due every %(days)s days, counted from the day it was last done."),
    OnOpening: N_("It is due on the day of determination, %(on)s."),
}


def _counting(item: Item) -> str:
    return COUNTING[type(item.laid.rule.schedule)]


def _counting_values(epoch: Epoch, item: Item) -> dict[str, object]:
    schedule, laid = item.laid.rule.schedule, item.laid
    steps = {step.rule.key: step.rule.title for step in epoch.course.planned}
    values: dict[str, object] = {"day": laid.day, "on": laid.on, "stage": steps.get(laid.rule.stage, laid.rule.stage)}
    if isinstance(schedule, OnDays | Daily):
        values["clock"] = schedule.clock
    if isinstance(schedule, Within):
        values["of"] = schedule.of
    if isinstance(schedule, Every):
        values["days"] = schedule.days
    return values


# --- statuses -------------------------------------------------------------------------------------------------------


def _status_steps(plan: Plan, holding: StatusSpan, at: datetime, context: Context) -> Iterator[Why]:
    yield Why(
        N_("%(status)s holds from %(from)s until %(until)s."),
        {
            "status": _title(holding.status),
            "from": _local(holding.span.start, context),
            "until": _local(holding.span.end, context),
        },
        holding.evidence,
        holding.clause,
    )
    source = {"en": holding.clause.source, "zh": holding.clause.source_zh}
    yield Why(N_("The rule is %(source)s."), {"source": source}, (), holding.clause)
    yield Why(holding.reason, {}, (), holding.clause)
    for span in plan.statuses:
        if at in span.span and span.loop != holding.loop:
            what = N_("Less strict or equal, and so behind it: %(status)s until %(until)s.")
            values = {"status": _title(span.status), "until": _local(span.span.end, context)}
            yield Why(what, values, span.evidence, span.clause)


def _title(status: str) -> dict[str, str]:
    return {"en": vocabulary.STATUSES[status].en, "zh": vocabulary.STATUSES[status].zh}
