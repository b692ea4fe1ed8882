"""What may be done next with a unit and its roster. `check_x` raises the reason, `can_x` answers."""

from datetime import datetime, timedelta
from uuid import UUID

from epiloop.core.errors import N_, EpiloopError, InvalidInput, Refused
from epiloop.core.jurisdictions import LEVELS
from epiloop.registers.units import events as e
from epiloop.registers.units.state import Unit
from epiloop.rules.vocabulary import POSTS

LONGEST_SHIFT = timedelta(hours=24)
"""Nobody is on duty longer without a hand-over."""


def check_register(request: e.UnitRegistered) -> None:
    """Refuses a unit without a Chinese name."""
    if not request.name_zh.strip():
        raise InvalidInput(N_("A unit needs a name."))


def check_open(state: Unit) -> None:
    """Refuses changes to a unit that is not registered or is closed."""
    if state.step != "registered":
        raise Refused(N_("This unit is not open."), remedy=N_("Register it first."))


def check_create_post(state: Unit, request: e.PostCreated) -> None:
    """Refuses unknown kinds and levels."""
    check_open(state)
    if request.post_kind not in POSTS:
        raise InvalidInput(
            N_("%(kind)s is not a post."),
            remedy=N_("Use one of: %(choices)s"),
            kind=request.post_kind,
            choices=", ".join(POSTS),
        )
    if request.level and request.level not in LEVELS:
        raise InvalidInput(N_("%(level)s is not a level of jurisdictions."), level=request.level)


def check_roster(state: Unit, request: e.ShiftRostered) -> None:
    """Refuses shifts of unknown posts, backwards or over-long ones, and two at once of one account at one post."""
    check_post(state, request.post)
    check_span(request.starts, request.ends)
    if request.ends - request.starts > LONGEST_SHIFT:
        raise InvalidInput(N_("A shift lasts at most 24 hours."), remedy=N_("Divide it."))
    for shift in state.shifts:
        same = (shift.post, shift.account) == (request.post, request.account)
        if same and shift.starts < request.ends and request.starts < shift.ends and shift.starts != request.starts:
            raise Refused(
                N_("This account is on duty at this post then already."), remedy=N_("Cancel that shift first.")
            )


def check_cancel(state: Unit, request: e.ShiftCancelled) -> None:
    """Refuses what is not on the roster."""
    named = (request.post, request.account, request.starts)
    if not any((shift.post, shift.account, shift.starts) == named for shift in state.shifts):
        raise Refused(N_("There is no such shift."))


def check_name_substitute(state: Unit, request: e.SubstituteNamed) -> None:
    """Refuses unknown posts, backward spans, and somebody as their own substitute."""
    check_post(state, request.post)
    check_span(request.starts, request.ends)
    if request.substitute == request.account:
        raise InvalidInput(N_("Nobody can stand in for themselves."))


def check_post(state: Unit, post: UUID) -> None:
    """Refuses a post the unit does not have."""
    check_open(state)
    if post not in state.posts:
        raise Refused(N_("This unit has no such post."), remedy=N_("Create the post first."))


def check_span(starts: datetime, ends: datetime) -> None:
    """Refuses an end at or before the start, and times without a zone."""
    if starts.tzinfo is None or ends.tzinfo is None:
        raise InvalidInput(N_("A time without a time zone cannot be used: %(value)s."), value=str(starts))
    if ends <= starts:
        raise InvalidInput(N_("It cannot end before it starts."))


def can_roster(state: Unit, request: e.ShiftRostered) -> bool:
    """Whether `check_roster` would let it pass."""
    try:
        check_roster(state, request)
    except EpiloopError:
        return False
    return True
