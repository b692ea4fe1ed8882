"""What may be done next with arrivals. `check_x` raises the reason, `can_x` answers."""

from datetime import date

from epiloop.core.errors import N_, EpiloopError, InvalidInput, Refused
from epiloop.operations.arrivals import events as e
from epiloop.operations.arrivals.state import STEPS, Arrivals

DEPARTED = N_("This arrival is over: the departure is recorded.")
NOT_POSSIBLE = {
    ("confirmed", "confirmed"): N_("This arrival is confirmed already."),
    ("confirmed", "absent"): N_(
        "This arrival is confirmed: the person was found, and cannot be recorded as not found."
    ),
    ("absent", "absent"): N_("It is recorded already that the person was not found."),
    ("absent", "departed"): N_("The person was not found; confirm the arrival before the departure is recorded."),
}
"""Why an arrival that stands so does not go on as was asked for; any other is over."""


def check_report(state: Arrivals, request: e.Arrived, *, arrived_on: date) -> None:
    """Refuses an arrival that is over, and a departure from elsewhere after the arrival here."""
    if request.left and request.left > arrived_on:
        raise InvalidInput(
            N_("Nobody arrives before leaving."), remedy=N_("Check the day of leaving and the day of arrival.")
        )
    _check_step(state, request.arrival, "reported", must_exist=False)


def check_confirm(state: Arrivals, request: e.ArrivalConfirmed) -> None:
    """Refuses what is not known, confirmed already, or over."""
    _check_step(state, request.arrival, "confirmed" if request.present else "absent", must_exist=True)


def check_depart(state: Arrivals, request: e.Departed) -> None:
    """Refuses what is not known, or over."""
    _check_step(state, request.arrival, "departed", must_exist=True)


def can_depart(state: Arrivals, request: e.Departed) -> bool:
    """Whether `check_depart` would let it pass."""
    try:
        check_depart(state, request)
    except EpiloopError:
        return False
    return True


def _check_step(state: Arrivals, arrival: str, wanted: str, *, must_exist: bool) -> None:
    known = state.arrivals.get(arrival)
    if known is None and must_exist:
        raise Refused(N_("This person has no such arrival."), remedy=N_("Report the arrival first."))
    if known and wanted not in STEPS[known.step]:
        raise Refused(NOT_POSSIBLE.get((known.step, wanted), DEPARTED))
