"""Other installations: our card for them, theirs for us, the digits that are compared by telephone."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from epiloop.core.errors import N_, EpiloopError
from epiloop.core.jurisdictions import Code, code, short
from epiloop.operations.assistance.peers import LONGEST
from epiloop.runtime import present
from epiloop.runtime.requests.assistance import own
from epiloop.store.reading import assistance as stored
from epiloop.web.acting import acting, right_required
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.keyed import by, fresh_key

PURPOSE = "register-keeping"
READ = "register.read"


@right_required(READ)
def page(request: HttpRequest) -> HttpResponse:
    """Our card, and the installations known here."""
    who, letters = acting(request), present.running().letters
    mine = letters.card()
    with who.reading(who.scope(READ)) as connection:
        rows = stored.peers(connection)
    here = who.jurisdiction
    context = {
        "tab": "peers",
        "mine": mine[0] if mine else None,
        "codes": " ".join(short(Code(one)) for one in mine[0].jurisdictions) if mine else short(here) if here else "",
        "name": mine[0].name if mine else named([here], who).get(here, "") if here else "",
        "rows": rows,
        "keeper": who.can(own.RIGHT),
        "key": fresh_key(),
    }
    return render(request, "assistance/peers.html", context)


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
        messages.error(request, words(wrong))
    else:
        messages.success(request, gettext(done))
    return redirect("registers-peers")


def _introduce(request: HttpRequest, sent: Mapping[str, str]) -> None:
    codes = [int(code(text)) for text in sent.get("codes", "").replace(",", " ").split()]
    own.introduce(present.running().letters, by(request, PURPOSE), sent.get("name", ""), codes, sent.get("address", ""))


def _add(request: HttpRequest, sent: Mapping[str, str]) -> None:
    file, running = request.FILES.get("card"), present.running()
    raw = file.read(LONGEST + 1) if file else b""
    own.add(running.parts, running.letters, by(request, PURPOSE), raw, sent.get("digits", ""))


def _address(request: HttpRequest, sent: Mapping[str, str]) -> None:
    own.set_address(present.parts(), by(request, PURPOSE), _peer(sent), sent.get("address", ""))


def _drop(request: HttpRequest, sent: Mapping[str, str]) -> None:
    own.drop(present.parts(), by(request, PURPOSE), _peer(sent))


def _peer(sent: Mapping[str, str]) -> UUID:
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
