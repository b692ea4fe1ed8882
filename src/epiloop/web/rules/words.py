"""Measures in plain language: what opens them, their stages, their duties, each as a sentence a reader can check."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext, ngettext

from epiloop.core.errors import N_
from epiloop.rules import vocabulary
from epiloop.rules.model import (
    Closer,
    Condition,
    Daily,
    DutyRule,
    Every,
    Length,
    Match,
    Negatives,
    OnDays,
    OnOpening,
    SamplesNegative,
    StageRule,
    Version,
    Within,
)
from epiloop.rules.plan import Owner
from epiloop.rules.said import BASES, DAY_ZERO, FACTS
from epiloop.web import titles
from epiloop.web.registers.kinds import level_name
from epiloop.web.rules.wanted import together, wanted
from epiloop.web.said import said_span

CLOCKS: Mapping[str, str] = {
    "exposure": N_("counted after day zero"),
    "stage": N_("counted from its own first day"),
}
CERTAINTY: Mapping[str, str] = {
    "stated": N_("stated in the document"),
    "reported": N_("reported, not seen in the document itself"),
    "unspecified": N_("not in the document: how the work is organised"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A part of a version: its key (the same in other versions), title, sentence, clause; beside it what it was."""

    key: str
    title: str
    text: str
    clause: str = ""
    certainty: str = ""
    owner: str = ""
    change: str = ""
    """"", "new", "changed" or "gone", against the version before."""
    before: str = ""


def fact(kind: str) -> str:
    """A kind of fact."""
    return gettext(FACTS.get(kind, kind))


def certainty(word: str) -> str:
    """How sure it is that the document says so."""
    return gettext(CERTAINTY.get(word, word))


def length(value: Length) -> str:
    """A length of time: "3 days", "8 h"."""
    if value.days and not value.exact:
        return days(value.days)
    return said_span(value.span)


def days(number: int) -> str:
    """So many days."""
    return ngettext("%(days)d day", "%(days)d days", number) % {"days": number}


def stages_in_short(version: Version) -> str:
    """The stages in one line: "Centralised isolation 7 days → Home monitoring 3 days"."""
    return " → ".join(
        f"{titles.of_language(one.title)} {days(one.days)}" if one.days else titles.of_language(one.title)
        for one in version.stages
    )


def opening(version: Version) -> str:
    """What opens it and from when it counts."""
    values = {
        "facts": gettext(" or ").join(dict.fromkeys(match(one) for one in version.trigger)),
        "zero": gettext(DAY_ZERO.get(version.day_zero, version.day_zero)),
    }
    return gettext("Opens on: %(facts)s. Day zero is %(zero)s.") % values


def closing(version: Version) -> list[str]:
    """What ends it early."""
    return list(dict.fromkeys(_closer(one) for one in version.closes_on))


def parts(version: Version) -> tuple[list[Said], list[Said]]:
    """Stages and duties of a version."""
    stages = [
        Said(one.key, titles.of_language(one.title), stage(one), titles.of_clause(one), one.certainty)
        for one in version.stages
    ]
    named = {one.key: titles.of_language(one.title) for one in version.stages}
    return stages, [_duty(one, named) for one in version.duties]


def compared(old: list[Said], new: list[Said]) -> list[Said]:
    """The new parts, each with what changed against the old ones; those that are gone at the end."""
    before = {one.key: one for one in old}
    after = {one.key for one in new}
    return [_against(one, before.get(one.key)) for one in new] + [
        _changed(one, "gone", "") for one in old if one.key not in after
    ]


def stage(rule: StageRule) -> str:
    """How long a stage lasts and what ends it."""
    said = []
    if rule.days:
        said.append(gettext("%(days)s, %(clock)s") % {"days": days(rule.days), "clock": gettext(CLOCKS[rule.clock])})
    if rule.begins_on:
        said.append(gettext("begins with: %(fact)s") % {"fact": match(rule.begins_on)})
    if rule.ends_when:
        ends = gettext(" and ").join(condition(one) for one in rule.ends_when)
        values = {"conditions": ends, "limit": length(rule.outer_limit)}
        pattern = (
            gettext("ends only when %(conditions)s, at the latest %(limit)s later")
            if rule.days
            else gettext("until %(conditions)s, at the latest %(limit)s")
        )
        said.append(pattern % values)
    return gettext("; ").join(said)


def condition(one: Condition) -> str:
    """What must be met for a stage to end."""
    if isinstance(one, SamplesNegative):
        return gettext("every sample due is negative")
    if isinstance(one, Negatives):
        return _negatives(one)
    values = {"times": one.times, "fact": match(one.match)}
    return gettext("%(fact)s") % values if one.times == 1 else gettext("%(times)d × %(fact)s") % values


def _negatives(one: Negatives) -> str:
    said = ngettext("%(times)d negative result", "%(times)d negative results in a row", one.times) % {
        "times": one.times
    }
    if one.spacing:
        said += gettext(", at least %(spacing)s apart") % {"spacing": said_span(one.spacing)}
    if one.ct_at_least is not None:
        said += gettext(" (Ct %(ct)g or more counts as negative)") % {"ct": one.ct_at_least}
    return said


def schedule(rule: DutyRule) -> str:
    """When a duty is due."""
    said = SCHEDULES[type(rule.schedule)](rule.schedule)
    if rule.by:
        said += gettext(", by %(time)s") % {"time": f"{rule.by:%H:%M}"}
    if rule.times > 1:
        said += gettext(", %(times)d times") % {"times": rule.times}
    if rule.spacing:
        said += gettext(", at least %(spacing)s apart") % {"spacing": said_span(rule.spacing)}
    if rule.not_before > timedelta():
        said += gettext(", not before %(span)s") % {"span": said_span(rule.not_before)}
    return said


def owner(one: Owner) -> str:
    """Whose duty it is: the post, and for the territory at which level."""
    level = level_name(one.level) if one.level else ""
    return f"{titles.post(one.post)} · {level}" if level else titles.post(one.post)


def match(one: Match) -> str:
    """A fact with what its values must be."""
    parts = [text for name, value in one.where for text in [wanted(name, value)] if text]
    if not parts:
        return fact(one.fact)
    return gettext("%(fact)s (%(wanted)s)") % {"fact": fact(one.fact), "wanted": together(parts)}


def _closer(one: Closer) -> str:
    return match(one.match)


def duty_title(kind: str, title: Mapping[str, str]) -> str:
    """What a duty is called: by its rule, else by its kind."""
    known = vocabulary.DUTIES.get(kind)
    usual = (known.zh if titles.chinese() else known.en) if known else kind
    return (titles.of_language(title) if title else "") or usual


def _duty(rule: DutyRule, stages: Mapping[str, str]) -> Said:
    title = duty_title(rule.kind, rule.title)
    when = schedule(rule)
    if rule.stage in stages:
        when = gettext("%(stage)s: %(when)s") % {"stage": stages[rule.stage], "when": when}
    key = f"{rule.key}@{rule.stage}"
    return Said(key, title, when, titles.of_clause(rule), rule.certainty, owner(rule.owner))


def _on_days(one: OnDays) -> str:
    listed = gettext(", ").join(str(day) for day in one.days)
    values = {"days": listed, "clock": gettext(CLOCKS[one.clock])}
    return ngettext("on day %(days)s, %(clock)s", "on days %(days)s, %(clock)s", len(one.days)) % values


def _daily(one: Daily) -> str:
    rounds = gettext(", ").join(f"{each:%H:%M}" for each in one.rounds)
    return gettext("every day at %(rounds)s") % {"rounds": rounds} if rounds else gettext("every day")


def _within(one: Within) -> str:
    base = gettext(BASES[one.of]) if one.of in BASES else fact(one.of)
    return gettext("within %(time)s of %(base)s") % {"time": length(one.time), "base": base}


def _every(one: Every) -> str:
    if one.days == 1:
        return gettext("every day")
    return ngettext("every %(days)d day", "every %(days)d days", one.days) % {"days": one.days}


def _on_opening(one: OnOpening) -> str:
    return gettext("on the day of determination, if found late") if one.found_late else gettext("on the day it opens")


SCHEDULES: Mapping[type, Callable[[Any], str]] = {
    OnDays: _on_days,
    Daily: _daily,
    Within: _within,
    Every: _every,
    OnOpening: _on_opening,
}


def _against(now: Said, then: Said | None) -> Said:
    if then is None:
        return _changed(now, "new", "")
    if (then.text, then.owner, then.title) == (now.text, now.owner, now.title):
        return now
    return _changed(now, "changed", " · ".join(part for part in (then.text, then.owner) if part))


def _changed(one: Said, change: str, before: str) -> Said:
    return Said(one.key, one.title, one.text, one.clause, one.certainty, one.owner, change, before)
