"""The board of a jurisdiction at one instant."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from epiloop.core.errors import N_
from epiloop.rules.plan import Line
from epiloop.rules.vocabulary import POSTS
from epiloop.store.reading import board as stored
from epiloop.store.reading import lists
from epiloop.store.reading.board import Counts, LineCounts
from epiloop.store.reading.cleared import Cleared, cleared_today
from epiloop.store.reading.lists import DutyFilter, Lateness
from epiloop.web import titles
from epiloop.web.acting import acting, right_required
from epiloop.web.asked import Asked, asked
from epiloop.web.board.chart import day_chart
from epiloop.web.header import below, named
from epiloop.web.titles import Titles
from epiloop.web.whose import shown

RIGHT = "board.read"
FIRST = 12
"""Duties of the list on the board; the rest stands behind its link."""

LATENESS = {
    "late": N_("Late"),
    "due-today": N_("Due today"),
    "later": N_("Due later"),
    "done": N_("Done today"),
}
COLUMNS: tuple[tuple[str, str, dict[str, str], str, str], ...] = (
    ("open", "/loops/", {"state": "open"}, "", N_("Open")),
    ("due_today", "/duties/", {"lateness": "due-today"}, "due", N_("Due today")),
    ("late", "/duties/", {"lateness": "late"}, "late", N_("Late")),
    ("escalated", "/duties/", {"lateness": "late", "escalated": "1"}, "late", N_("Escalated")),
    ("new_today", "/loops/", {"state": "new"}, "", N_("New today")),
    ("closed_today", "/loops/", {"state": "closed"}, "", N_("Closed today")),
    ("done_today", "/duties/", {"lateness": "done"}, "done", N_("Done today")),
)
"""Column -> the list behind its numbers, what chooses it there, its colour, its name."""


@right_required(RIGHT)
def board(request: HttpRequest) -> HttpResponse:
    """What is open, due, late, whose, in the jurisdiction looked at; by line; the four clears come after it."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    lateness = lateness_of(seen)
    with who.reading(who.scope(RIGHT)) as connection:
        counts = stored.board(connection, seen.area, seen.day, counted(seen))
        done = cleared_today(connection, seen.area, seen.day, counted(seen))
        page = lists.duties(connection, seen.area, seen.day, lateness, chosen(seen), limit=FIRST)
    words = Titles(who.laws)
    context = {
        **filters(seen, words),
        "rows": [_row(seen, line) for line in counts if not seen.get("line") or line.line == seen.get("line")],
        "columns": [(name, kind) for *_, kind, name in COLUMNS],
        "cleared": done,
        "chart": day_chart(done, seen.day, who.zone),
        "owners": owners_left(seen, done),
        "lines": shown(page.rows, who, words),
        "list_name": LATENESS[lateness],
        "list_kind": lateness.value,
        "list_count": count_of(counts, seen, lateness),
        "list_link": seen.link("/duties/", lateness=lateness.value),
        "clears_link": seen.link("/board/clears/"),
    }
    return render(request, "board/board.html", context)


def filters(seen: Asked, words: Titles) -> dict[str, Any]:
    """What the filters above a list offer and what is chosen."""
    children = below(seen.who.jurisdiction, seen.who) if seen.who.jurisdiction else ()
    places = [(step.code, step.name) for step in children]
    given = seen.get("jurisdiction")
    if given and given not in dict(places):
        places.append((given, named([seen.number or 0], seen.who).get(seen.number or 0, given)))
    return {
        "asked": seen,
        "chosen": dict(seen.words),
        "lines_offered": [(line.value, titles.line(line.value)) for line in Line],
        "measures_offered": words.measures(),
        "owners_offered": sorted(((kind, titles.post(kind)) for kind in POSTS), key=lambda pair: pair[1]),
        "places_offered": places,
        "lateness_offered": list(LATENESS.items()),
        "place": named([seen.number], seen.who).get(seen.number, "") if seen.number else "",
        "filtered": bool(seen.words.keys() - {"lateness", "state", "escalated"}),
    }


def counted(seen: Asked) -> Counts:
    """The filters that numbers know."""
    return Counts(seen.get("line"), seen.get("measure"), seen.get("owner"))


def chosen(seen: Asked) -> DutyFilter:
    """The filters that lists of duties know."""
    return DutyFilter(
        line=seen.get("line"),
        measure=seen.get("measure"),
        owner_post=seen.get("owner"),
        owner_code=seen.owner_code(),
        owner_unit=seen.unit(),
        escalated=seen.get("escalated") is not None,
    )


def lateness_of(seen: Asked) -> Lateness:
    """Which duties the list has; the late ones unless told otherwise."""
    given = seen.get("lateness") or "late"
    return Lateness(given) if given in LATENESS else Lateness.LATE


def count_of(counts: tuple[LineCounts, ...], seen: Asked, lateness: Lateness) -> int | None:
    """How many duties the list has in all; None where nothing counts them."""
    if seen.get("code") or seen.get("unit"):
        return None
    name = {Lateness.LATE: "late", Lateness.DUE_TODAY: "due_today", Lateness.DONE: "done_today"}.get(lateness)
    if lateness is Lateness.LATE and seen.get("escalated"):
        name = "escalated"
    return sum(getattr(line, name) for line in counts) if name else None


def owners_left(seen: Asked, done: Cleared) -> list[dict[str, Any]]:
    """The owners who have most left of the day, with the list of what is left."""
    rows = [
        {
            "post": titles.post(one.post),
            "due": one.due,
            "done": one.done,
            "left": one.due - one.done,
            "share": one.done / one.due if one.due else 1.0,
            "link": seen.link("/duties/", owner=one.post, lateness="due-today"),
        }
        for one in done.by_owner
    ]
    return rows[:8]


def _row(seen: Asked, line: LineCounts) -> dict[str, Any]:
    values = asdict(line)
    cells = [
        (values[name], seen.link(path, line=line.line, **words), kind, label)
        for name, path, words, kind, label in COLUMNS
    ]
    return {"name": titles.line(line.line), "cells": cells}
