"""Subjects whose facts differ only in names and hours: what was worked out for one is the answer for the other.

Nothing is assumed about the engine: it is run on `Moment`s, which note every question asked about an instant. Names of
samples, links and people are only ever compared with each other, unless a rule names one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.rules.facts import Fact, Value
from epiloop.rules.model import Match
from epiloop.rules.moments import NEVER, Bounds, Moment, micros
from epiloop.rules.regimes import EVER, Adoption

NAMES = frozenset({"sample", "link", "case", "contact"})
"""Values that only say which one is meant."""
NOBODY = UUID(int=0)
DAY = 86_400_000_000
"""Microseconds. Days are cut anywhere: they only sort likenesses, `Bounds` decide."""

Likeness = tuple[object, ...]


def names_not_asked_for(adoptions: Iterable[Adoption]) -> frozenset[str]:
    """Those of `NAMES` of which no rule of these rulebooks wants a certain value."""
    return NAMES - {name for adoption in adoptions for name in _wanted(list(adoption.rulebook.measures.values()))}


def _wanted(part: Any) -> Iterable[str]:
    if isinstance(part, Match):
        yield from (name for name, _ in part.where)
    elif isinstance(part, tuple | list):
        for one in part:
            yield from _wanted(one)
    elif is_dataclass(part):
        for each in fields(part):
            yield from _wanted(getattr(part, each.name))


def likeness(facts: Sequence[Fact], names: frozenset[str]) -> tuple[Likeness, list[int]] | None:
    """What subjects alike have in common, and each fact's instant in microseconds; None if their order is their own.

    `names` are the values that only name something.
    """
    said: list[object] = []
    instants: list[int] = []
    called: dict[Value, int] = {}
    before: EventRef | None = None
    for fact in facts:
        ref = fact.event
        if (
            ref is None
            or fact.origin
            or (before is not None and (ref.stream != before.stream or ref.version < before.version))
        ):
            return None
        before = ref
        at = micros(fact.at)
        instants.append(at)
        said += (fact.kind, ref.version, at // DAY)
        for name, value in fact.values.items():
            said += (name, called.setdefault(value, len(called)) if name in names and value is not None else value)
    return tuple(said), instants


def on_moments(facts: Sequence[Fact], names: frozenset[str]) -> tuple[list[Fact], Bounds]:
    """The same facts about nobody in particular, told at moments; and the bounds in which questions are noted."""
    bounds = Bounds([-NEVER] * len(facts), [NEVER] * len(facts))
    called: dict[Value, str] = {}
    told: list[Fact] = []
    for number, fact in enumerate(facts):
        assert fact.event is not None
        values = {
            name: called.setdefault(value, f"name {len(called)}") if name in names and value is not None else value
            for name, value in fact.values.items()
        }
        # In recorded order already, which the versions keep: when each was recorded makes no further difference.
        ref = EventRef(NOBODY, fact.event.version)
        told.append(Fact(fact.kind, Moment.of(fact.at, number, timedelta(), bounds), EVER, values, ref))
    return told, bounds
