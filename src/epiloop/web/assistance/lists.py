"""The lists of requests: incoming and outgoing, what is due first at the top, each with its owner."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from epiloop.core.jurisdictions import range_of
from epiloop.runtime.requests.assistance.asking import ASK, READ
from epiloop.store.reading import assistance as stored
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.tables import AssistanceRow
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.assistance import words
from epiloop.web.placing import Placing, placing
from epiloop.web.titles import Titles
from epiloop.web.whose import Shown, shown

WAYS = (("", _("Asked of us")), ("out", _("Asked of others")))


@right_required(READ)
def requests(request: HttpRequest) -> HttpResponse:
    """What others ask of us, or we of others; open ones, or with `done` the rest."""
    who = acting(request)
    outgoing, done = request.GET.get("way") == "out", bool(request.GET.get("done"))
    area = range_of(who.jurisdiction) if who.jurisdiction else EVERYWHERE
    with who.reading(who.scope(READ)) as connection:
        counts = stored.counts(connection, area)
        rows = stored.requests(connection, area, who.at, outgoing=outgoing, done=done)
        duties = stored.duties(connection, [row.id for row in rows], who.at)
    lines = shown(duties, who, Titles(who.laws))
    first = {line.duty.subject: line for line in reversed(lines)}
    names = placing(who, [row.other for row in rows])
    context = {
        "rows": [_line(row, first.get(row.id), names, who) for row in rows],
        "outgoing": outgoing,
        "done": done,
        "ways": [(way, word, counts.get((way == "out", False), 0)) for way, word in WAYS],
        "open_ones": counts.get((outgoing, False), 0),
        "done_ones": counts.get((outgoing, True), 0),
        "may_ask": who.can(ASK),
    }
    return render(request, "assistance/requests.html", context)


def _line(row: AssistanceRow, first: Shown | None, names: Placing, who: Acting) -> dict[str, Any]:
    return {
        "row": row,
        "code": titles.short_code(row.id),
        "kind": words.kind(row.kind),
        "step": words.step(row.step),
        "other": names.of(row.other),
        "first": first,
        "late": first is not None and first.duty.due <= who.at,
    }
