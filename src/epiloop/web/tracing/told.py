"""Why a request was asked for, refused or opened in an emergency, and what its review said: for whom it concerns."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from epiloop.core.errors import N_, EpiloopError, Unavailable
from epiloop.runtime import present
from epiloop.runtime.requests.tracing import PURPOSE
from epiloop.runtime.requests.tracing import told as requests
from epiloop.web import titles
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.acting import acting, right_required
from epiloop.web.errors import words
from epiloop.web.keyed import by
from epiloop.web.tracing.lists import RIGHT, row_of
from epiloop.web.tracing.shown import TITLES, statute_words
from epiloop.web.who import logins, said_actor

HEADS = {
    "visits-asked": N_("Asked for by legal order"),
    "trace-refused": N_("Not approved, because"),
    "glass-broken": N_("Opened without approval, because"),
    "glass-reviewed": N_("The review says"),
}
FIELDS = {"statute": N_("Statute"), "authority": N_("Authority"), "reference": N_("Reference of the order")}


@require_POST
@right_required(RIGHT)
@step_up_required()
def said(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """The texts, opened. That they were read is logged first."""
    who = acting(request)
    row = row_of(who, request_id)
    try:
        found = requests.said(present.parts(), by(request, PURPOSE), request_id)
    except Unavailable:
        raise
    except EpiloopError as wrong:
        messages.error(request, words(wrong))
        return redirect("trace", request_id=request_id)
    people = logins(one.by for one in found)
    context = {
        "row": row,
        "code": titles.short_code(row.person),
        "title": gettext(TITLES[row.kind]),
        "said": [
            {"head": gettext(HEADS[one.kind]), "by": said_actor(one.by, people), "at": one.at, "texts": _texts(one)}
            for one in found
        ],
    }
    return render(request, "tracing/told.html", context)


def _texts(one: requests.Said) -> list[tuple[str, str]]:
    """(name, text); the name is empty for a reason or a note, which stands alone."""
    told = {name: statute_words(text) if name == "statute" else text for name, text in one.texts.items()}
    return [(gettext(FIELDS[name]) if name in FIELDS else "", text) for name, text in told.items()]
