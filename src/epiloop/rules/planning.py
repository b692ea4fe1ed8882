"""What the rules would say about somebody with these facts: behind `epiloop rules plan` and the cases of a rulebook."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from epiloop.core.errors import N_, InvalidInput, NotFound
from epiloop.core.jurisdictions import Code, code, short
from epiloop.rules import engine
from epiloop.rules.course import Item, Step
from epiloop.rules.explain import explain_duty, explain_loop, explain_status, render
from epiloop.rules.given import Given, facts_of, parse_pairs, parse_when
from epiloop.rules.layout import local_day
from epiloop.rules.model import Rulebook
from epiloop.rules.plan import Clause, Owner, StatusSpan, Why
from epiloop.rules.regimes import EVER, Adoption, Context, Regime, timeline
from epiloop.rules.rows import TICK, clause_of, key_of, plan_of
from epiloop.rules.stream import LAST_INSTANT
from epiloop.rules.trace import COMPLETED, LIMIT, Epoch, Trace
from epiloop.rules.vocabulary import STATUSES

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody's facts under one measure, at a place, as of an instant, with what was known then."""

    books: Sequence[Rulebook]
    """A rulebook and before it those it overlays."""
    measure: str
    jurisdiction: str
    facts: Given
    as_of: str
    """Local time of the jurisdiction, unless it names a zone."""
    known_at: str | None = None
    """Default: as_of."""
    zone: tzinfo | None = None
    """Default: the rulebook's."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the engine found for a question."""

    loop: Trace | None
    at: datetime
    context: Context
    regimes: tuple[Regime, ...]


def plan(
    books: Sequence[Rulebook],
    *,
    measure: str,
    jurisdiction: str,
    facts: Iterable[str] | Given,
    as_of: str,
    known_at: str | None = None,
    zone: tzinfo | None = None,
) -> Json:
    """The plan of one loop as JSON-ready values: all its stages and duties under the version in force at `as_of`.

    `books` are a rulebook and those it overlays; `facts` are NAME=VALUE texts (see `given`); `as_of` and `known_at`
    (default: as_of) are local times of the jurisdiction, in `zone` (default: the rulebook's). Raises InvalidInput and
    NotFound, naming the choices.
    """
    given = facts if isinstance(facts, Given) else parse_pairs(facts)
    question = Question(books, measure, jurisdiction, given, as_of, known_at, zone)
    return _answer(question, look(question))


def explained(question: Question, translate: Callable[[str], str] = str, language: str = "en") -> Json:
    """Why the plan is as it is, as sentences: of the loop, of every duty by its key, of the status at `as_of`."""
    found = look(question)
    loop = found.loop
    if loop is None:
        return {"loop": [], "duties": {}, "status": []}

    def say(steps: Iterable[Why]) -> list[str]:
        return [render(step, translate, language=language) for step in steps]

    keys = [key_of(item) for epoch in loop.epochs for item in epoch.course.items]
    return {
        "loop": say(explain_loop(loop)),
        "duties": {key: say(explain_duty(loop, key)) for key in keys},
        "status": say(explain_status([loop], found.at)),
    }


def look(question: Question) -> Found:
    """Ask the engine. Raises InvalidInput and NotFound, naming the choices."""
    books = question.books
    context = Context(question.zone or ZoneInfo(books[-1].timezone), code(question.jurisdiction))
    adoptions = tuple(Adoption(book, EVER) for book in books)
    names = sorted({name for book in books for name in book.measures})
    if question.measure not in names:
        what = N_("There is no measure %(name)s; known are: %(choices)s.")
        raise NotFound(what, name=question.measure, choices=", ".join(names))
    at = parse_when(question.as_of, context)
    known = parse_when(question.known_at, context) if question.known_at else at
    # What may be given is known from all versions there will be, not only from those issued by then.
    all_regimes = timeline(question.measure, adoptions, context, LAST_INSTANT)
    if not any(one.version for one in all_regimes):
        raise _never_here(question, context)
    stream = facts_of(question.facts, all_regimes, context)
    traces = engine.trace(stream, adoptions, context, at=at, known_at=known)
    loops = [one for one in traces if one.timeline.name == question.measure]
    regimes = timeline(question.measure, adoptions, context, known)
    return Found(loops[-1] if loops else None, at, context, regimes)


def _never_here(question: Question, context: Context) -> InvalidInput:
    """That the measure holds elsewhere only, and where and from when it does."""
    held: dict[str, date] = {}
    for book in question.books:
        for version in book.measures[question.measure].versions if question.measure in book.measures else ():
            scope = version.scope or book.scope
            for name in [short(Code(part.low)) for part in scope.ranges] if scope and not version.repealed else ():
                held[name] = min(version.in_force, held.get(name, version.in_force))
    places = ", ".join(f"{name} ({day.isoformat()})" for name, day in sorted(held.items()))
    return InvalidInput(
        N_("The measure %(name)s is never in force in %(here)s. It is in force in (from): %(places)s."),
        remedy=N_("Ask for one of these jurisdictions, or for one inside it."),
        name=question.measure,
        here=short(Code(context.jurisdiction)),
        places=places or "-",
    )


def _answer(question: Question, found: Found) -> Json:
    loop, at, context = found.loop, found.at, found.context
    now = [one for one in found.regimes if one.start <= at]
    answer: Json = {
        "rulebook": question.books[-1].name,
        "digest": question.books[-1].digest,
        "measure": question.measure,
        "as_of": local(at, context),
        "timezone": str(context.zone),
        "version": None,
        "source": None,
        "loop": None,
        "status": _free(None),
        "stages": [],
        "duties": [],
        "regime": _regime(now[-1], context) if now else None,
        "next_regimes": [_regime(one, context) for one in found.regimes if one.start > at],
    }
    epoch = epoch_at(loop, at) if loop else None
    if loop is None or epoch is None:
        return answer
    answer["version"] = clause_of(epoch.regime, "").version
    answer["source"] = _source(clause_of(epoch.regime, ""))
    answer["loop"] = _loop(loop, epoch, at, context)
    answer["status"] = _status(loop, epoch, at, context)
    answer["stages"] = [_stage(loop, epoch, step, context) for step in epoch.course.planned if _reached(loop, step)]
    items = sorted([*epoch.kept, *epoch.course.items], key=lambda item: (item.laid.due, item.laid.key))
    answer["duties"] = [_duty(loop, epoch, item, at, context) for item in items]
    return answer


def epoch_at(loop: Trace, at: datetime) -> Epoch | None:
    """The epoch that governs a loop at an instant; after its end the one it ended in."""
    return next((epoch for epoch in reversed(loop.epochs) if epoch.start <= at), None)


def local(at: datetime | None, context: Context) -> str | None:
    """An instant as local time with its offset."""
    return None if at is None else at.astimezone(context.zone).isoformat(timespec="minutes")


def _by_itself(loop: Trace) -> bool:
    return loop.outcome in ("", COMPLETED, LIMIT)


def _reached(loop: Trace, step: Step) -> bool:
    return _by_itself(loop) or loop.closed_at is None or step.start < loop.closed_at


def _loop(loop: Trace, epoch: Epoch, at: datetime, context: Context) -> Json:
    closed = loop.closed_at is not None and loop.closed_at <= at
    return {
        "key": loop.key,
        "state": "closed" if closed else "open",
        "opened_at": local(loop.opened_at, context),
        "day_zero": epoch.base.day_zero.isoformat(),
        "closed_at": local(loop.closed_at, context) if closed else None,
        "outcome": loop.outcome if closed else "",
        "free_from": local(_free_from(loop, epoch), context),
        "free_at_the_latest": local(loop.closed_at, context),
    }


def _free_from(loop: Trace, epoch: Epoch) -> datetime | None:
    """When the last stage ends if what is missing will be met in time."""
    if not _by_itself(loop) or not epoch.course.planned:
        return loop.closed_at
    return epoch.course.planned[-1].end


def _status(loop: Trace, epoch: Epoch, at: datetime, context: Context) -> Json:
    rows = plan_of([loop])
    span = engine.status_at(rows, at)
    if span is None:
        return _free(clause_of(epoch.regime, ""))
    return {
        "status": span.status,
        "title": {"en": STATUSES[span.status].en, "zh": STATUSES[span.status].zh},
        "since": local(span.span.start, context),
        "until": local(span.span.end, context),
        "at_the_latest": local(_latest(rows.statuses, span), context),
        "clause": span.clause.clause,
        "version": span.clause.version,
        "source": _source(span.clause),
        "reason": span.reason,
    }


def _latest(spans: Sequence[StatusSpan], holding: StatusSpan) -> datetime | None:
    """The end of the unbroken stretch of the same status."""
    end = holding.span.end
    for span in spans:
        if span.span.start == end and span.status == holding.status:
            end = span.span.end
    return end


def _free(clause: Clause | None) -> Json:
    return {
        "status": "free",
        "title": {"en": STATUSES["free"].en, "zh": STATUSES["free"].zh},
        "since": None,
        "until": None,
        "at_the_latest": None,
        "clause": clause.clause if clause else None,
        "version": clause.version if clause else None,
        "source": _source(clause) if clause else None,
        "reason": N_("No stage of this measure holds at this time."),
    }


def _regime(regime: Regime, context: Context) -> Json:
    """A regime; where there is no such measure any more, the version that ended it."""
    version = regime.version
    if version is None:
        day = local_day(regime.start, context)
        version = max(
            (one for one in regime.measure.versions if one.in_force <= day),
            key=lambda one: one.in_force,
            default=regime.measure.versions[-1],
        )
    return {
        "from": None if regime.start <= EVER else local(regime.start, context),
        "version": version.id,
        "repealed": regime.version is None,
        "source": _source(clause_of(replace(regime, version=version), "")),
    }


def _source(clause: Clause) -> Json:
    return {"en": clause.source, "zh": clause.source_zh, "certainty": clause.certainty}


def _stage(loop: Trace, epoch: Epoch, step: Step, context: Context) -> Json:
    end = step.end
    if not _by_itself(loop) and loop.closed_at is not None:
        end = loop.closed_at if end is None else min(end, loop.closed_at)
    clause = clause_of(epoch.regime, f"stages.{step.rule.key}", step.rule)
    return {
        "stage": step.rule.key,
        "title": dict(step.rule.title),
        "status": step.rule.status,
        "first_day": step.first_day.isoformat(),
        "last_day": None if end is None else local_day(end - TICK, context).isoformat(),
        "start": local(step.start, context),
        "end": local(end, context),
        "outer_end": local(step.outer_end, context),
        "clock": step.rule.clock,
        "conditions_met": not step.waiting,
        "clause": clause.clause,
        "version": clause.version,
        "source": _source(clause),
    }


def _duty(loop: Trace, epoch: Epoch, item: Item, at: datetime, context: Context) -> Json:
    laid, rule = item.laid, item.laid.rule
    regime = loop.epochs[item.epoch].regime
    clause = clause_of(regime, f"duties.{rule.key}", rule)
    state = state_of(loop, item, at)
    return {
        "key": key_of(item),
        "kind": rule.kind,
        "title": dict(rule.title),
        "date": (laid.on or local_day(laid.due - TICK, context)).isoformat(),
        "day": laid.day,
        "stage": rule.stage or None,
        "start": local(laid.start, context),
        "due": local(laid.due, context),
        "state": state,
        "late": state == "open" and laid.due <= at,
        "done_at": local(item.done_at, context),
        "carried": item in epoch.kept,
        "owner": owner_json(rule.owner),
        "escalations": [{"at": local(when, context), "owner": owner_json(owner)} for when, owner in laid.escalations],
        "evidence": rule.evidence.fact,
        "consequence": rule.consequence,
        "clause": clause.clause,
        "version": clause.version,
        "source": _source(clause),
    }


def state_of(loop: Trace, item: Item, at: datetime) -> str:
    """open, done or void (no longer required) at an instant."""
    if item.done_at is not None and item.done_at <= at:
        return "done"
    over = [end for end in (loop.closed_at, item.laid.lapse) if end is not None]
    return "void" if any(end <= at for end in over) else "open"


def owner_json(owner: Owner) -> Json:
    """An owner as JSON-ready values."""
    return {"party": owner.party.value, "post": owner.post, "level": owner.level or None}
