"""One's own page: opened by the code of a letter, closed after a quarter of an hour, kept nowhere."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import EpiloopError, Unavailable
from epiloop.runtime.accounts import letters
from epiloop.web.accounts import ceremony
from epiloop.web.acting import real_instant, request_instant
from epiloop.web.errors import words
from epiloop.web.own.looks import in_a_row, looks
from epiloop.web.own.subject import Own, own_of

SUBJECT, SINCE = "own_subject", "own_since"
OPEN_FOR = timedelta(minutes=15)


class LetterForm(forms.Form):
    """The code of a letter."""

    code = forms.CharField(
        label=_("Code of your letter"),
        max_length=40,
        help_text=_("Sixteen letters and digits. Capitals, blanks and strokes make no difference."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "code", "spellcheck": "false"}
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code; nothing else that somebody knows opens the page (R14)."""
    form = LetterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = real_instant(request)
        try:
            subject = letters.opened(form.cleaned_data["code"], ceremony.address(request), at)
        except EpiloopError as error:
            form.add_error("code", words(error))
        else:
            request.session.cycle_key()
            request.session[SUBJECT], request.session[SINCE] = str(subject), at.isoformat()
            return redirect("own")
    return render(request, "own/enter.html", {"form": form}, status=422 if form.errors else 200)


def own(request: HttpRequest) -> HttpResponse:
    """What holds for the reader, why, until when, how to appeal; and who looked at their data (R2, R11)."""
    subject = _opened(request)
    found = own_of(subject, request_instant(request)) if subject else None
    if found is None:
        return redirect("own-enter")
    return render(request, "own/own.html", _context(found))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close it, so that nobody after the reader sees it."""
    for key in (SUBJECT, SINCE):
        request.session.pop(key, None)
    return redirect("own-enter")


def _context(found: Own) -> dict[str, Any]:
    """What holds for them needs no key service; who looked is only in its log."""
    try:
        looked, away = looks(found.ids, found.who), False
    except Unavailable:
        looked, away = [], True
    return {
        "away": away,
        "at": found.who.at,
        "held": {**found.held, "law": found.held.get("clause", "").partition(" · ")[2]},
        "steps": found.steps,
        "looks": in_a_row(looked, found.who.zone),
        "looked": len(looked),
        "phone": found.phone,
    }


def _opened(request: HttpRequest) -> UUID | None:
    """Whose page this session may show; None if nobody's, or for too long."""
    given, since = request.session.get(SUBJECT), request.session.get(SINCE)
    at = real_instant(request)
    if not given or not since:
        return None
    opened, subject = datetime.fromisoformat(since), UUID(given)
    return subject if at - opened <= OPEN_FOR and letters.holds(subject, opened, at) else None
