"""Two places in less time than the way between them takes: both are flagged, and only those."""

import pytest

from epiloop.core.jurisdictions import code
from epiloop.vault.spots import MOVES, spot
from keyservice.travel import Presence, jumps, least_between

TRAVELS = [
    ("450226100", "450226100", 0),
    ("450226100", "450226200", 4),
    ("450226100", "450227100", 15),
    ("450226100", "450300100", 45),
    ("450226100", "320412100", 90),
]


def there(visit: int, minutes: float, where: str = "450226100", last: float | None = None) -> Presence:
    zone = spot(int(code(where)) if where else MOVES, b"market")
    return Presence(int(minutes * 60), int((minutes if last is None else last) * 60), zone, visit.to_bytes(16, "big"))


@pytest.mark.parametrize(("one", "other", "minutes"), TRAVELS)
def test_the_way_is_that_between_the_highest_jurisdictions_that_differ(one: str, other: str, minutes: int) -> None:
    assert least_between(int(code(one)), int(code(other))) == minutes * 60
    assert least_between(int(code(other)), int(code(one))) == minutes * 60
    assert least_between(MOVES, int(code(one))) == 0


@pytest.mark.parametrize(("minutes", "flagged"), [(3.99, True), (4, False), (0, True)])
def test_two_towns_in_less_than_the_way_between_them_flag_both(minutes: float, flagged: bool) -> None:
    both = [there(1, 0), there(2, minutes, "450226200")]
    assert jumps(both) == ({one.visit for one in both} if flagged else set())
    assert jumps(reversed(both)) == jumps(both)


def test_the_way_begins_when_somebody_left() -> None:
    later = there(2, 60, "450226200")
    assert jumps([there(1, 0, last=58), later])
    assert not jumps([there(1, 0, last=56), later])
    assert jumps([there(1, 0, last=90), later]), "in both at once"
    assert not jumps([there(1, 0, "", last=59), later]), "who sat in a bus was not at one place"
    assert not jumps([there(1, 0, last=90), there(3, 60)]), "two zones of a town may be doors of one house"
