"""What can be done with a request: (state, request, when and where) -> drafts. Requests are event bodies."""

from datetime import datetime

from epiloop.ledger.events import Draft
from epiloop.operations.tracing import checks
from epiloop.operations.tracing import events as e
from epiloop.operations.tracing.state import Request


def ask(state: Request, told: e.TraceAsked, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """Somebody asks for a search."""
    checks.check_ask(state, ring=told.ring, since=told.since, until=told.until, now=at)
    return [Draft(state.request, told, at, jurisdiction, "asked")]


def ask_visits(state: Request, told: e.VisitsAsked, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """Somebody asks to open where one person was."""
    checks.check_ask(state, since=told.since, until=told.until, now=at)
    return [Draft(state.request, told, at, jurisdiction, "asked")]


def approve(state: Request, told: e.TraceApproved, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """Another person of another unit signed it."""
    checks.check_decide(state, told.by, told.unit, approve=True, at=at)
    return [Draft(state.request, told, at, jurisdiction)]


def refuse(state: Request, told: e.TraceRefused, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """It was not approved."""
    checks.check_decide(state, told.by, "", approve=False, at=at)
    return [Draft(state.request, told, at, jurisdiction)]


def carry_out(state: Request, told: e.TraceCarriedOut, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """The key service answered."""
    checks.check_carry_out(state, at)
    return [Draft(state.request, told, at, jurisdiction)]


def confirm(state: Request, told: e.TraceConfirmed, *, at: datetime, jurisdiction: int, key: str) -> list[Draft]:
    """Some of those who were found are contacts now."""
    checks.check_confirm(state, at)
    return [Draft(state.request, told, at, jurisdiction, key)]


def withdraw(state: Request, told: e.TraceWithdrawn, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """It is over."""
    checks.check_withdraw(state)
    return [Draft(state.request, told, at, jurisdiction)]


def break_glass(state: Request, told: e.GlassBroken, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """Somebody opens one person's visits without an approval."""
    return [Draft(state.request, told, at, jurisdiction, "broken")]


def review(state: Request, told: e.GlassReviewed, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """Another person looked at it."""
    checks.check_review(state, told.by)
    return [Draft(state.request, told, at, jurisdiction)]


def lapse(state: Request, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """Nobody reviewed it in time; nothing where it was, or is not due yet."""
    if not checks.is_overdue(state, at):
        return []
    return [Draft(state.request, e.GlassLapsed(state.by), at, jurisdiction, "lapsed")]
