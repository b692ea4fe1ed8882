"""The four clears (四清) of each jurisdiction below, and the people behind each gap."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg import Connection

from epiloop.core.errors import N_
from epiloop.core.jurisdictions import Code, short
from epiloop.store.reading.clears import Clear, ClearLine, four_clears
from epiloop.store.reading.clears import gaps as stored_gaps
from epiloop.web import titles
from epiloop.web.acting import acting, right_required
from epiloop.web.asked import Asked, asked
from epiloop.web.header import named
from epiloop.web.placing import placing

RIGHT = "board.read"
GOOD = 95.0
"""Percent below which a cell is shown as late."""

NAMES = {
    "count": N_("Count"),
    "identity": N_("Identity"),
    "location": N_("Location"),
    "control": N_("Control"),
}
MISSING = {
    "count": N_("Two registrations may be one person; somebody has to decide."),
    "identity": N_("Neither name nor document number is known."),
    "location": N_("No community is known as the place of stay."),
    "control": N_("No status is in force, or nobody is on duty for something that is to be done."),
}


@dataclass(frozen=True, slots=True)
class ClearRow:
    """One jurisdiction of the table."""

    name: str
    code: str
    people: int
    cells: tuple[dict[str, Any], ...]


def clears_table(connection: Connection[Any], seen: Asked) -> list[ClearRow]:
    """The four clears of the jurisdictions below the one asked about; nothing without one."""
    if seen.number is None:
        return []
    rows = four_clears(connection, seen.number, seen.day)
    names = named([row.code for row in rows], seen.who)
    return [_row(row, names.get(row.code, short(Code(row.code))), seen.number) for row in rows]


@right_required(RIGHT)
def part(request: HttpRequest) -> HttpResponse:
    """The table as the board fetches it once it is shown: it takes as long as all the rest of the board."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    with who.reading(who.scope(RIGHT)) as connection:
        rows = clears_table(connection, seen)
    return render(request, "board/_clears.html", {"clears": rows})


def _row(row: ClearLine, name: str, above: Code) -> ClearRow:
    code = short(Code(row.code))
    cells = tuple(
        {
            "which": which.value,
            "label": NAMES[which.value],
            "percent": row.percent(which),
            "missing": row.people - row.clear(which),
            "low": row.percent(which) < GOOD,
            "link": f"/clears/{which.value}/?jurisdiction={code}",
        }
        for which in Clear
    )
    return ClearRow(name, "" if row.code == above else code, row.people, cells)


@right_required(RIGHT)
def gaps(request: HttpRequest, which: str) -> HttpResponse:
    """The people under control who are not clear in one way."""
    if which not in NAMES:
        raise Http404
    who = acting(request)
    seen = asked(request, who, RIGHT)
    with who.reading(who.scope(RIGHT)) as connection:
        page = stored_gaps(connection, seen.area, seen.day, Clear(which), after_page=request.GET.get("after"))
    names = placing(who, [seen.number, *(row.jurisdiction for row in page.rows)])
    rows = [(row, titles.short_code(row.id), names.of(row.jurisdiction)) for row in page.rows]
    context = {
        "rows": rows,
        "after": page.after,
        "name": NAMES[which],
        "missing": MISSING[which],
        "place": names.of(seen.number),
        "tabs": [(key, name, key == which, seen.link(f"/clears/{key}/")) for key, name in NAMES.items()],
    }
    return render(request, "board/gaps.html", context)
