"""Pure questions about a person's arrivals."""

from epiloop.operations.arrivals.state import Arrival, Arrivals


def here(state: Arrivals) -> tuple[Arrival, ...]:
    """Arrivals that are not over, latest first."""
    open_ones = [arrival for arrival in state.arrivals.values() if arrival.step in ("reported", "confirmed")]
    return tuple(sorted(open_ones, key=lambda arrival: arrival.at, reverse=True))


def known_to_one_channel(state: Arrivals) -> tuple[Arrival, ...]:
    """Arrivals that only one channel has reported and nobody has confirmed: a list to act on."""
    return tuple(arrival for arrival in here(state) if len(arrival.channels) == 1 and arrival.step == "reported")
