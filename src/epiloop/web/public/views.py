"""The public log, as a table for people and as lines of JSON for whoever keeps a copy and compares."""

import json
from collections.abc import Collection
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from epiloop.core.errors import N_
from epiloop.core.jurisdictions import Scope
from epiloop.runtime import present
from epiloop.store import published
from epiloop.store.scoped import reading
from epiloop.web import titles

DAYS, MOST_LINES = 31, 400
OPENED = {
    "traces": N_("Contact searches"),
    "histories": N_("Places of a case"),
    "legal_orders": N_("Legal orders"),
    "broken_glass": N_("Emergencies"),
    "people": N_("People shown"),
}
"""What a phone says of each day, in one line; a table says more."""
FRESH = "public, max-age=300"
"""A line a day is no hurry: whoever passes it on may keep it for five minutes."""
OWN = "private, max-age=300"
"""A page holds the reader's language and a token of theirs: only their browser keeps it."""


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    """A month of days, the latest first; `before` leads to the month before."""
    lines = _lines(_before(request), DAYS + 1)
    more = lines[DAYS - 1]["day"] if len(lines) > DAYS else ""
    rows = [_row(line) for line in lines[:DAYS]]
    return _kept(render(request, "public/transparency.html", {"rows": rows, "more": more}), OWN)


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The same lines as they were published, one JSON value each, the latest first."""
    text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in _lines(_before(request), MOST_LINES))
    return _kept(HttpResponse(text, content_type="application/x-ndjson; charset=utf-8"))


def _lines(before: date, limit: int) -> list[dict[str, Any]]:
    with reading(present.readers(), Scope()) as connection:
        return published.lines(connection, before=before, limit=limit)


def _row(line: dict[str, Any]) -> dict[str, Any]:
    """A line in the reader's words."""
    counts = line["restricted"]
    restricted = [(titles.status(status), counts[status]) for status in _strictest_first(counts)]
    return {
        **line,
        "on": date.fromisoformat(line["day"]),
        "restricted": restricted or [(gettext("nobody"), "")],
        "gone": [date.fromisoformat(day) for day in line.get("destroyed", ())],
        "kept_said": f"{line['kept']}+" if line.get("kept") else gettext("under 100") if "kept" in line else "–",
        "short": line["log"]["hash"][:16] if line["log"] else "",
        "said": [(gettext(name), line["opened"][word]) for word, name in OPENED.items()],
    }


def _strictest_first(restricted: Collection[str]) -> list[str]:
    return sorted(restricted, key=titles.strictness, reverse=True)


def _before(request: HttpRequest) -> date:
    given = request.GET.get("before", "")
    try:
        return date.fromisoformat(given) if given else published.FOREVER
    except ValueError:
        raise Http404 from None


def _kept(response: HttpResponse, how: str = FRESH) -> HttpResponse:
    response.headers["Cache-Control"] = how
    return response
