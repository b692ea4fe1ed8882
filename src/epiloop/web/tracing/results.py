"""Who was met, ranked, with reasons; and making contacts of them. An answer is shown, and kept nowhere."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import EpiloopError, Unavailable
from epiloop.runtime import present
from epiloop.runtime.requests.tracing import ASK, PURPOSE
from epiloop.runtime.requests.tracing.answers import Found, chosen, gone, plausible, search
from epiloop.runtime.requests.tracing.confirming import Confirmed, Source
from epiloop.runtime.requests.tracing.confirming import confirm as confirmed
from epiloop.runtime.requests.tracing.met import Met
from epiloop.store.reading.people import PersonLine
from epiloop.store.tables import TraceRow
from epiloop.web import titles
from epiloop.web import vocabulary as v
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words
from epiloop.web.keyed import by, fresh_key
from epiloop.web.placing import placing
from epiloop.web.tracing.contacts import confirmed_of
from epiloop.web.tracing.lists import row_of
from epiloop.web.tracing.whereabouts import place_kind

PAGE = 200
"""People on one page of an answer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the answer. `code`: what a known person is called while covered; "" for somebody unknown."""

    met: Met
    code: str
    kinds: str
    place: str
    status: str
    controlled: bool
    contact: bool
    elsewhere: bool


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(ASK)
@step_up_required()
def people(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """POST searches and shows a page of the answer, once; opened by its address it only leads back to the request.

    `after` is the last rank of the page before. Each page is a search of its own, and a look of its own.
    """
    who = acting(request)
    row = row_of(who, request_id)
    if request.method != "POST":
        return redirect("trace", request_id=request_id)
    try:
        found = search(present.running(), by(request, PURPOSE), request_id)
    except EpiloopError as wrong:
        messages.error(request, _plainly(wrong))
        return redirect("trace", request_id=request_id)
    lines = _lines(who, row, found)
    page = _page_of(lines, request.POST.get("after", ""))
    context: dict[str, Any] = {
        "row": row,
        "found": found,
        "code": titles.short_code(row.person),
        "rings": [
            {
                "ring": ring,
                "name": v.RINGS[ring],
                "all": sum(one.met.ring == ring for one in lines),
                "lines": [one for one in page if one.met.ring == ring],
            }
            for ring in (1, 2)
            if ring <= row.ring
        ],
        "all": len(lines),
        "page": page,
        "more": len(lines) - page[-1].met.rank if page else 0,
        "open": sum(not (one.contact or one.elsewhere) for one in lines),
        "sure": sum(not (one.contact or one.elsewhere or one.met.doubtful) for one in lines),
        "doubtful": sum(one.met.doubtful for one in lines),
        "key": fresh_key(),
    }
    return render(request, "tracing/people.html", context)


@require_POST
@right_required(ASK)
@step_up_required()
def confirm(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Make contacts of those who were ticked, or of all. Sent twice it is done once; the same form with other ticks is
    refused.
    """
    who = acting(request)
    row = row_of(who, request_id)
    every, ticked = "all" in request.POST, request.POST.getlist("met")
    asked = by(request, PURPOSE, said=("trace-confirm", request_id, every or sorted(ticked)))
    try:
        found = search(present.running(), asked.part("search"), request_id)
        some = plausible(found) if every else chosen(found, ticked)
        source = Source(request_id, row.person, row.disease, row.jurisdiction)
        done = confirmed(present.running(), asked.part("confirm"), source, some, one_by_one=not every)
    except Unavailable:
        raise  # the page of the error keeps who was ticked
    except EpiloopError as wrong:
        messages.error(request, _plainly(wrong))
        return redirect("trace", request_id=request_id)
    _say(request, done, v.said(v.DISEASES, row.disease), nobody=not some, every=every, missing=gone(found, ticked))
    return redirect("trace", request_id=request_id)


def _plainly(wrong: EpiloopError) -> str:
    """What went wrong; while the key service is away, that nothing is lost."""
    if isinstance(wrong, Unavailable):
        return gettext(
            "The key service does not answer now. The request stands, and nothing is lost: search again soon."
        )
    return words(wrong)


def _say(request: HttpRequest, done: Confirmed, disease: str, *, nobody: bool, every: bool, missing: int) -> None:
    """What came of it. "Nothing new" is said of people who were looked at and are contacts, of nobody else."""
    if nobody:
        _say_nobody(request, every=every, missing=missing)
    elif done.confirmed:
        said = ngettext("%(n)s contact was confirmed.", "%(n)s contacts were confirmed.", done.confirmed)
        messages.success(request, said % {"n": done.confirmed})
    elif not done.refused:
        messages.success(request, gettext("Nothing new: whoever was chosen is a contact already."))
    if missing and not every:
        said = ngettext(
            "%(n)s of those you chose is not in the answer any more. Show it again and choose anew.",
            "%(n)s of those you chose are not in the answer any more. Show it again and choose anew.",
            missing,
        )
        messages.warning(request, said % {"n": missing})
    for why, n in done.refused.items():
        reason = {"n": n, "why": (gettext(why) % defaultdict(lambda: "…", disease=disease)).rstrip("。.")}
        messages.warning(request, gettext("Not confirmed: %(n)s (%(why)s)") % reason)


def _say_nobody(request: HttpRequest, *, every: bool, missing: int) -> None:
    if every:
        messages.error(request, gettext("Nobody was confirmed: who is doubtful is chosen one by one."))
    elif not missing:
        messages.error(request, gettext("Nobody was chosen, so nobody was confirmed."))


def _page_of(lines: list[Shown], after: str) -> list[Shown]:
    """The next lines by rank; the first ones if nothing usable is said."""
    last = int(after) if after.isdecimal() else 0
    return [one for one in lines if one.met.rank > last][:PAGE] or lines[:PAGE]


def _lines(who: Acting, row: TraceRow, found: Found) -> list[Shown]:
    with who.reading(who.scope(ASK)) as connection:
        linked = set(confirmed_of(connection, row, who))
    names = placing(who, [line.jurisdiction for line in found.lines.values()])
    return [
        _shown(one, found.lines.get(one.subject) if one.subject else None, linked, names.of) for one in found.people
    ]


def _shown(one: Met, line: PersonLine | None, linked: set[UUID], name: Any) -> Shown:
    kinds = " · ".join(dict.fromkeys(place_kind(kind) for kind in one.kinds))
    return Shown(
        met=one,
        code=titles.short_code(one.subject) if one.subject else "",
        kinds=kinds,
        place=name(line.jurisdiction) if line else "",
        status=titles.status(line.status) if line else "",
        controlled=bool(line and line.status),
        contact=(line.merged_into if line and line.merged_into else one.subject) in linked,
        elsewhere=one.subject is not None and line is None,
    )
