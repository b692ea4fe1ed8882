"""The other person's part: to approve what somebody asked for, to refuse it; and to end it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from epiloop.ledger.events import Draft
from epiloop.operations.tracing import actions, checks
from epiloop.operations.tracing.events import TraceApproved, TraceRefused, TraceWithdrawn
from epiloop.operations.tracing.state import Request, fold
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.histories import load
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.runtime.requests.tracing import APPROVE, ASK
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.store.ledger import PgLedger
from epiloop.vault.signatures import Signature

Decide = Callable[[Request, datetime, int], Sequence[Draft]]


def standing(parts: Parts, request: UUID) -> tuple[Request, int]:
    """How a request stands, and its jurisdiction. Raises NotFound."""
    with parts.pool.connection() as connection:
        history = load(PgLedger(connection), {request: "trace"}, lock=False)[request]
    state = fold(request, history.entries if history.kind == "trace" else ())
    if not state.step:
        raise checks.no_such_request()
    return state, history.entries[0].jurisdiction


def approve(parts: Parts, by: By, request: UUID, unit: str, signature: Signature) -> Done:
    """Sign the same text as its maker. Raises NotAllowed for the maker and anybody of the maker's unit (PRIVACY R9)."""
    state, where = standing(parts, request)
    by.check(APPROVE, where)
    checks.check_decide(state, by.actor, unit, approve=True, at=parts.now())
    until = desk_of(parts).approve(request, signature)
    told = TraceApproved(by.actor, unit, until)
    return tell(parts, by, request, APPROVE, lambda now, at, code: actions.approve(now, told, at=at, jurisdiction=code))


def refuse(parts: Parts, by: By, request: UUID, reason: str) -> Done:
    """Do not approve it; the reason is sealed. Raises Refused for one that was approved: that is ended by its maker."""
    state, where = standing(parts, request)
    by.check(APPROVE, where)
    checks.check_decide(state, by.actor, "", approve=False, at=parts.now())
    desk_of(parts).withdraw(request, by.actor)
    told = TraceRefused(by.actor, reason or None)
    return tell(parts, by, request, APPROVE, lambda now, at, code: actions.refuse(now, told, at=at, jurisdiction=code))


def withdraw(parts: Parts, by: By, request: UUID) -> Done:
    """End it: nothing can be searched with it any more. Raises NotFound for an emergency: that is reviewed."""
    state, where = standing(parts, request)
    by.check(ASK, where)
    checks.check_withdraw(state)
    desk_of(parts).withdraw(request, by.actor)
    told = TraceWithdrawn(by.actor)
    return tell(parts, by, request, ASK, lambda now, at, code: actions.withdraw(now, told, at=at, jurisdiction=code))


def tell(parts: Parts, by: By, request: UUID, right: str, decide: Decide) -> Done:
    """An act in a request's stream, by somebody who holds the right where its case is. Raises NotFound, NotAllowed."""

    def decide_now(histories: Histories, now: datetime, _laws: Laws) -> Decision:
        history = histories[request]
        if history.head is None or history.kind != "trace":
            raise checks.no_such_request()
        where = history.entries[0].jurisdiction
        by.check(right, where)
        return Decision(decide(fold(request, history.entries), now, where), {"trace": str(request)})

    return carry_out(parts, by, {request: "trace"}, decide_now)
