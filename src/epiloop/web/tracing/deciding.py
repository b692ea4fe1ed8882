"""Approving, refusing and ending a request."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from epiloop.core.errors import EpiloopError, Unavailable
from epiloop.runtime import present
from epiloop.runtime.requests.tracing import APPROVE, ASK, PURPOSE
from epiloop.runtime.requests.tracing import deciding as requests
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.acting import acting, right_required
from epiloop.web.errors import words
from epiloop.web.keyed import by
from epiloop.web.tracing.lists import row_of
from epiloop.web.tracing.signing import sent_signature, signers_of

LONGEST = 300


@require_POST
@right_required(APPROVE)
@step_up_required()
def approve(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """The other person's signature over the same text."""
    who = acting(request)
    row = row_of(who, request_id)
    try:
        signature = sent_signature(request)
        unit = next((one.unit for one in signers_of(who) if one.key.name == signature.key), "")
        requests.approve(present.parts(), by(request, PURPOSE), request_id, unit, signature)
    except Unavailable:
        raise  # the page of the error keeps the signature
    except EpiloopError as wrong:
        messages.error(request, words(wrong))
    else:
        search = gettext("Approved. Whoever asked can search now.")
        messages.success(request, search if row.kind == "trace" else gettext("Your approval is recorded."))
    return redirect("trace", request_id=request_id)


@require_POST
@right_required(APPROVE)
def refuse(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Not approved, with a reason."""
    row_of(acting(request), request_id)
    reason = request.POST.get("reason", "").strip()[:LONGEST]
    return _ended(
        request, request_id, lambda: requests.refuse(present.parts(), by(request, PURPOSE), request_id, reason)
    )


@require_POST
@right_required(ASK)
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """It is over."""
    row_of(acting(request), request_id)
    return _ended(request, request_id, lambda: requests.withdraw(present.parts(), by(request, PURPOSE), request_id))


def _ended(request: HttpRequest, request_id: UUID, act: Callable[[], object]) -> HttpResponseBase:
    try:
        act()
    except Unavailable:
        raise  # the page of the error keeps the reason
    except EpiloopError as wrong:
        messages.error(request, words(wrong))
    else:
        messages.success(request, gettext("The request has ended; nothing can be searched with it."))
    return redirect("trace", request_id=request_id)
