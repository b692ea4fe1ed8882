"""Where one person was, for whoever may open it: by kind of place; which place it was was dropped unread."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from epiloop.core.errors import EpiloopError
from epiloop.runtime import present
from epiloop.runtime.requests.tracing import ASK, PURPOSE
from epiloop.runtime.requests.tracing import histories as requests
from epiloop.vault.answers import SeenAt
from epiloop.web import titles
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.acting import acting, right_required
from epiloop.web.errors import words
from epiloop.web.keyed import by
from epiloop.web.tracing.lists import row_of
from epiloop.web.tracing.whereabouts import place_kind


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay: from when until when, at what kind of place, whether its end is presumed, and it is doubtful."""

    entered: datetime
    left: datetime
    kind: str
    presumed: bool
    doubtful: bool


@require_POST
@right_required(ASK)
@step_up_required()
def visits(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Where the person was: by an approved request, by legal order, or in an emergency. Shown, and kept nowhere."""
    row = row_of(acting(request), request_id)
    purpose = requests.ORDER_PURPOSE if row.kind == "order" else PURPOSE
    try:
        found = requests.visits(present.parts(), by(request, purpose), request_id)
    except EpiloopError as wrong:
        messages.error(request, words(wrong))
        return redirect("trace", request_id=request_id)
    context: dict[str, Any] = {"row": row, "code": titles.short_code(row.person), "stays": stays_of(found)}
    context["gaps"] = found.gaps
    return render(request, "tracing/visits.html", context)


def stays_of(found: Iterable[SeenAt]) -> list[Stay]:
    """The stays of an answer, in order of time."""
    return [_stay(one) for one in sorted(found, key=lambda one: one.entered)]


def _stay(one: SeenAt) -> Stay:
    return Stay(one.entered, one.left, place_kind(one.kind), one.presumed, one.doubtful)
