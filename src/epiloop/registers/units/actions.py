"""What can be done with units: (state, request, when) -> drafts in the unit's stream. Requests are event bodies."""

from datetime import datetime

from epiloop.ledger.events import Body, Draft
from epiloop.registers.units import checks
from epiloop.registers.units import events as e
from epiloop.registers.units.state import Unit


def register(state: Unit, request: e.UnitRegistered, *, at: datetime, key: str | None = None) -> list[Draft]:
    """A unit is known, or its source says something new of it."""
    checks.check_register(request)
    return [Draft(state.unit, request, at, request.jurisdiction, key)]


def change(state: Unit, request: e.UnitChanged, *, at: datetime) -> list[Draft]:
    """Another name, kind or jurisdiction."""
    checks.check_open(state)
    return [Draft(state.unit, request, at, request.jurisdiction or state.jurisdiction)]


def close(state: Unit, *, at: datetime) -> list[Draft]:
    """The unit is no more."""
    checks.check_open(state)
    return _draft(state, e.UnitClosed(), at)


def create_post(state: Unit, request: e.PostCreated, *, at: datetime) -> list[Draft]:
    """A post of the unit; the same post again changes it."""
    checks.check_create_post(state, request)
    return _draft(state, request, at)


def close_post(state: Unit, request: e.PostClosed, *, at: datetime) -> list[Draft]:
    """The post is no more."""
    checks.check_post(state, request.post)
    return _draft(state, request, at)


def assign(state: Unit, request: e.PostHolderAssigned, *, at: datetime) -> list[Draft]:
    """An account holds the post from now on."""
    checks.check_post(state, request.post)
    return _draft(state, request, at)


def remove(state: Unit, request: e.PostHolderRemoved, *, at: datetime) -> list[Draft]:
    """The account holds it no more."""
    checks.check_post(state, request.post)
    return _draft(state, request, at)


def roster(state: Unit, request: e.ShiftRostered, *, at: datetime) -> list[Draft]:
    """Somebody is on duty then. The same shift again changes its phone or substitute."""
    checks.check_roster(state, request)
    return _draft(state, request, at)


def cancel(state: Unit, request: e.ShiftCancelled, *, at: datetime) -> list[Draft]:
    """Nobody is, after all."""
    checks.check_cancel(state, request)
    return _draft(state, request, at)


def name_substitute(state: Unit, request: e.SubstituteNamed, *, at: datetime) -> list[Draft]:
    """Somebody stands in for a while."""
    checks.check_name_substitute(state, request)
    return _draft(state, request, at)


def _draft(state: Unit, told: Body, at: datetime) -> list[Draft]:
    return [Draft(state.unit, told, at, state.jurisdiction)]
