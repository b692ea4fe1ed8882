"""Other installations: our card for them, theirs for us, the digits that are compared by telephone."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.core.jurisdictions import Code, code, short
from epiloop.operations.assistance.peers import LONGEST
from epiloop.runtime import present
from epiloop.runtime.requests.assistance import own
from epiloop.store.reading import assistance as stored
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.called import CODE_BEHIND, jurisdictions_called
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.keyed import by, fresh_key

PURPOSE = "register-keeping"
READ = "register.read"
BETWEEN = re.compile(r"[,;，、；\n]+")
"""What stands between the names of several jurisdictions."""


@right_required(READ)
def page(request: HttpRequest) -> HttpResponse:
    """Our card, and the installations known here."""
    return _page(request)


def _page(request: HttpRequest, refused: str = "", wrong: str = "", *, status: int = 200) -> HttpResponse:
    """The page; with the form that was `refused`, why, and what was typed into it."""
    who, letters = acting(request), present.running().letters
    mine = letters.card()
    with who.reading(who.scope(READ)) as connection:
        rows = stored.peers(connection)
    here = who.jurisdiction
    ours = [Code(one) for one in mine[0].jurisdictions] if mine else [here] if here else []
    names = named([*ours, *(code(text) for row in rows for text in row.jurisdictions)], who)
    typed = request.POST if refused else {}
    context = {
        "tab": "peers",
        "mine": mine[0] if mine else None,
        "stands_for": _named(ours, names),
        "rows": [(row, _named([code(text) for text in row.jurisdictions], names)) for row in rows],
        "keeper": who.can(own.RIGHT),
        "refused": refused,
        "wrong": wrong,
        "name": typed.get("name", mine[0].name if mine else names.get(here, "") if here else ""),
        "address": typed.get("address", mine[0].address if mine else ""),
        "codes": typed.get("codes", "; ".join(names.get(one, short(one)) for one in ours)),
        "digits": typed.get("digits", ""),
        "key": fresh_key(),
    }
    return render(request, "assistance/peers.html", context, status=status)


def _named(codes: Sequence[Code], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """Names of jurisdictions with their codes."""
    return [(names.get(one, short(one)), short(one)) for one in codes]


@right_required(READ)
def card(_request: HttpRequest) -> HttpResponse:
    """Our card as a file. Nothing in it is secret."""
    raw = own.card_file(present.running().letters)
    return HttpResponse(
        raw,
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="epiloop-card.json"'},
    )


@require_POST
@right_required(own.RIGHT)
def act(request: HttpRequest, action: str) -> HttpResponse:
    """Introduce ourselves, add, address or drop a peer."""
    if action not in ACTS:
        raise Http404
    todo, done = ACTS[action]
    try:
        todo(request, request.POST)
    except EpiloopError as wrong:
        return _page(request, action, words(wrong), status=422)
    messages.success(request, gettext(done))
    return redirect("registers-peers")


def _introduce(request: HttpRequest, sent: Mapping[str, str]) -> None:
    who = acting(request)
    texts = [text.strip() for text in BETWEEN.split(sent.get("codes", "")) if text.strip()]
    codes = [one for text in texts for one in _meant(who, text)]
    own.introduce(present.running().letters, by(request, PURPOSE), sent.get("name", ""), codes, sent.get("address", ""))


def _meant(who: Acting, text: str) -> list[int]:
    """The one jurisdiction that a text names, or those of several codes. Raises InvalidInput."""
    if all(part.isdecimal() for part in text.split()):
        return [int(code(part)) for part in text.split()]
    found = jurisdictions_called(who, text, who.jurisdiction)
    exact = [one for one in found if CODE_BEHIND.sub("", one[1]).strip() == text] or found
    if len(exact) == 1:
        return [int(code(exact[0][0]))]
    if not found:
        raise InvalidInput(N_("No jurisdiction is called %(name)s."), name=repr(text))
    raise InvalidInput(
        N_("Several jurisdictions are called %(name)s: %(choices)s"),
        remedy=N_("Write the code of the one you mean."),
        name=repr(text),
        choices="; ".join(words_of for _code, words_of in found[:5]),
    )


def _add(request: HttpRequest, sent: Mapping[str, str]) -> None:
    file, running = request.FILES.get("card"), present.running()
    raw = file.read(LONGEST + 1) if file else b""
    own.add(running.parts, running.letters, by(request, PURPOSE), raw, sent.get("digits", ""))


def _address(request: HttpRequest, sent: Mapping[str, str]) -> None:
    own.set_address(present.parts(), by(request, PURPOSE), _peer(sent), sent.get("address", ""))


def _drop(request: HttpRequest, sent: Mapping[str, str]) -> None:
    own.drop(present.parts(), by(request, PURPOSE), _peer(sent))


def _peer(sent: Mapping[str, Any]) -> UUID:
    try:
        return UUID(sent.get("peer", ""))
    except ValueError:
        raise Http404 from None


ACTS: Mapping[str, tuple[Callable[[HttpRequest, Mapping[str, str]], None], str]] = {
    "introduce": (_introduce, N_("This is what our card says now. Give it to the others.")),
    "add": (_add, N_("Registered. Requests can go there and come from there.")),
    "address": (_address, N_("The address is kept.")),
    "drop": (_drop, N_("Nothing is exchanged with it any more.")),
}
