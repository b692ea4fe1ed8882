"""The other person's part: to approve what somebody asked for, to refuse it; and to end it.

The key service is told while the request's stream is locked, after every check here: of two who decide at the same
moment the second sees what the first did, in both places. It is told before the ledger is; whoever is cut off in
between leaves a request that opens less than it says here, never more, and `lost` makes the two agree again.
"""

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

    def decide(now: Request, at: datetime, where: int) -> Sequence[Draft]:
        checks.check_decide(now, by.actor, unit, approve=True, at=at)
        told = TraceApproved(by.actor, unit, desk_of(parts).approve(request, signature))
        return actions.approve(now, told, at=at, jurisdiction=where)

    return tell(parts, by, request, APPROVE, decide)


def refuse(parts: Parts, by: By, request: UUID, reason: str) -> Done:
    """Do not approve it; the reason is sealed. Raises Refused for one that was approved: that is ended by its maker."""

    def decide(now: Request, at: datetime, where: int) -> Sequence[Draft]:
        checks.check_decide(now, by.actor, "", approve=False, at=at)
        desk_of(parts).withdraw(request, by.actor)
        return actions.refuse(now, TraceRefused(by.actor, reason or None), at=at, jurisdiction=where)

    return tell(parts, by, request, APPROVE, decide)


def withdraw(parts: Parts, by: By, request: UUID) -> Done:
    """End it: nothing can be searched with it any more. Raises NotFound for an emergency: that is reviewed."""

    def decide(now: Request, at: datetime, where: int) -> Sequence[Draft]:
        checks.check_withdraw(now)
        desk_of(parts).withdraw(request, by.actor)
        return actions.withdraw(now, TraceWithdrawn(by.actor), at=at, jurisdiction=where)

    return tell(parts, by, request, ASK, decide)


def tell(parts: Parts, by: By, request: UUID, right: str, decide: Decide) -> Done:
    """An act in a request's stream, by somebody who holds the right where its case is. `decide` is called with the
    stream locked, and again if the act is tried again. Raises NotFound, NotAllowed.
    """

    def decide_now(histories: Histories, now: datetime, _laws: Laws) -> Decision:
        history = histories[request]
        if history.head is None or history.kind != "trace":
            raise checks.no_such_request()
        where = history.entries[0].jurisdiction
        by.check(right, where)
        return Decision(decide(fold(request, history.entries), now, where), {"trace": str(request)})

    return carry_out(parts, by, {request: "trace"}, decide_now)
