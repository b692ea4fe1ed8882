"""Checked plain values -> the frozen model. Nothing here can be wrong any more: schema and words were checked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from epiloop.core import jurisdictions
from epiloop.core.subjects import SubjectKind
from epiloop.rules import vocabulary
from epiloop.rules.facts import Value
from epiloop.rules.model import (
    Closer,
    Condition,
    Daily,
    DutyRule,
    Every,
    FactSeen,
    Ladder,
    Length,
    Match,
    Measure,
    Negatives,
    OnDays,
    OnOpening,
    Parameter,
    ParameterValue,
    Rung,
    SamplesNegative,
    Schedule,
    Source,
    StageRule,
    Version,
    Wanted,
    Within,
)
from epiloop.rules.plan import Line, Owner, Party
from epiloop.rules.text import Document, Path

Raw = Mapping[str, Any]

_matches: dict[Match, Match] = {}


def build_measure(document: Document) -> Measure:
    """The measure of one checked file."""
    raw: Raw = document.value
    versions = [_version(item, document, ("versions", index)) for index, item in enumerate(raw["versions"])]
    if raw["subject"] == SubjectKind.PERSON:
        versions = [_until_taken_over(version) for version in versions]
    return Measure(
        name=raw["measure"],
        title=raw["title"],
        line=Line(raw["line"]),
        subject=SubjectKind(raw["subject"]),
        versions=tuple(sorted(versions, key=lambda version: version.in_force)),
        superseded_by=tuple(raw.get("superseded_by", ())),
        path=document.path,
    )


def _until_taken_over(version: Version) -> Version:
    """The version for people: whoever another jurisdiction has taken over, with its own rules, is no more in our loops.

    No rulebook says so; without it a person would stand under control twice, or the loops would never end here.
    """
    closer = Closer(build_match({"fact": "handed-over", "where": {"outside": True}}), "transferred-out")
    return version if version.repealed else replace(version, closes_on=(*version.closes_on, closer))


def build_parameter(raw: Raw) -> Parameter:
    """The parameter of one checked file."""
    values = [
        ParameterValue(
            in_force=date.fromisoformat(item["in_force"]),
            issued=date.fromisoformat(item.get("issued", item["in_force"])),
            value=item["value"],
            source=build_source(item["source"]),
        )
        for item in raw["values"]
    ]
    values.sort(key=lambda value: value.in_force)
    return Parameter(raw["parameter"], raw["title"], raw.get("unit", ""), tuple(values))


def build_scope(codes: Iterable[str]) -> jurisdictions.Scope:
    """The ranges of jurisdictions written as codes."""
    return jurisdictions.scope(*map(jurisdictions.code, codes))


def build_length(text: str) -> Length:
    """ "8h", "30min", "3d" as a length."""
    amount, unit = re.fullmatch(r"([0-9]+)(min|h|d)", text).groups()  # type: ignore[union-attr]
    if unit == "d":
        return Length(days=int(amount))
    return Length(exact=timedelta(hours=int(amount)) if unit == "h" else timedelta(minutes=int(amount)))


def build_match(raw: Raw) -> Match:
    """A kind of fact with what its values must be. Equal ones are the same object, so a stream looks only once."""
    match = Match(raw["fact"], _where(raw["fact"], raw.get("where", {})))
    return _matches.setdefault(match, match)


def _where(fact: str, raw: Raw) -> tuple[tuple[str, Wanted], ...]:
    types = vocabulary.FACTS[fact]
    return tuple((name, _wanted(wanted, types[name])) for name, wanted in sorted(raw.items()))


def _wanted(raw: Any, kind: vocabulary.ValueType) -> Wanted:
    if not isinstance(raw, Mapping):
        return Wanted(any_of=_values(raw, kind))
    return Wanted(none_of=_values(raw["not"], kind) if "not" in raw else (), low=raw.get("min"), high=raw.get("max"))


def _values(raw: Any, kind: vocabulary.ValueType) -> tuple[Value, ...]:
    items = raw if isinstance(raw, list | tuple) else [raw]
    return tuple(date.fromisoformat(item) if kind == "date" else item for item in items)


def _listed(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else [raw]


def _span(raw: Raw, name: str) -> timedelta:
    return build_length(raw[name]).span if name in raw else timedelta()


def build_source(raw: Raw) -> Source:
    """The document a rule stands in."""
    clause, clause_zh = _clause(raw)
    return Source(raw["title"], raw["certainty"], clause, raw.get("url", ""), clause_zh)


def _clause(raw: Raw) -> tuple[str, str]:
    given = raw.get("clause", "")
    return (given, "") if isinstance(given, str) else (given["en"], given["zh"])


def _owner(raw: Raw) -> Owner:
    return Owner(Party(raw["party"]), raw["post"], raw.get("level", ""))


def _ladder(raw: Raw | None) -> Ladder:
    if raw is None:
        return Ladder()
    rungs = tuple(Rung(_owner(item["owner"]), _span(item, "after")) for item in raw["ladder"])
    return Ladder(rungs, _span(raw, "grace"), time.fromisoformat(raw["hour"]) if "hour" in raw else None)


def _version(raw: Raw, document: Document, path: Path) -> Version:
    head = Version(
        id=raw["version"],
        in_force=date.fromisoformat(raw["in_force"]),
        issued=date.fromisoformat(raw.get("issued", raw["in_force"])),
        source=build_source(raw["source"]),
        until=date.fromisoformat(raw["until"]) if "until" in raw else None,
        scope=build_scope(raw["scope"]) if "scope" in raw else None,
        repealed=raw.get("repealed", False),
        line=document.line(path),
    )
    return head if head.repealed else _with_content(head, raw, document, path)


def _with_content(head: Version, raw: Raw, document: Document, path: Path) -> Version:
    stages = [_stage(item, document.line((*path, "stages", index))) for index, item in enumerate(raw.get("stages", ()))]
    default = _ladder(raw.get("escalation"))
    duties = [
        _duty(item, default, document.line((*path, "duties", index)))
        for index, item in enumerate(raw.get("duties", ()))
    ]
    return Version(
        id=head.id,
        in_force=head.in_force,
        issued=head.issued,
        source=head.source,
        until=head.until,
        scope=head.scope,
        new_loops_only=raw.get("transition") == "new-loops-only",
        trigger=tuple(build_match(item) for item in _listed(raw["trigger"])),
        standing=raw.get("standing", False),
        fixed_zero=raw.get("repeated") == "changes-nothing",
        restarts_on=tuple(build_match(item) for item in _listed(raw.get("restarts_on", []))),
        per=tuple(raw.get("per", ())),
        day_zero=raw["day_zero"],
        limit=build_length(raw["limit"]) if "limit" in raw else None,
        closes_on=tuple(
            Closer(build_match(item), item["outcome"], item.get("bars", False), item.get("each", ""))
            for item in raw.get("closes_on", ())
        ),
        stages=tuple(stages),
        duties=tuple(duties),
        line=head.line,
    )


def _condition(raw: Any) -> Condition:
    if raw == "samples-negative":
        return SamplesNegative()
    if "fact" in raw:
        return FactSeen(build_match(raw), raw.get("times", 1), raw.get("from_day", 0))
    inner = raw["negatives"]
    return Negatives(inner["times"], _span(inner, "spacing"), inner.get("ct_at_least"), inner.get("from_day", 1))


def _stage(raw: Raw, line: int) -> StageRule:
    return StageRule(
        key=raw["stage"],
        title=raw["title"],
        status=raw["status"],
        clock=raw["clock"],
        days=raw.get("days"),
        instead=tuple((build_match(item), item["status"]) for item in raw.get("instead", ())),
        begins_on=build_match(raw["begins_on"]) if "begins_on" in raw else None,
        ends_when=tuple(_condition(item) for item in raw.get("ends_when", ())),
        outer_limit=build_length(raw.get("outer_limit", "3d")),
        clause=_clause(raw)[0],
        clause_zh=_clause(raw)[1],
        certainty=raw.get("certainty", ""),
        line=line,
    )


def _schedule(raw: Raw) -> Schedule:
    if "on_days" in raw:
        return OnDays(tuple(sorted(raw["on_days"])), raw["clock"])
    if "daily" in raw:
        return Daily(raw["clock"], tuple(time.fromisoformat(item) for item in sorted(raw.get("rounds", ()))))
    if "within" in raw:
        return Within(build_length(raw["within"]["time"]), raw["within"]["of"])
    if "every" in raw:
        return Every(int(raw["every"].removesuffix("d")))
    return OnOpening(found_late=raw["on_opening"] == "found-late")


def _duty(raw: Raw, default: Ladder, line: int) -> DutyRule:
    kind = vocabulary.DUTIES[raw["kind"]]
    evidence = raw.get("evidence", {"fact": kind.evidence, "where": kind.where})
    missed = raw.get("if_missed", "lapses" if kind.lapses else "stays")
    return DutyRule(
        key=raw["duty"],
        kind=raw["kind"],
        title=raw.get("title", {"en": kind.en, "zh": kind.zh}),
        schedule=_schedule(raw),
        evidence=build_match(evidence),
        owner=_owner(raw["owner"]),
        ladder=_ladder(raw["escalation"]) if "escalation" in raw else default,
        stage=raw.get("stage", ""),
        times=raw.get("times", 1),
        spacing=_span(raw, "spacing"),
        not_before=_span(raw, "not_before"),
        by=time.fromisoformat(raw["by"]) if "by" in raw else None,
        lapses=missed == "lapses",
        even_if_past=raw.get("even_if_past", False),
        consequence=raw.get("consequence", 50),
        clause=_clause(raw)[0],
        clause_zh=_clause(raw)[1],
        certainty=raw.get("certainty", ""),
        line=line,
    )
