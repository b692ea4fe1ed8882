"""The lists behind the board's numbers: loops, duties, and posts that have nobody on duty."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from epiloop.core.errors import N_
from epiloop.core.jurisdictions import Code, short
from epiloop.rules.said import OUTCOMES
from epiloop.store.reading import board as stored
from epiloop.store.reading import lists
from epiloop.store.reading.board import LineCounts
from epiloop.store.reading.lists import Lateness, LoopFilter, LoopLine, LoopState
from epiloop.store.reading.owners import Unanswered, nobody_on_duty
from epiloop.web import titles
from epiloop.web.acting import acting, right_required
from epiloop.web.asked import Asked, asked
from epiloop.web.board.views import LATENESS, RIGHT, chosen, count_of, counted, filters, lateness_of
from epiloop.web.placing import Placing, placing
from epiloop.web.titles import Titles
from epiloop.web.vocabulary import said
from epiloop.web.whose import at_place, shown, subject_url

DUTIES = {
    "late": (N_("Late duties"), N_("Their deadline has passed. Consequence first, then how long.")),
    "due-today": (N_("Duties due today"), N_("Still to be done before the day ends. The earliest first.")),
    "later": (N_("Duties due later"), N_("Laid down already, due after today. The earliest first.")),
    "done": (N_("Duties done today"), N_("Evidence came in today. The latest first.")),
}
LOOPS = {
    "open": (N_("Open loops"), N_("Opened by an event and not closed yet. The latest first.")),
    "new": (N_("Loops opened today"), N_("Opened by an event of today. The latest first.")),
    "closed": (N_("Loops closed today"), N_("Closed today, by evidence or by their outer limit. The latest first.")),
}
LOOP_COUNTS = {"open": "open", "new": "new_today", "closed": "closed_today"}


@right_required(RIGHT)
def duties(request: HttpRequest) -> HttpResponse:
    """Duties by lateness, with who answers for each."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    lateness = lateness_of(seen)
    with who.reading(who.scope(RIGHT)) as connection:
        counts = stored.board(connection, seen.area, seen.day, counted(seen))
        page = lists.duties(
            connection, seen.area, seen.day, lateness, chosen(seen), after_page=request.GET.get("after")
        )
    words = Titles(who.laws)
    name, why = DUTIES[lateness.value]
    if seen.get("escalated") and lateness is Lateness.LATE:
        name, why = N_("Escalated duties"), N_("Late and gone up to the next owner. Consequence first, then how long.")
    context = {
        **filters(seen, words),
        "lines": shown(page.rows, who, words),
        "after": page.after,
        "name": name,
        "why": why,
        "kind": lateness.value,
        "count": count_of(counts, seen, lateness),
        "tabs": _tabs(seen, "/duties/", "lateness", LATENESS, lateness.value),
        "narrowed": seen.owner_code() is not None or seen.unit() is not None,
    }
    return render(request, "board/duties.html", context)


@right_required(RIGHT)
def loops(request: HttpRequest) -> HttpResponse:
    """Loops that are open, or were opened or closed today."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    given = seen.get("state") or "open"
    state = LoopState(given) if given in LOOPS else LoopState.OPEN
    only = LoopFilter(seen.get("line"), seen.get("measure"))
    with who.reading(who.scope(RIGHT)) as connection:
        counts = stored.board(connection, seen.area, seen.day, counted(seen))
        page = lists.loops(connection, seen.area, seen.day, state, only, after_page=request.GET.get("after"))
    words = Titles(who.laws)
    names = placing(who, [row.jurisdiction for row in page.rows])
    name, why = LOOPS[state.value]
    context = {
        **filters(seen, words),
        "rows": [_loop(row, words, names) for row in page.rows],
        "after": page.after,
        "name": name,
        "why": why,
        "state": state.value,
        "count": _sum(counts, LOOP_COUNTS[state.value]),
        "tabs": _tabs(seen, "/loops/", "state", {key: pair[0] for key, pair in LOOPS.items()}, state.value),
    }
    return render(request, "board/loops.html", context)


@right_required(RIGHT)
def nobody(request: HttpRequest) -> HttpResponse:
    """Owners of duties whose own post has nobody on duty now, and who stands in."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    with who.reading(who.scope(RIGHT)) as connection:
        found = nobody_on_duty(connection, seen.area, seen.day.at, seen.day.end)
    names = placing(who, [seen.number, *(code for one in found for code in (one.owner.code, one.stands_in.code))])
    rows = [_unanswered(one, seen, names) for one in found]
    return render(request, "board/nobody.html", {"rows": rows, "place": names.of(seen.number)})


def _loop(row: LoopLine, words: Titles, names: Placing) -> dict[str, Any]:
    return {
        "row": row,
        "subject": titles.short_code(row.subject),
        "url": subject_url(row.subject_kind, row.subject),
        "measure": words.measure(row.measure),
        "clause": words.clause(row.measure, row.version),
        "place": names.of(row.jurisdiction),
        "outcome": said(OUTCOMES, row.outcome),
    }


def _unanswered(one: Unanswered, seen: Asked, names: Placing) -> dict[str, Any]:
    owner, answer = one.owner, one.stands_in
    words = {"owner": owner.post, "code": short(Code(owner.code)), "unit": str(owner.unit) if owner.unit else None}
    stand_in = at_place(titles.post(answer.post_kind), names.beside(answer.code)) if answer.account else ""
    return {
        "one": one,
        "post": at_place(titles.post(owner.post), names.beside(owner.code)),
        "stand_in": stand_in,
        "late": seen.link("/duties/", lateness="late", **words),
        "due": seen.link("/duties/", lateness="due-today", **words),
    }


def _sum(counts: tuple[LineCounts, ...], name: str) -> int:
    return sum(getattr(line, name) for line in counts)


def _tabs(seen: Asked, path: str, name: str, offered: dict[str, str], now: str) -> list[tuple[str, str, bool]]:
    return [(seen.link(path, **{name: key}, escalated=None), words, key == now) for key, words in offered.items()]
