"""Breaking the glass: one person's visits in an emergency, seen by everybody who reviews; and the review."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import EpiloopError, Unavailable
from epiloop.operations.tracing.events import GlassReviewed
from epiloop.runtime import present
from epiloop.runtime.requests.tracing import APPROVE, ASK, PURPOSE
from epiloop.runtime.requests.tracing import emergencies as glass
from epiloop.web import titles
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.acting import acting, right_required
from epiloop.web.errors import words
from epiloop.web.keyed import by
from epiloop.web.people.records import page_of
from epiloop.web.tracing.lists import row_of
from epiloop.web.tracing.shown import to_sign
from epiloop.web.tracing.signing import names_of, sent_signature, sent_text, signers_of

LONGEST = 300


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(ASK)
@step_up_required()
def open_(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """First the reason, then the text that is signed; with the signature it is open, and reviewers are told."""
    who = acting(request)
    page = page_of(who, person)
    reason = request.POST.get("reason", "")[:LONGEST]
    context: dict[str, Any] = {"person": person, "code": titles.short_code(person), "page": page, "reason": reason}
    try:
        if "signature" in request.POST:
            done = glass.break_glass(present.parts(), by(request, PURPOSE), sent_text(request), sent_signature(request))
            messages.warning(request, gettext("It is open for 60 minutes. Everybody who may review it has been told."))
            return redirect("trace", request_id=UUID(str(done.result["trace"])))
        signers = signers_of(who)
        context |= {"signers": signers, "known": names_of(signers)}
        if request.method == "POST" and signers:
            emergency = glass.Emergency(person, reason, signers[0].unit)
            parts = present.parts()
            text = glass.text_of(parts, by(request, PURPOSE), emergency, at=who.at, id_=parts.new_id())
            context |= to_sign(text)
    except Unavailable as away:
        context["away"] = words(away)
    except EpiloopError as wrong:
        context["problem"] = words(wrong)
    return render(request, "tracing/emergency.html", context, status=422 if "problem" in context else 200)


@require_POST
@right_required(APPROVE)
@step_up_required()
def review(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Another person says whether it was justified, and signs that."""
    who = acting(request)
    row_of(who, request_id)
    try:
        signature = sent_signature(request)
        unit = next((one.unit for one in signers_of(who) if one.key.name == signature.key), "")
        note = request.POST.get("note", "").strip()[:LONGEST]
        told = GlassReviewed(who.actor, unit, request.POST.get("justified") == "yes", note or None)
        glass.review(present.parts(), by(request, PURPOSE), request_id, told, signature)
    except Unavailable:
        raise  # the page of the error keeps the note
    except EpiloopError as wrong:
        messages.error(request, words(wrong))
    else:
        messages.success(request, gettext("The review is recorded."))
    return redirect("trace", request_id=request_id)
