"""Asking to open where the case itself was, with a signature; it is approved as a search is."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import EpiloopError, Unavailable
from epiloop.runtime import present
from epiloop.runtime.requests.tracing import ASK, PURPOSE
from epiloop.runtime.requests.tracing import histories as requests
from epiloop.runtime.requests.tracing.asking import window
from epiloop.web import titles
from epiloop.web import vocabulary as v
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words
from epiloop.web.keyed import by
from epiloop.web.tracing.shown import to_sign
from epiloop.web.tracing.signing import names_of, sent_signature, sent_text, signers_of


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(ASK)
@step_up_required()
def ask(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """What will be opened, the window being that of a search; sent with the signature of its maker."""
    problem = ""
    if request.method == "POST":
        try:
            text = sent_text(request)
            done = requests.propose(present.parts(), by(request, PURPOSE), text, sent_signature(request))
        except EpiloopError as wrong:
            problem = words(wrong)
        else:
            messages.success(request, gettext("The request is made. Another person has to approve it now."))
            return redirect("trace", request_id=UUID(str(done.result["trace"])))
    who = acting(request)
    asked = window(present.parts(), by(request, PURPOSE), person, who.at)
    context = {"code": titles.short_code(person), "person": person, "asked": asked, "problem": problem}
    context |= {"disease": v.said(v.DISEASES, asked.case.disease), **_signing(request, who, person)}
    return render(request, "tracing/ask_visits.html", context, status=422 if problem else 200)


def _signing(request: HttpRequest, who: Acting, person: UUID) -> dict[str, Any]:
    """The text to sign and with which keys it can be; where the key service is away, why not."""
    parts = present.parts()
    try:
        signers = signers_of(who)
    except Unavailable as away:
        return {"away": words(away)}
    told: dict[str, Any] = {"signers": signers, "known": names_of(signers)}
    if signers:
        opening = requests.Opening(person, signers[0].unit)
        text = requests.text_of(parts, by(request, PURPOSE), opening, at=who.at, id_=parts.new_id())
        told |= to_sign(text)
    return told
