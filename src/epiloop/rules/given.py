"""Facts written as NAME=VALUE by a person (the command line, the cases of a rulebook) -> facts of one subject.

A day without an hour is its first instant for what opens a loop or a stage, and noon for a sample. Each fact is
recorded when it happens.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.instants import instant
from epiloop.rules import vocabulary
from epiloop.rules.facts import Fact, Value
from epiloop.rules.model import Match, Version
from epiloop.rules.regimes import Context, Regime

OPENING = ("determined", "arrived", "opened")
"""Names for the instant at which the fact that opens the loop happened."""
OTHER = ("admitted", "sample", "withdrawn", "decision", "fact")
NOON = time(12)
WHEN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
SAMPLE = re.compile(
    rf"(?P<at>{WHEN})(?::(?P<outcome>negative|positive|invalid|pending))?(?::(?P<kind>single|pool|antigen))?"
    rf"(?::ct(?P<ct>[0-9.]+))?(?:@(?P<known>{WHEN}))?"
)
DECISION = re.compile(rf"(?P<at>{WHEN}):(?P<to>[0-9-]{{10}})(?::(?P<stage>[a-z0-9-]+))?")


@dataclass(frozen=True, slots=True)
class Given:
    """Names with the values given for each, in order."""

    values: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str | None:
        """The last value given for a name."""
        return self.values[name][-1] if name in self.values else None


def parse_pairs(pairs: Iterable[str]) -> Given:
    """NAME=VALUE texts, a name as often as wanted. Raises InvalidInput."""
    values: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not value:
            raise InvalidInput(N_("A fact is written NAME=VALUE, not %(pair)s."), pair=repr(pair))
        values[name] = (*values.get(name, ()), value)
    return Given(values)


def parse_when(text: str, context: Context, default: time = time()) -> datetime:
    """A day or an instant as people write it; without a zone it is local time of the jurisdiction. In UTC."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        what = N_("%(text)s is not a day or a time.")
        raise InvalidInput(what, remedy=N_("Write 2022-06-28 or 2022-06-28T09:00."), text=repr(text)) from None
    if len(text) == len("2022-06-28"):
        parsed = datetime.combine(parsed.date(), default)
    return instant(parsed if parsed.tzinfo else parsed.replace(tzinfo=context.zone))


def facts_of(given: Given, regimes: tuple[Regime, ...], context: Context) -> list[Fact]:
    """The facts given for a measure with these regimes, oldest first. Raises InvalidInput naming the choices."""
    versions = [one.version for one in regimes if one.version]
    _check_names(given, versions)
    opened_at = _opened_at(given, versions, context)
    version = _version_at(regimes, opened_at) or versions[0]
    trigger = _trigger(version, given)
    values = _trigger_values(trigger, given, version, opened_at, context)
    facts = [_fact(trigger.fact, opened_at, values)]
    facts += [_fact("admitted", parse_when(text, context), {}) for text in given.values.get("admitted", ())]
    facts += _withdrawals(given, values, context)
    for index, text in enumerate(given.values.get("sample", ()), 1):
        facts += _sample(text, f"given-{index}", context)
    facts += [_decision(text, context) for text in given.values.get("decision", ())]
    facts += [_any_fact(text, context) for text in given.values.get("fact", ())]
    return sorted(facts, key=lambda fact: fact.at)


def _fact(kind: str, at: datetime, values: Mapping[str, Value]) -> Fact:
    return Fact(kind, at, at, dict(values))


def _check_names(given: Given, versions: list[Version]) -> None:
    if not versions:
        raise InvalidInput(N_("This measure is not in force at any time here."))
    known = {name for version in versions for match in version.trigger for name in vocabulary.FACTS[match.fact]}
    choices = sorted(known | set(OPENING) | set(OTHER))
    for name in given.values:
        if name not in choices:
            what = N_("There is no fact %(name)s for this measure; known are: %(choices)s.")
            raise InvalidInput(what, name=name, choices=", ".join(choices))


def _opened_at(given: Given, versions: list[Version], context: Context) -> datetime:
    """When the opening fact happened: as given, else on day zero."""
    for name in (*OPENING, *dict.fromkeys(version.day_zero for version in versions)):
        text = given.one(name)
        if text:
            return parse_when(text, context)
    wanted = sorted({version.day_zero for version in versions if version.day_zero != "at"}) or ["determined"]
    raise InvalidInput(N_("The measure needs the fact %(name)s."), name=" / ".join(wanted))


def _version_at(regimes: tuple[Regime, ...], at: datetime) -> Version | None:
    holding = [one.version for one in regimes if one.start <= at]
    return holding[-1] if holding else None


def _trigger(version: Version, given: Given) -> Match:
    """The trigger that knows most of the names given."""
    return max(version.trigger, key=lambda match: sum(name in vocabulary.FACTS[match.fact] for name in given.values))


def _trigger_values(
    trigger: Match, given: Given, version: Version, opened_at: datetime, context: Context
) -> dict[str, Value]:
    values: dict[str, Value] = {name: wanted.any_of[0] for name, wanted in trigger.where if wanted.any_of}
    for name, kind in vocabulary.FACTS[trigger.fact].items():
        text = given.one(name)
        if text is not None:
            values[name] = parse_value(name, text, kind, context)
    if version.day_zero != "at" and version.day_zero not in values:
        values[version.day_zero] = opened_at.astimezone(context.zone).date()
    return values


def parse_value(name: str, text: str, kind: vocabulary.ValueType, context: Context) -> Value:
    """The value of a fact from its text. Raises InvalidInput naming the choices."""
    try:
        return _parse(text, kind, context)
    except (ValueError, InvalidInput):
        choices = ", ".join(kind) if isinstance(kind, tuple) else kind
        what = N_("%(text)s is not a value of %(name)s: %(choices)s.")
        raise InvalidInput(what, text=repr(text), name=name, choices=choices) from None


def _parse(text: str, kind: vocabulary.ValueType, context: Context) -> Value:
    if isinstance(kind, tuple):
        return kind[kind.index(text)]
    if kind == "date":
        return date.fromisoformat(text[:10])
    if kind == "instant":
        return parse_when(text, context)
    if kind == "bool":
        return {"true": True, "false": False}[text] if text in ("true", "false") else bool(int(text))
    parsers: dict[str, type[int | float | str | UUID]] = {"int": int, "float": float, "str": str, "uuid": UUID}
    return parsers[kind](text)


def _withdrawals(given: Given, values: Mapping[str, Value], context: Context) -> list[Fact]:
    named = {name: values[name] for name in ("disease", "ring") if name in values}
    return [_fact("contact-withdrawn", parse_when(text, context), named) for text in given.values.get("withdrawn", ())]


def _sample(text: str, name: str, context: Context) -> list[Fact]:
    found = SAMPLE.fullmatch(text)
    if found is None:
        what = N_("%(text)s is not a sample.")
        remedy = N_(
            "Write 2022-06-29T10:00:negative (or positive, invalid, pending), with @TIME for when it was known."
        )
        raise InvalidInput(what, remedy=remedy, text=repr(text))
    at = parse_when(found["at"], context, NOON)
    kind = found["kind"] or "single"
    facts = [_fact("sample-taken", at, {"sample": name, "kind": kind})]
    if found["outcome"] not in (None, "pending"):
        known = parse_when(found["known"], context, NOON) if found["known"] else at
        ct = float(found["ct"]) if found["ct"] else None
        result = {"sample": name, "outcome": found["outcome"], "kind": kind, "ct": ct}
        # At least an instant later, so that taking and result keep their order.
        facts.append(_fact("result", max(known, at + timedelta(microseconds=1)), result))
    return facts


def _decision(text: str, context: Context) -> Fact:
    found = DECISION.fullmatch(text)
    if found is None:
        what = N_("%(text)s is not a decision.")
        raise InvalidInput(what, remedy=N_("Write 2022-07-08:2022-07-12 (when, until which day)."), text=repr(text))
    values: dict[str, Value] = {"extends_to": date.fromisoformat(found["to"])}
    if found["stage"]:
        values["stage"] = found["stage"]
    return _fact("named-decision", parse_when(found["at"], context), values)


def _any_fact(text: str, context: Context) -> Fact:
    """ "2022-07-02T10:00 follow-up symptoms=true" as a fact."""
    when, _, rest = text.partition(" ")
    kind, *pairs = rest.split() or [""]
    if kind not in vocabulary.FACTS:
        what = N_("Unknown fact %(kind)s; known are: %(known)s.")
        raise InvalidInput(what, kind=repr(kind), known=", ".join(sorted(vocabulary.FACTS)))
    types = vocabulary.FACTS[kind]
    values: dict[str, Value] = {}
    for name, given in parse_pairs(pairs).values.items():
        if name not in types:
            what = N_("%(kind)s has no value %(name)s; known are: %(choices)s.")
            raise InvalidInput(what, kind=kind, name=name, choices=", ".join(types))
        values[name] = parse_value(name, given[-1], types[name], context)
    return _fact(kind, parse_when(when, context), values)
