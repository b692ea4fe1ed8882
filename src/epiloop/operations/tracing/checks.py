"""What may be done next with a request. `check_x` raises the reason, `can_x` answers.

The key service checks the signatures, and all of this, by itself; here it is checked so that people are told in time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from epiloop.core.errors import N_, EpiloopError, InvalidInput, NotAllowed, NotFound, Refused
from epiloop.operations.tracing.state import APPROVALS, GLASS_STEPS, STEPS, Request

RINGS = (1, 2)


def check_ask(state: Request, *, ring: int = 1, since: datetime, until: datetime, now: datetime) -> None:
    """Refuses a ring that does not exist, and a window without time in it."""
    if ring not in RINGS:
        raise InvalidInput(N_("Ring %(ring)s does not exist."), remedy=N_("Use 1 or 2."), ring=ring)
    if not since < min(until, now):
        raise InvalidInput(
            N_("There is no time in this window."), remedy=N_("Check the day of onset or of the sample.")
        )
    if state.step:
        raise Refused(N_("This request was made already."))


def check_decide(state: Request, by: str, unit: str, *, approve: bool, at: datetime) -> None:
    """Refuses whoever asked, their unit (PRIVACY R9), and a request that is decided already."""
    _known(state, *APPROVALS)
    _check_step(state, "approved" if approve else "refused")
    if approve and by in [account for account, _unit in state.approved]:
        raise NotAllowed(
            N_("You have approved this already."), remedy=N_("Somebody of a further unit approves it too.")
        )
    if approve and by == state.by:
        raise NotAllowed(
            N_("Nobody approves their own request."), remedy=N_("Another person of another unit has to approve it.")
        )
    if approve and unit in (state.unit, *(unit for _account, unit in state.approved)):
        raise NotAllowed(
            N_("Whoever approves is of another unit."), remedy=N_("Ask the officer on duty of another unit.")
        )
    if approve and state.expires is not None and at >= state.expires:
        raise expired()


def check_carry_out(state: Request, at: datetime) -> None:
    """Refuses what was not approved, or not any more."""
    _check_approved(state, at, "trace")


def check_look(state: Request, by: str, at: datetime) -> None:
    """Refuses to open where somebody was before it was approved, or when it is not any more; in an emergency, to
    anybody but who broke the glass.
    """
    if state.kind != "glass":
        _check_approved(state, at, "history", "order")
    elif by != state.by:
        raise NotAllowed(N_("Whoever breaks the glass looks alone."))
    elif state.expires is not None and at >= state.expires:
        raise expired()


def check_confirm(state: Request, at: datetime) -> None:
    """Refuses before anybody was found, and while only a first positive is known."""
    check_carry_out(state, at)
    if state.step != "done" or state.counted:
        raise Refused(N_("There is nobody to confirm yet."), remedy=N_("Search first; the result must be confirmed."))


def check_withdraw(state: Request) -> None:
    """Refuses what is over already."""
    _known(state, *APPROVALS)
    _check_step(state, "withdrawn")


def check_review(state: Request, by: str) -> None:
    """Refuses whoever did it, and a second review."""
    _known(state, "glass")
    if "reviewed" not in GLASS_STEPS[state.step]:
        raise Refused(N_("This was reviewed already."))
    if by == state.by:
        raise NotAllowed(N_("Nobody reviews what they did themselves."), remedy=N_("Another person has to review it."))


def is_overdue(state: Request, at: datetime) -> bool:
    """Whether nobody reviewed a broken glass in time."""
    return state.kind == "glass" and state.step == "broken" and state.due is not None and at >= state.due


def can_decide(state: Request, by: str, unit: str, at: datetime) -> bool:
    """Whether they could approve."""
    return _passes(lambda: check_decide(state, by, unit, approve=True, at=at))


def can_carry_out(state: Request, at: datetime) -> bool:
    """Whether it could be searched now."""
    return _passes(lambda: check_carry_out(state, at))


def can_look(state: Request, by: str, at: datetime) -> bool:
    """Whether it opens where somebody was, to them and now."""
    return _passes(lambda: check_look(state, by, at))


def can_withdraw(state: Request) -> bool:
    """Whether it is still open."""
    return _passes(lambda: check_withdraw(state))


def can_review(state: Request, by: str) -> bool:
    """Whether they could review it."""
    return _passes(lambda: check_review(state, by))


def _check_approved(state: Request, at: datetime, *kinds: str) -> None:
    _known(state, *kinds)
    _check_step(state, "done")
    if state.expires is not None and at >= state.expires:
        raise expired()


def _known(state: Request, *kinds: str) -> None:
    if not state.step or state.kind not in kinds:
        raise no_such_request()


def no_such_request() -> NotFound:
    """What is raised for an id that is no request's."""
    return NotFound(N_("There is no such request."), remedy=N_("Choose one of the list."))


def expired() -> Refused:
    """What is raised for a request whose time is over."""
    return Refused(N_("This request has expired."), remedy=N_("Ask again."))


_STANDS: Mapping[str, tuple[str, str]] = {
    "asked": (N_("Nobody has approved this request yet."), N_("Somebody of another unit has to approve it first.")),
    "approved": (N_("This request was approved already."), N_("Whoever asked may end it.")),
    "done": (N_("This request was approved already."), N_("Whoever asked may end it.")),
    "refused": (N_("This request was not approved."), N_("Ask again if it is still needed.")),
    "withdrawn": (N_("This request was ended."), N_("Ask again if it is still needed.")),
}
"""Why something cannot be done with a request that stands so, and what can."""


def _check_step(state: Request, wanted: str) -> None:
    if wanted not in STEPS[state.step]:
        what, remedy = _STANDS[state.step]
        raise Refused(what, remedy=remedy)


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except EpiloopError:
        return False
    return True
