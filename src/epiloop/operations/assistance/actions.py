"""What can be done with a request: (state, what, when) -> drafts. No database, no clock, no chance."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from epiloop.ledger.events import Body, Draft
from epiloop.operations.assistance import checks
from epiloop.operations.assistance import events as e
from epiloop.operations.assistance.events import Answer
from epiloop.operations.assistance.state import Request

REQUEST, RECEIPT, CLOSED = "request", "receipt", "closed"


def ask(stream: UUID, told: e.AssistanceAsked, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """Ask another jurisdiction. `told.items` say everything, also who it is, which is checked and left out."""
    checks.check_ask(told, told.items, at=at, own=jurisdiction)
    kept = tuple(
        {k: v for k, v in one.items() if k not in ("name", "documents", "phones", "address")} for one in told.items
    )
    body = e.AssistanceAsked(**{**told.__dict__, "items": kept})
    return [Draft(stream, body, at, jurisdiction, REQUEST)]


def arrive(stream: UUID, told: e.AssistanceArrived, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """A request came in. The same one twice is one."""
    return [Draft(stream, told, at, jurisdiction, REQUEST)]


def sent(state: Request, what: str, how: str, *, at: datetime) -> list[Draft]:
    """A message left; told once for each."""
    return [] if what in state.sent else [_draft(state, e.AssistanceSent(what, how), at, f"sent:{what}")]


def receive(state: Request, *, at: datetime) -> list[Draft]:
    """One tap: we have received it (签收)."""
    checks.check_receive(state)
    return [_draft(state, e.AssistanceReceived(), at, "received")]


def receipt_came(state: Request, receipt: str, *, at: datetime) -> list[Draft]:
    """The other side says that it has received our request; `at` is when it did."""
    if state.received_at is not None or state.step == "closed":
        return []
    checks.check_step(state, "received")
    return [_draft(state, e.AssistanceReceived(receipt), at, f"receipt:{receipt}")]


def answer(state: Request, answers: Sequence[Answer], note: str | None, *, at: datetime) -> list[Draft]:
    """Results of some people."""
    checks.check_answer(state, answers)
    return [_draft(state, _answered(state, answers, note), at, None)]


def answer_came(
    state: Request, answers: Sequence[Answer], note: str | None, receipt: str, number: int, *, at: datetime
) -> list[Draft]:
    """The other side's results so far, in its answer of that number; what is known already is left out, and so is an
    answer that a later one overtook.
    """
    checks.check_results(state, answers)
    fresh = [one for one in answers if state.answers.get(one.number) != one]
    if not fresh or number <= state.heard or state.step == "closed":
        return []
    body = replace(_answered(state, fresh, note), receipt=receipt, round=number)
    return [_draft(state, body, at, f"answer:{receipt}")]


def match(state: Request, number: int, person: UUID, *, at: datetime) -> list[Draft]:
    """Somebody of an incoming request is a person we know."""
    checks.check_step(state, "answered")
    return [_draft(state, e.AssistanceMatched(number, person), at, f"matched:{number}:{person}")]


def close(state: Request, reason: str | None, *, at: datetime, withdrawn: bool) -> list[Draft]:
    """Done with it, or withdrawn."""
    checks.check_close(state, withdrawn=withdrawn)
    return [_draft(state, e.AssistanceClosed(withdrawn, reason=reason), at, CLOSED)]


def closing_came(state: Request, receipt: str, *, withdrawn: bool, at: datetime) -> list[Draft]:
    """The sender is done with it, or has withdrawn it."""
    if state.step == "closed":
        return []
    checks.check_step(state, "closed")
    return [_draft(state, e.AssistanceClosed(withdrawn, receipt), at, f"closed:{receipt}")]


def _answered(state: Request, answers: Sequence[Answer], note: str | None) -> e.AssistanceAnswered:
    known = state.answers.keys() | {one.number for one in answers}
    return e.AssistanceAnswered(
        numbers=tuple(one.number for one in answers),
        results=tuple(one.result for one in answers),
        at=tuple(one.at for one in answers),
        where=tuple(one.where or 0 for one in answers),
        complete=len(known) >= max(state.people, 1),
        note=note,
    )


def _draft(state: Request, body: Body, at: datetime, key: str | None) -> Draft:
    return Draft(state.stream, body, at, state.jurisdiction, key)
