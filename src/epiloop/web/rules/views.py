"""What is in force here today, and one measure with its versions and what each changed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from epiloop.core.instants import day_of
from epiloop.core.jurisdictions import range_of
from epiloop.rules.model import Version
from epiloop.rules.plan import Line
from epiloop.rules.regimes import EVER, Regime
from epiloop.runtime import present
from epiloop.runtime.adopting import stale
from epiloop.store.reading import rules as stored
from epiloop.store.scoped import reading
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.asked import meet
from epiloop.web.header import named
from epiloop.web.rules import words
from epiloop.web.rules.law import Law, current, law_of
from epiloop.web.who import logins, said_actor

RIGHT = "rules.read"
Loops = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class InForce:
    """One measure of the list: its version that holds now, what comes next, how many loops stand under it."""

    name: str
    title: str
    version: Version | None
    since: date | None
    short: str
    source: str
    certainty: str
    loops: int | None
    next_on: date | None


@right_required(RIGHT)
def in_force(request: HttpRequest) -> HttpResponse:
    """What is in force in the jurisdiction looked at, today."""
    who = acting(request)
    law = law_of(who)
    loops = _loops(who)
    lines: dict[str, list[InForce]] = {line.value: [] for line in Line}
    idle: list[InForce] = []
    for name in law.names():
        row = _row(law, name, loops)
        measure = law.measure(name)
        if measure is not None:
            (lines[measure.line.value] if row.version else idle).append(row)
    context = {
        "lines": [(titles.line(key), _sorted(rows)) for key, rows in lines.items() if rows],
        "idle": _sorted(idle),
        "books": books_in_force(who, law),
        "stale": stale(present.parts()),
        "keeper": who.can("rules.adopt"),
        "place": named([who.jurisdiction], who).get(who.jurisdiction, "") if who.jurisdiction else "",
    }
    return render(request, "rules/in_force.html", context)


@right_required(RIGHT)
def measure(request: HttpRequest, name: str) -> HttpResponse:
    """One measure: the version in force in plain words, its history, what each version changed."""
    who = acting(request)
    law = law_of(who)
    found = law.measure(name)
    if found is None:
        raise Http404
    regimes = [one for one in law.timeline(name) if one.version or one.start != EVER]
    chosen = _chosen(regimes, request.GET.get("version", ""), who.at)
    loops = _loops(who, name)
    before = next((one for one in reversed(regimes[: regimes.index(chosen)]) if one.version), None) if chosen else None
    context = {
        "name": name,
        "title": titles.of_language(found.title),
        "line": titles.line(found.line.value),
        "history": [_history(one, law, loops, name, chosen) for one in reversed(regimes)],
        "chosen": _described(chosen, before, law) if chosen and chosen.version else None,
        "ended": chosen is not None and chosen.version is None,
        "current": chosen is not None and chosen is current(regimes, who.at),
        "loops": sum(loops.values()),
    }
    return render(request, "rules/measure.html", context)


def books_in_force(who: Acting, law: Law) -> list[dict[str, Any]]:
    """The rulebooks adopted, the one in use first, with digest, day and where."""
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        rows = stored.adoptions(connection)
        now = {(row.rulebook, row.digest, row.adopted_at) for row in stored.in_force(connection, who.at)}
    names = named([row.jurisdiction for row in rows], who)
    people = logins(row.actor for row in rows)
    known = law.laws.books()
    return [
        {
            "row": row,
            "title": titles.of_language(known[row.rulebook].title) if row.rulebook in known else row.rulebook,
            "digest": row.digest.hex(),
            "place": names.get(row.jurisdiction, ""),
            "actor": said_actor(row.actor, people),
            "holds": (row.rulebook, row.digest, row.adopted_at) in now,
        }
        for row in rows
    ]


def _loops(who: Acting, measure: str | None = None) -> Loops:
    """Open loops by (measure, version), as far as the account may see the board."""
    scope = who.scope("board.read")
    if not scope.ranges:
        return {}
    asked = meet(scope, range_of(who.jurisdiction)) if who.jurisdiction else scope
    with reading(present.readers(), scope) as connection:
        rows = stored.loops_by_version(connection, asked, who.at, measure=measure)
    return {(row.measure, row.version): row.loops for row in rows}


def _row(law: Law, name: str, loops: Loops) -> InForce:
    regimes = law.timeline(name)
    now = current(regimes, law.at)
    coming = next((one for one in regimes if one.start > law.at), None)
    version = now.version if now else None
    known = law.measure(name)
    count = sum(n for (measure, _), n in loops.items() if measure == name)
    return InForce(
        name=name,
        title=titles.of_language(known.title) if known else name,
        version=version,
        since=_day(now.start, law) if now else None,
        short=words.stages_in_short(version) if version else "",
        source=titles.of_language(version.source.title) if version else "",
        certainty=version.source.certainty if version else "",
        loops=count if loops else None,
        next_on=_day(coming.start, law) if coming else None,
    )


def _sorted(rows: list[InForce]) -> list[InForce]:
    return sorted(rows, key=lambda row: (-(row.loops or 0), row.title))


def _chosen(regimes: list[Regime], version: str, at: datetime) -> Regime | None:
    """The version asked for, else the one that holds now, else the first."""
    named_so = next((one for one in regimes if one.version and one.version.id == version), None)
    return named_so or current(regimes, at) or (regimes[0] if regimes else None)


def _history(one: Regime, law: Law, loops: Loops, name: str, chosen: Regime | None) -> dict[str, Any]:
    version = one.version
    return {
        "since": _day(one.start, law),
        "version": version.id if version else "",
        "source": titles.of_language(version.source.title) if version else "",
        "short": words.stages_in_short(version) if version else "",
        "loops": loops.get((name, version.id)) if version else None,
        "here": one is chosen,
        "ahead": one.start > law.at,
        "now": one is current(law.timeline(name), law.at) or _same(one, current(law.timeline(name), law.at)),
    }


def _same(one: Regime, other: Regime | None) -> bool:
    return other is not None and (one.start, one.version) == (other.start, other.version)


def _described(chosen: Regime, before: Regime | None, law: Law) -> dict[str, Any]:
    version = chosen.version
    assert version is not None
    stages, duties = words.parts(version)
    old_stages, old_duties = words.parts(before.version) if before and before.version else ([], [])
    return {
        "id": version.id,
        "since": _day(chosen.start, law),
        "issued": version.issued,
        "until": version.until,
        "book": chosen.book.name,
        "source": titles.of_language(version.source.title),
        "clause": titles.of_clause(version.source),
        "url": version.source.url,
        "certainty": words.certainty(version.source.certainty),
        "opening": words.opening(version),
        "closing": words.closing(version),
        "new_loops_only": version.new_loops_only,
        "stages": words.compared(old_stages, stages) if before else stages,
        "duties": words.compared(old_duties, duties) if before else duties,
        "against": before.version.id if before and before.version else "",
    }


def _day(at: datetime, law: Law) -> date | None:
    return None if at == EVER else day_of(at, law.context.zone)
