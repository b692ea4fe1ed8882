"""What may be told next of an itinerary. `check_x` raises the reason, `can_x` answers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from epiloop.core.errors import N_, EpiloopError, InvalidInput, NotFound, Refused
from epiloop.core.instants import instant
from epiloop.operations.itineraries import events as e
from epiloop.operations.itineraries.state import STEPS, Itinerary
from epiloop.registers.places.checks import check_position

LONGEST = timedelta(days=31)
"""Of one stop: who was in hospital for longer is not looked for by the minute."""
EARLIEST = timedelta(days=120)
"""How far back an itinerary goes: several incubation times."""
AHEAD = timedelta(minutes=5)
LONGEST_TEXT = 200
TEXTS = ("zone", "place_kind", "name", "address", "number", "carriage", "seat", "origin", "destination")

NEEDS: Mapping[e.StopKind, tuple[str, str]] = {
    e.StopKind.PLACE: ("place", N_("Which place it was is not said.")),
    e.StopKind.ELSEWHERE: ("name", N_("What the place is called is not said.")),
    e.StopKind.VEHICLE: ("number", N_("The number of the train, bus, flight, ship or car is not said.")),
    e.StopKind.GATHERING: ("name", N_("What the gathering is called is not said.")),
}
"""The field without which a stop of a kind says nothing, and what is said then."""


def check_tell(state: Itinerary, request: e.StopTold, *, now: datetime) -> None:
    """Refuses a stop that was withdrawn, has no sensible time, or does not say where it was."""
    if "told" not in STEPS[state.step(request.stop)]:
        raise Refused(N_("This stop was withdrawn."), remedy=N_("Add it as a new one."))
    _check_time(request, now)
    _check_where(request)
    if any(len(getattr(request, name) or "") > LONGEST_TEXT for name in TEXTS):
        raise InvalidInput(N_("This is too long."))


def check_withdraw(state: Itinerary, stop: UUID) -> None:
    """Refuses what is not known, or withdrawn already."""
    if state.step(stop) == "unknown":
        raise NotFound(N_("This person has no such stop."), remedy=N_("Load the page again."))
    if "withdrawn" not in STEPS[state.step(stop)]:
        raise Refused(N_("This stop was withdrawn."), remedy=N_("Load the page again."))


def can_withdraw(state: Itinerary, stop: UUID) -> bool:
    """Whether `check_withdraw` would let it pass."""
    try:
        check_withdraw(state, stop)
    except EpiloopError:
        return False
    return True


def _check_time(request: e.StopTold, now: datetime) -> None:
    if request.begins is None or request.ends is None:
        raise InvalidInput(N_("From when until when is not said."))
    begins, ends = instant(request.begins), instant(request.ends)
    if ends <= begins:
        raise InvalidInput(N_("A stop ends after it begins."), remedy=N_("Check the times."))
    if begins > now + AHEAD or ends > now + AHEAD:
        raise InvalidInput(N_("This has not happened yet."), remedy=N_("Say where the person was, up to now."))
    if ends - begins > LONGEST or begins < now - EARLIEST:
        raise InvalidInput(
            N_("A stop lasts 31 days at most and lies within the last 120 days."), remedy=N_("Check the days.")
        )


def _check_where(request: e.StopTold) -> None:
    if request.where is None:
        raise InvalidInput(N_("Where the person was is not said."))
    name, wrong = NEEDS.get(request.where, ("", ""))
    if name and not getattr(request, name):
        raise InvalidInput(wrong)
    if request.where is e.StopKind.VEHICLE and (request.vehicle is None or request.on is None):
        raise InvalidInput(N_("Which vehicle it was, and on which day it set out, is not said."))
    if request.position:
        check_position(request.position)
