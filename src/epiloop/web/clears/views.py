"""The four clears of the jurisdictions below the one looked at."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from epiloop.core.jurisdictions import short
from epiloop.store.reading.clears import Clear
from epiloop.web.acting import acting, right_required
from epiloop.web.asked import asked
from epiloop.web.board.clears import GOOD, MISSING, NAMES, ClearRow, clears_table
from epiloop.web.header import named

RIGHT = "board.read"


@right_required(RIGHT)
def clears(request: HttpRequest) -> HttpResponse:
    """A table: people under control, and of how many count, identity, location and control are known."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    with who.reading(who.scope(RIGHT)) as connection:
        rows = clears_table(connection, seen)
    code = short(seen.number) if seen.number else ""
    context = {
        "rows": sorted(rows, key=_most_missing),
        "sums": _sums(rows, code),
        "place": named([seen.number], who).get(seen.number, "") if seen.number else "",
        "below": seen.number != who.jurisdiction,
        "meanings": [(NAMES[which.value], MISSING[which.value]) for which in Clear],
        "good": int(GOOD),
    }
    return render(request, "clears/clears.html", context)


def _most_missing(row: ClearRow) -> tuple[int, str]:
    return -sum(cell["missing"] for cell in row.cells), row.code


def _sums(rows: list[ClearRow], code: str) -> list[dict[str, Any]]:
    """The same for all of them together."""
    people = sum(row.people for row in rows)
    found = []
    for number, which in enumerate(Clear):
        missing = sum(row.cells[number]["missing"] for row in rows)
        percent = 100 * (people - missing) / people if people else 100.0
        link = f"/clears/{which.value}/" + (f"?jurisdiction={code}" if code else "")
        words = {"label": NAMES[which.value], "share": percent / 100, "percent": percent, "missing": missing}
        found.append({**words, "low": percent < GOOD, "link": link, "people": people})
    return found
