"""People of a jurisdiction, and the search for one of them: text goes to the vault, ids come back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import N_, EpiloopError
from epiloop.core.jurisdictions import code
from epiloop.runtime import present
from epiloop.runtime.requests.identities import search as ask_vault
from epiloop.store.reading import people as stored
from epiloop.store.reading.people import PeopleFilter, PersonLine
from epiloop.web import vocabulary as v
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.asked import Asked, asked
from epiloop.web.errors import words
from epiloop.web.header import below
from epiloop.web.people.around import READ
from epiloop.web.people.lines import member
from epiloop.web.people.records import by
from epiloop.web.placing import placing

BY = {"document": N_("document number"), "phone": N_("telephone"), "name": N_("name")}


@right_required(READ)
def people(request: HttpRequest) -> HttpResponse:
    """People who stay in the jurisdiction: those under control, or all."""
    who = acting(request)
    seen = asked(request, who, READ)
    everybody = request.GET.get("who") == "all"
    only = PeopleFilter(
        controlled=not everybody,
        household=_uuid(request.GET.get("household")),
        occupation=request.GET.get("occupation") or None,
    )
    with who.reading(who.scope(READ)) as connection:
        page = stored.people(connection, seen.area, who.at, only, after_page=request.GET.get("after"))
    names = placing(who, [seen.number, *(row.jurisdiction for row in page.rows)])
    context = {
        **_offered(seen),
        "rows": [member(row, names) for row in page.rows],
        "after": page.after,
        "everybody": everybody,
        "occupation": only.occupation or "",
        "place": names.of(seen.number),
        "first": "after" not in request.GET,
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(READ)
def search(request: HttpRequest) -> HttpResponseBase:
    """Find people by name, document number or telephone through the vault, or by the id of another system.

    Only by POST: nothing of what is typed comes into an address or a log (R28).
    """
    who = acting(request)
    text, system = request.POST.get("text", "").strip(), request.POST.get("system", "").strip()
    found: list[dict[str, Any]] = []
    wrong = ""
    if request.method == "POST" and text:
        try:
            found = _by_outside(system, text, who) if system else _by_identity(text, who)
        except EpiloopError as error:
            wrong = words(error)
    context = {"text": text, "system": system, "rows": found, "wrong": wrong, "asked_for": bool(text)}
    if len(found) == 1 and system:
        return redirect("person", person=found[0]["row"].id)
    return render(request, "people/search.html", context, status=422 if wrong else 200)


def _by_identity(text: str, who: Acting) -> list[dict[str, Any]]:
    hits = ask_vault(present.parts(), present.readers(), by(who, "duty-control"), text, at=who.at)
    why = {match.subject: match for match, _ in hits}
    rows = _members([line for _, line in hits], who)
    return [
        {**row, "by": gettext(BY.get(why[row["row"].id].by, why[row["row"].id].by)), "score": why[row["row"].id].score}
        for row in rows
    ]


def _by_outside(system: str, text: str, who: Acting) -> list[dict[str, Any]]:
    with who.reading(who.scope(READ)) as connection:
        found = stored.by_outside_id(connection, system, text)
        lines = stored.people_by_id(connection, [found], who.at) if found else []
    return [{**row, "by": gettext("number of another list"), "score": 1.0} for row in _members(lines, who)]


def _members(lines: list[PersonLine], who: Acting) -> list[dict[str, Any]]:
    names = placing(who, [line.jurisdiction for line in lines])
    return [member(line, names) for line in lines]


def _offered(seen: Asked) -> dict[str, Any]:
    children = below(seen.who.jurisdiction, seen.who) if seen.who.jurisdiction else ()
    chosen = seen.get("jurisdiction") or ""
    return {
        "places_offered": [(step.code, step.name) for step in children],
        "chosen": chosen if not chosen or code(chosen) else "",
        "occupations": v.choices(v.OCCUPATIONS),
    }


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
