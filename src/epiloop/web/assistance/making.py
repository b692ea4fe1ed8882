"""Asking another jurisdiction: for which people, what, until when, why, and whom to call."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.core.jurisdictions import Code, at_level, code, level
from epiloop.operations.assistance.minimal import Kind
from epiloop.runtime import present
from epiloop.runtime.requests.assistance import asking, own
from epiloop.runtime.requests.assistance.asking import ASK, READ
from epiloop.store.reading import assistance as stored
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.assistance.desks import desks
from epiloop.web.assistance.forms import AskForm
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.keyed import by, fresh_key
from epiloop.web.people.sources import candidates, people_called

PURPOSE = "case-investigation"
HOURS = 8
MOST_OFFERED = 200


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(ASK)
def new(request: HttpRequest) -> HttpResponse:
    """The form by GET with `person` or `case` of whose contacts some are chosen; an act by POST, or a search."""
    who = acting(request)
    finding = request.POST.get("find_text", "").strip() if "find" in request.POST else None
    found, wrong = _found(who, finding) if finding is not None else ([], "")
    people, chosen = _offered(request, who, found)
    known = _known(who)
    form = _form(request, who, known, bound=request.method == "POST" and finding is None)
    if form.is_bound and form.is_valid():
        try:
            done = _ask(request, form, [one.id for one in people if one.id in chosen], who)
        except EpiloopError as refused:
            form.add_error(None, words(refused))
        else:
            return redirect("assistance-one", request_id=done)
    context = {
        "form": form,
        "people": [(one, one.id in chosen) for one in people],
        "known": named(known, who),
        "key": request.POST.get("key") or fresh_key(),
        "finding": finding,
        "found": len(found),
        "wrong": wrong,
    }
    return render(request, "assistance/new.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, who: Acting, known: Sequence[Code], *, bound: bool) -> AskForm:
    """Bound to what was sent to be asked; else with what was typed so far."""
    here = who.jurisdiction
    around = who, desks(who, _ours(who)) if here else (), _reached(known)
    if bound:
        return AskForm(*around, request.POST)
    typed = {name: request.POST[name] for name in AskForm.base_fields if name in request.POST}
    return AskForm(*around, initial=typed or _initial(who))


def _initial(who: Acting) -> dict[str, Any]:
    return {"deadline": timezone.localtime(who.at + timedelta(hours=HOURS), who.zone)}


def _known(who: Acting) -> list[Code]:
    """The jurisdictions that installations known here stand for, and this one."""
    with who.reading(who.scope(READ)) as connection:
        rows = [row for row in stored.peers(connection) if not row.dropped]
    mine = present.running().letters.card()
    found = [code(text) for row in rows for text in row.jurisdictions]
    return list(dict.fromkeys([*found, *(Code(one) for one in (mine[0].jurisdictions if mine else ()))]))


def _reached(known: Sequence[Code]) -> Callable[[int], bool]:
    return lambda jurisdiction: any(own.stands_for(one, jurisdiction) for one in known)


def _found(who: Acting, text: str) -> tuple[list[UUID], str]:
    """Whom the vault finds, or why it was not asked."""
    if not text:
        return [], gettext("Type what is to be found.")
    try:
        return people_called(who, text, PURPOSE), ""
    except EpiloopError as wrong:
        return [], words(wrong)


def _offered(request: HttpRequest, who: Acting, found: Sequence[UUID]) -> tuple[Sequence[Any], set[UUID]]:
    """Whom a request may be about, and who is chosen: what the address names, the contacts of a case, who was found."""
    named_ones, sent = _ids(request.GET.getlist("person")), _ids(request.POST.getlist("person"))
    with who.reading(who.scope(READ)) as connection:
        for case in _ids(request.GET.getlist("case")):
            named_ones += stored.contacts_of(connection, case, limit=MOST_OFFERED)
    ids = list(dict.fromkeys([*sent, *found, *named_ones]))
    people = candidates(who, ids) if ids else ()
    only = {people[0].id} if len(people) == 1 else set()
    return people, set(sent) or only


def _ids(texts: Sequence[str]) -> list[UUID]:
    found = []
    for text in texts[:MOST_OFFERED]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _ask(request: HttpRequest, form: AskForm, people: list[UUID], who: Acting) -> str:
    given, receiver = form.cleaned_data, int(code(form.cleaned_data["receiver_code"]))
    post, phone = given["call"]
    wanted = asking.Wanted(
        Kind(given["kind"]),
        _ours(who),
        receiver,
        given["deadline"],
        given["clause"],
        post,
        phone,
        tuple(people),
        own.reached_through(present.parts(), present.running().letters, receiver),
        given["note"],
        dict.fromkeys(people, form.wanted()),
    )
    return str(asking.ask(present.parts(), by(request, PURPOSE), wanted).result["assistance"])


def _ours(who: Acting) -> Code:
    """The county in which the one who asks works."""
    here = who.jurisdiction
    if here is None:
        raise InvalidInput(N_("Choose your jurisdiction first."))
    return here if level(here) in ("province", "city", "county") else at_level(here, "county")
