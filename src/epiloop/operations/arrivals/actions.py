"""What can be done with arrivals: (state, request, when and where) -> drafts. Requests are event bodies."""

from datetime import date, datetime

from epiloop.ledger.events import Draft
from epiloop.operations.arrivals import checks
from epiloop.operations.arrivals import events as e
from epiloop.operations.arrivals.state import Arrivals


def report(
    state: Arrivals, request: e.Arrived, *, at: datetime, arrived_on: date, jurisdiction: int, key: str | None = None
) -> list[Draft]:
    """One channel reports an arrival at `at`, local day `arrived_on`."""
    checks.check_report(state, request, arrived_on=arrived_on)
    return [Draft(state.person, request, at, jurisdiction, key)]


def confirm(state: Arrivals, request: e.ArrivalConfirmed, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """Somebody saw the person, or found that nobody came."""
    checks.check_confirm(state, request)
    return [Draft(state.person, request, at, jurisdiction)]


def depart(state: Arrivals, request: e.Departed, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """The person left again."""
    checks.check_depart(state, request)
    return [Draft(state.person, request, at, jurisdiction)]
