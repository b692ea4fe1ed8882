"""What forbids a change of the tree; `check_x` raises the reason, `can_x` answers."""

from collections.abc import Iterable
from datetime import date

from epiloop.core.errors import N_, EpiloopError, InvalidInput, Refused
from epiloop.core.jurisdictions import Code, range_of, short
from epiloop.registers.jurisdictions.divisions import Zone
from epiloop.registers.jurisdictions.state import Register
from epiloop.registers.jurisdictions.table import RANK_OF


def check_exists(state: Register, code: Code, day: date) -> None:
    """Raise Refused if no such division exists on the day."""
    if state.on(code, day) is None:
        raise Refused(N_("There is no division %(code)s on %(day)s."), code=short(code), day=day)


def check_merge(state: Register, codes: Iterable[Code], into: Code, since: date) -> None:
    """Raise Refused unless all exist and none would become part of itself or of something inside it."""
    check_exists(state, into, since)
    for code in codes:
        check_exists(state, code, since)
        if into in range_of(code):
            raise Refused(N_("%(code)s cannot become part of itself."), code=short(code))


def check_split(state: Register, code: Code, part: Iterable[Code], since: date) -> None:
    """Raise Refused unless every given part lies inside the division that is split."""
    check_exists(state, code, since)
    outside = [short(item) for item in part if item not in range_of(code) or item == code]
    if outside:
        raise Refused(N_("%(outside)s does not lie in %(code)s."), outside=", ".join(outside), code=short(code))


def check_zone(state: Register, zone: Zone) -> None:
    """Raise if its parent or territory does not exist, or another zone of that rank governs part of it then."""
    check_exists(state, zone.parent, zone.since)
    for code in zone.territory:
        check_exists(state, code, zone.since)
        division = state.on(code, zone.since)
        if division is not None and RANK_OF[division.level] <= RANK_OF[zone.level]:
            raise InvalidInput(N_("%(code)s ranks too high to lie in this zone."), code=short(code))
    for other in state.zones.values():
        if other.code != zone.code and other.level == zone.level and _meet(other, zone):
            raise Refused(N_("The zone %(name)s governs part of this territory already."), name=other.name)


def can_merge(state: Register, codes: Iterable[Code], into: Code, since: date) -> bool:
    """Whether `check_merge` has no objection."""
    try:
        check_merge(state, codes, into, since)
    except EpiloopError:
        return False
    return True


def _meet(one: Zone, other: Zone) -> bool:
    apart = (one.until is not None and one.until <= other.since) or (
        other.until is not None and other.until <= one.since
    )
    return not apart and any(
        left in range_of(right) or right in range_of(left) for left in one.territory for right in other.territory
    )
