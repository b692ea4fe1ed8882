"""Who may enter check-ins in which way, and where a code hangs."""

from epiloop.operations.checkins.codes import Claims
from epiloop.operations.checkins.presumed import kind_of
from epiloop.operations.checkins.visits import Spot, Way

BY_VISITORS = frozenset({Way.PHONE})
BY_GATES = frozenset({Way.GATE, Way.CARD})


def spot_of(said: Claims) -> Spot:
    """Where a code hangs."""
    return Spot(said.place, said.zone, kind_of(said.place_kind, said.zone_kind), said.jurisdiction)
