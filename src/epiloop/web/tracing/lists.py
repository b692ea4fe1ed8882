"""The list of contact searches, and one of them."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from epiloop.core.errors import EpiloopError, Unavailable
from epiloop.operations.tracing import checks
from epiloop.operations.tracing.state import Request
from epiloop.runtime import present
from epiloop.runtime.requests.tracing import APPROVE, ASK
from epiloop.runtime.requests.tracing.deciding import standing
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.store.reading import tracing as stored
from epiloop.store.reading.asking import area
from epiloop.store.tables import TraceRow
from epiloop.vault import grants
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words
from epiloop.web.tracing.shown import KINDS, calls, line_of, may_be_told, to_sign
from epiloop.web.tracing.signing import names_of, signers_of
from epiloop.web.who import logins

RIGHT = "case.read"


@right_required(RIGHT)
def traces(request: HttpRequest) -> HttpResponse:
    """The requests of the jurisdiction, the latest first, of one kind if one is chosen; those that wait for the reader
    before them."""
    who, chosen = acting(request), request.GET.get("kind")
    chosen = chosen if chosen in KINDS else None
    with who.reading(who.scope(RIGHT)) as connection:
        inside = area(who.jurisdiction) if who.jurisdiction else who.scope(RIGHT)
        page = stored.requests(connection, inside, kind=chosen, after_page=request.GET.get("after"))
        waiting = stored.waiting(connection, who.actor) if who.can(APPROVE) else []
    people = logins(row.asked_by for row in (*page.rows, *waiting))
    context = {
        "rows": [line_of(row, who.at, people) for row in page.rows],
        "waiting": [line_of(row, who.at, people) for row in waiting],
        "after": page.after,
        "may_ask": who.can(ASK),
        "kind": chosen,
        "kinds": KINDS.items(),
    }
    return render(request, "tracing/list.html", context)


@right_required(RIGHT)
@step_up_required()
def trace(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """One request: how it stands, what the reader may do about it, whom to call."""
    who = acting(request)
    row = row_of(who, request_id)
    state, _ = standing(present.parts(), request_id)
    people = logins([row.asked_by, row.decided_by])
    context: dict[str, Any] = {
        "row": row,
        "line": line_of(row, who.at, people),
        "read_out": grants.read_out(state.digest) if row.step == "asked" else "",
        "decided_by": people.get(row.decided_by, ""),
        "may_search": checks.can_carry_out(state, who.at) and who.can(ASK, row.jurisdiction),
        "may_withdraw": checks.can_withdraw(state) and who.can(ASK, row.jurisdiction) if row.kind != "glass" else False,
        "may_look": checks.can_look(state, who.actor, who.at) and who.can(ASK, row.jurisdiction),
        "may_be_told": may_be_told(who, row),
        "approvals": [unit for _account, unit in state.approved],
        "calls": calls(who, row) if row.step == "asked" else (),
        **(_deciding(who, row, state) if who.can(APPROVE, row.jurisdiction) else {}),
    }
    return render(request, "tracing/trace.html", context)


def row_of(who: Acting, request_id: UUID) -> TraceRow:
    """The request, inside the reader's jurisdiction. Raises Http404."""
    with who.reading(who.scope(RIGHT)) as connection:
        row = stored.request(connection, request_id)
    if row is None:
        raise Http404
    return row


def _deciding(who: Acting, row: TraceRow, state: Request) -> dict[str, Any]:
    """What somebody who may approve, or review, signs; and why they cannot, if they cannot."""
    if row.step not in ("asked", "broken", "lapsed"):
        return {}
    try:
        signers = signers_of(who)
        unit = signers[0].unit if signers else ""
        if row.kind != "glass":
            checks.check_decide(state, who.actor, unit, approve=True, at=who.at)
        else:
            checks.check_review(state, who.actor)
        text = desk_of(present.parts()).text(row.id, who.actor)
    except Unavailable as away:
        return {"away": words(away)}
    except EpiloopError as wrong:
        return {"barred": words(wrong)}
    told = {"signers": signers, "known": names_of(signers), "may_decide": True, **to_sign(text)}
    if row.kind == "glass":
        told["yes"], told["no"] = (grants.review_text(row.id, justified=said).hex() for said in (True, False))
    return told
