"""What can be done with registrations: (state, request, when and where) -> drafts. Requests are event bodies."""

from datetime import date, datetime

from epiloop.ledger.events import Body, Draft
from epiloop.registers.people import checks
from epiloop.registers.people import events as e
from epiloop.registers.people.state import Person


def register(
    state: Person, request: e.PersonRegistered, *, at: datetime, today: date, key: str | None = None
) -> list[Draft]:
    """Register a person, or say again what a source knows. `key` = `registration_key(...)` for rows from outside."""
    checks.check_register(state, request, today=today)
    jurisdiction = request.stay or request.residence or state.jurisdiction
    return [Draft(state.person, request, at, jurisdiction, key)]


def change(state: Person, request: Body, *, at: datetime, key: str | None = None) -> list[Draft]:
    """Residence, stay, occupation, employment, household, death: whatever a registered person's source now says.

    A changed stay is told in the new jurisdiction, which answers from then on.
    """
    checks.check_change(state)
    jurisdiction = request.stay if isinstance(request, e.StayChanged) else state.jurisdiction
    return [Draft(state.person, request, at, jurisdiction, key)]


def hold_post(state: Person, request: e.PostHeld, *, at: datetime) -> list[Draft]:
    """The person takes a post of a key population."""
    checks.check_hold_post(state, request)
    return [Draft(state.person, request, at, state.jurisdiction)]


def leave_post(state: Person, request: e.PostLeft, *, at: datetime) -> list[Draft]:
    """The person leaves it."""
    checks.check_leave_post(state, request)
    return [Draft(state.person, request, at, state.jurisdiction)]


def propose_duplicate(state: Person, request: e.PossibleDuplicate, *, at: datetime) -> list[Draft]:
    """Note what the vault found, unless the pair is settled; once per pair."""
    settled = state.different | state.absorbed | {state.merged_into, state.person}
    if request.other in settled or request.other in state.possible:
        return []
    return [Draft(state.person, request, at, state.jurisdiction)]


def declare_same(survivor: Person, other: Person, *, at: datetime) -> list[Draft]:
    """Two registrations are one person: the survivor goes on, the other points to it. One event in each stream."""
    checks.check_declare_same(survivor, other)
    return [
        Draft(survivor.person, e.DeclaredSame(other.person, survives=True), at, survivor.jurisdiction),
        Draft(other.person, e.DeclaredSame(survivor.person, survives=False), at, other.jurisdiction),
    ]


def split(survivor: Person, other: Person, *, at: datetime) -> list[Draft]:
    """They are two people after all. One event in each stream; each is again the fold of its own events."""
    checks.check_split(survivor, other)
    return [
        Draft(survivor.person, e.DeclaredSplit(other.person), at, survivor.jurisdiction),
        Draft(other.person, e.DeclaredSplit(survivor.person), at, other.jurisdiction),
    ]


def declare_different(one: Person, other: Person, *, at: datetime) -> list[Draft]:
    """Not the same person; remembered in both streams. Saying it again adds nothing."""
    checks.check_declare_different(one, other)
    return [
        Draft(state.person, e.DeclaredDifferent(them.person), at, state.jurisdiction)
        for state, them in ((one, other), (other, one))
        if them.person not in state.different
    ]


def registration_key(system: str, outside: str, digest: str) -> str:
    """The source key of what a system says about one of its people; another digest is a new saying."""
    return f"person:{system}:{outside}:{digest}"
