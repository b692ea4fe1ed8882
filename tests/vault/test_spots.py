"""Zones as 16 bytes: the township can be read from them, the place cannot."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import InvalidInput
from epiloop.vault.spots import MOVES, SPOT_BYTES, area, spot, spot_of_place

PLACE = UUID("01890000-0000-7000-8000-000000000001")
HERE = 4502260010010000


@given(st.integers(10**15, 10**16 - 1), st.binary(max_size=40))
def test_the_township_of_a_zone_can_be_read(jurisdiction, name) -> None:
    made = spot(jurisdiction, name)
    assert len(made) == SPOT_BYTES
    assert area(made) == jurisdiction // 10**7 * 10**7


def test_what_moves_lies_nowhere() -> None:
    assert area(spot(MOVES, b"a train")) == MOVES


def test_zones_of_places_and_of_townships_differ_and_stay_what_they_are() -> None:
    zones = [
        spot_of_place(HERE, PLACE, "hall"),
        spot_of_place(HERE, PLACE, ""),
        spot_of_place(HERE + 10**7, PLACE, "hall"),
        spot_of_place(HERE, UUID(int=PLACE.int + 1), "hall"),
    ]
    assert len(set(zones)) == 4
    assert zones[0] == spot(HERE, PLACE.bytes + b"hall")
    assert PLACE.bytes not in b"".join(zones)


@pytest.mark.parametrize("jurisdiction", [-1, 1, 450226, 10**16])
def test_a_number_that_is_no_jurisdiction_is_refused(jurisdiction) -> None:
    with pytest.raises(InvalidInput):
        spot(jurisdiction, b"x")


def test_the_township_of_something_else_is_refused() -> None:
    with pytest.raises(InvalidInput):
        area(b"short")
