"""What may be done next with a registration. `check_x` raises the reason, `can_x` answers."""

from datetime import date

from epiloop.core.errors import N_, EpiloopError, InvalidInput, Refused
from epiloop.registers.people import events as e
from epiloop.registers.people.state import STEPS, Person

OLDEST = 130
"""Years that nobody has lived."""


def check_register(state: Person, request: e.PersonRegistered, *, today: date) -> None:
    """Refuses to register over a merged registration, and ages or birth days that cannot be."""
    _check_step(state, "registered", N_("This registration was merged into another one."))
    born = request.birth_date or (date(request.birth_year, 1, 1) if request.birth_year else None)
    if born and not date(today.year - OLDEST, 1, 1) <= born <= today:
        raise InvalidInput(N_("Nobody alive was born then."), remedy=N_("Check the year of birth."))
    if request.age is not None and not 0 <= request.age < OLDEST:
        raise InvalidInput(N_("An age of %(age)s years is not possible."), age=request.age)
    if request.age is not None and request.age_on is None:
        raise InvalidInput(N_("An age needs the day on which it held."))


def check_change(state: Person) -> None:
    """Refuses changes to what is not registered, or goes on under another registration."""
    if state.step == "unknown":
        raise Refused(N_("This person is not registered."), remedy=N_("Register the person first."))
    if state.step == "merged":
        raise Refused(
            N_("This registration was merged into another one."), remedy=N_("Make the change in the one that goes on.")
        )


def check_declare_same(survivor: Person, other: Person) -> None:
    """Refuses to merge one with itself, what is merged already, and a pair declared different."""
    if survivor.person == other.person:
        raise InvalidInput(N_("A registration cannot be merged with itself."))
    for state in (survivor, other):
        check_change(state)
    if other.person in survivor.different or survivor.person in other.different:
        raise Refused(
            N_("These two were declared not the same person."),
            remedy=N_("If that was a mistake, a second person must say so."),
        )
    if other.absorbed:
        raise Refused(
            N_("The registration to be merged has others merged into it."),
            remedy=N_("Let that one go on, or split it first."),
        )


def check_split(survivor: Person, other: Person) -> None:
    """Refuses to split what was not merged."""
    if other.merged_into != survivor.person:
        raise Refused(N_("These two were not merged."))


def check_declare_different(one: Person, other: Person) -> None:
    """Refuses for a registration and itself, and for a merged pair."""
    if one.person == other.person:
        raise InvalidInput(N_("A registration is always the same as itself."))
    if other.person in one.absorbed or one.person in other.absorbed:
        raise Refused(N_("These two were merged."), remedy=N_("Split them first."))


def check_hold_post(state: Person, request: e.PostHeld) -> None:
    """Refuses a post that is held already at the same unit."""
    check_change(state)
    if any(post[:2] == (request.post, request.unit) for post in state.posts):
        raise Refused(N_("This person holds this post already."))


def check_leave_post(state: Person, request: e.PostLeft) -> None:
    """Refuses to leave a post that is not held."""
    check_change(state)
    if not any(post[0] == request.post and request.unit in (None, post[1]) for post in state.posts):
        raise Refused(N_("This person does not hold this post."))


def can_declare_same(survivor: Person, other: Person) -> bool:
    """Whether `check_declare_same` would let it pass."""
    try:
        check_declare_same(survivor, other)
    except EpiloopError:
        return False
    return True


def can_change(state: Person) -> bool:
    """Whether `check_change` would let it pass."""
    return state.step == "registered"


def _check_step(state: Person, wanted: str, reason: str) -> None:
    if state.merged_into or wanted not in STEPS[state.step]:
        raise Refused(reason, remedy=N_("Make the change in the one that goes on."))
