"""Asking who met a case: the window and its law, what is signed, what is missing."""

import re
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
from epiloop.runtime.requests.tracing.asking import Asking, propose, text_of, window
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.runtime.requests.tracing.windows import Window
from epiloop.store.models import Account
from epiloop.web import titles
from epiloop.web import vocabulary as v
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words
from epiloop.web.keyed import by
from epiloop.web.people.begun import WORD, begun
from epiloop.web.tracing.shown import positive_words, to_sign
from epiloop.web.tracing.signing import names_of, sent_signature, sent_text, signers_of

STAFF = 20
"""Accounts that may look besides the one who asks."""


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(ASK)
@step_up_required()
def ask(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """The request's form: what will be searched, by which clause, by whom; sent with the signature of its maker.

    What is chosen comes by POST, too: login names do not stand in addresses (R28).
    """
    problem = ""
    if request.method == "POST" and "signature" in request.POST:
        try:
            text = sent_text(request)
            done = propose(present.parts(), by(request, PURPOSE), text, sent_signature(request))
        except EpiloopError as wrong:
            problem = words(wrong)
        else:
            messages.success(request, gettext("The request is made. Another person has to approve it now."))
            return redirect("trace", request_id=UUID(str(done.result["trace"])))
    who, said = acting(request), begun(person, request.GET.get(WORD, ""))
    asked = window(present.parts(), by(request, PURPOSE), person, who.at, said.get("disease", ""))
    ring = 2 if request.POST.get("ring") == "2" and asked.terms.terms.second else 1
    context = {"code": titles.short_code(person), "person": person, "asked": asked, "ring": ring, "problem": problem}
    context |= {"disease": v.said(v.DISEASES, asked.case.disease), "clause": titles.of_clause(asked.terms.source)}
    context |= {"law": titles.of_language(asked.terms.source.title), **_signing(request, who, asked, ring)}
    return render(request, "tracing/ask.html", context, status=422 if problem else 200)


def _signing(request: HttpRequest, who: Acting, asked: Window, ring: int) -> dict[str, Any]:
    """The text to sign and with which keys it can be; where the key service is away, why not."""
    parts = present.parts()
    try:
        signers = signers_of(who)
        positive = desk_of(parts).attested(asked.person, who.actor)
    except Unavailable as away:
        return {"away": words(away)}
    told: dict[str, Any] = {"signers": signers, "known": names_of(signers), "positive": positive_words(positive)}
    told["missing"] = positive != "confirmed"
    staff, told["unknown"] = _staff(request)
    if signers and not told["unknown"]:
        asking = Asking(signers[0].unit, ring, staff, asked.case.disease)
        text = text_of(parts, by(request, PURPOSE), asked, asking, at=who.at, id_=parts.new_id())
        told |= to_sign(text)
    return told


def _staff(request: HttpRequest) -> tuple[tuple[str, ...], str]:
    """The accounts whose login names were typed, to look beside the one who asks; and the names nobody has."""
    typed = re.split(r"[\s,，、]+", request.POST.get("staff", "").casefold().strip(), maxsplit=STAFF)[:STAFF]
    found = dict(Account.objects.filter(login__in=typed, disabled_at=None).values_list("login", "pk"))
    return tuple(str(pk) for pk in found.values()), ", ".join(name for name in typed if name and name not in found)
