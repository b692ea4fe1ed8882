"""A night that was withdrawn counts on neither of its days, whichever of them the key service still holds."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.itineraries.stops import PERSON, SHANGHAI, at, stop, told
from tests.keyservice.sealing import CLOCK, held

from epiloop.core.ids import derived
from epiloop.exposure import decode, load_terms
from epiloop.exposure.visits import seconds
from epiloop.operations.itineraries import visits
from epiloop.vault.reach import subject_code
from epiloop.vault.visits import Said
from keyservice.blocks import block
from keyservice.stored import stored
from keyservice.tracing import Case, SealedDays

FIRST = date(2022, 7, 2)
NIGHT = stop(told("an inn", at("2022-07-02T20:00"), at("2022-07-03T08:00")))
OTHER = derived("person", "another")
TERMS = load_terms({"clause": "a test", "window_days": 2, "ring_1": {"minutes": 15}, "kinds": {}})


def met(said: tuple[Said, ...], gone: set[date]) -> dict[bytes, int]:
    """Whom the person met, with so many minutes, when some days were destroyed."""
    keys = {day: key for day, key in held().items() if day not in gone}
    rows = stored([*said, *visits.said(OTHER, NIGHT, SHANGHAI)], keys, CLOCK)
    days = SealedDays({day: [decode(block([row for row in rows if row.day == day]))] for day in keys}, keys)
    answer = days.trace([Case((subject_code(PERSON),), 0, 2**32)], TERMS, places=("",))
    return {one.person: one.together for one in answer.met}


def test_a_night_is_a_visit_of_each_of_its_days() -> None:
    assert CLOCK == SHANGHAI
    midnight = seconds(at("2022-07-03T00:00"))
    one, two = visits.said(PERSON, NIGHT, SHANGHAI)
    assert (one.until, two.entered) == (midnight, midnight)
    assert one.visit != two.visit
    assert met((one, two), set()) == {subject_code(OTHER): 12 * 60}
    assert met((one, two), {FIRST}) == {subject_code(OTHER): 8 * 60}


@pytest.mark.parametrize("gone", [set(), {FIRST}, {FIRST + timedelta(days=1)}])
def test_a_withdrawn_night_counts_on_no_day(gone: set[date]) -> None:
    both = (*visits.said(PERSON, NIGHT, SHANGHAI), *visits.ended(PERSON, NIGHT, SHANGHAI))
    assert met(both, gone) == {}


def test_each_day_of_a_stop_has_an_id_of_its_own() -> None:
    week = stop(told("an inn", at("2022-06-28T20:00"), at("2022-07-03T08:00")))
    ids: list[UUID] = [UUID(bytes=one.visit) for one in visits.said(PERSON, week, SHANGHAI)]
    assert len(set(ids)) == 6
