"""Why: the working behind what the rules say of a person. Of given facts: `rules.planning.explained`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from epiloop.rules import engine
from epiloop.rules import explain as words
from epiloop.rules.plan import Why
from epiloop.rules.rows import plan_of
from epiloop.rules.stream import LAST_INSTANT
from epiloop.rules.trace import Trace
from epiloop.runtime.capabilities import facts_of
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.knowing import known
from epiloop.runtime.requests.people import Known

Steps = tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """The working at one instant: of the status that holds, of each loop, of each duty by (loop, key)."""

    at: datetime
    zone: tzinfo
    status: Steps
    loops: Mapping[str, Steps]
    duties: Mapping[tuple[str, str], Steps]


def explain(parts: Parts, by: By, person: UUID, at: datetime) -> Explained:
    """Why everything is as it is for a person, who lies within reach of the one who asks. Raises NotFound."""
    return explain_known(known(parts, by, person, at), person)


def explain_known(one: Known, person: UUID) -> Explained:
    """The same of a person whose history is read already, at its instant."""
    facts = facts_of(one.entries, person)
    context = one.laws.context(one.jurisdiction)
    traces = engine.trace(facts, one.laws.adoptions, context, known_at=LAST_INSTANT) if facts else []
    return _explained(traces, one.now, one.laws.zone(one.jurisdiction))


def _explained(traces: Sequence[Trace], at: datetime, zone: tzinfo) -> Explained:
    plan = plan_of(traces)
    by_key = {trace.key: trace for trace in traces}
    keys = {(duty.loop, duty.key): None for duty in plan.duties if at in duty.valid}
    return Explained(
        at,
        zone,
        words.explain_status(traces, at, plan) if traces else (),
        {trace.key: words.explain_loop(trace) for trace in traces},
        {(loop, key): words.explain_duty(by_key[loop], key) for loop, key in keys if loop in by_key},
    )


def said(step: Why, explained: Explained, translate: Callable[[str], str], *, language: str) -> dict[str, Any]:
    """A step as JSON-ready values: one sentence, the clause, the events it rests on."""
    text = words.render(step, translate, language=language, show=lambda value: _shown(value, explained.zone))
    law = step.clause
    return {
        "text": text,
        "clause": law and {"measure": law.measure, "version": law.version, "clause": law.clause},
        "events": [{"stream": str(ref.stream), "version": ref.version} for ref in step.events],
    }


def _shown(value: object, zone: tzinfo) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)
