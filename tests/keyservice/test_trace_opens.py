"""What a trace opens, and what ends a presumed stay in it: small towns, worked out by hand."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.exposure.towns import KINDS, MIDNIGHT
from tests.keyservice.sealing import CLOCK, NOON, came, held, left, name

from epiloop.core.errors import Refused
from epiloop.exposure import Source, decode, load_terms
from epiloop.vault.spots import spot, spot_on_board
from epiloop.vault.visits import Doubt, Kind, Said
from keyservice import folding, found
from keyservice.blocks import block
from keyservice.folding import Forms
from keyservice.opened import OpenedDay
from keyservice.stored import stored
from keyservice.tracing import Answer, Case, SealedDays, Told
from keyservice.travel import LONGEST_WAY
from keyservice.visited import visits_of

KEYS = held()
HOUR = 3600
LAW = {"clause": "a test", "window_days": 2, "ring_1": {"minutes": 15}, "kinds": {}}
TERMS = load_terms(LAW)
TOWN = 4502261000000000
CASE = came(1, NOON, 4 * HOUR, person=1, zone=1)


def asked(said: Sequence[Said], codes: tuple[bytes, ...] = (name(1),), terms=TERMS, **named) -> Answer:
    rows = stored(said, KEYS, CLOCK)
    days = SealedDays({day: [decode(block([row for row in rows if row.day == day]))] for day in KEYS}, KEYS)
    return days.trace([Case(codes, 0, 2**32)], terms, places=KINDS, **named)


def minutes(answer: Answer) -> dict[bytes, int]:
    return {one.person: one.together for one in answer.met}


def same(codes: Collection[bytes]) -> Mapping[bytes, Sequence[bytes]]:
    """Codes 2 and 20 are one person."""
    return {code: (name(2), name(20)) for code in codes if code in (name(2), name(20))}


def test_a_check_in_elsewhere_ends_a_presumed_stay() -> None:
    there = came(2, NOON, 4 * HOUR, person=2, zone=1)
    assert minutes(asked([CASE, there])) == {name(2): 240}
    assert minutes(asked([CASE, there, came(3, NOON + HOUR, 60, person=2, zone=9)])) == {name(2): 60}


def test_so_does_one_under_another_code_of_the_same_person() -> None:
    said = [CASE, came(2, NOON, 4 * HOUR, person=2, zone=1), came(3, NOON + HOUR, 60, person=20, zone=9)]
    assert minutes(asked(said)) == {name(2): 240}
    assert minutes(asked(said, same=same)) == {name(2): 60}


def test_time_under_two_codes_is_the_time_of_one_person() -> None:
    said = [CASE, came(2, NOON, 600, person=2, zone=1), came(3, NOON + HOUR, 600, person=20, zone=1)]
    assert minutes(asked(said)) == {}
    assert minutes(asked(said, same=same)) == {name(2): 20}


def test_a_doubtful_check_in_elsewhere_ends_nobodys_stay() -> None:
    said = [CASE, came(2, NOON, 4 * HOUR, person=2, zone=1), came(3, NOON + HOUR, 60, person=2, zone=9, doubts=4)]
    found = asked(said)
    assert (minutes(found), doubtful(found)) == ({name(2): 240}, {name(2): False})


def test_a_crowd_of_made_up_check_ins_hides_nobody_who_was_there() -> None:
    said = [CASE, *(came(number, NOON, 3600, person=number, zone=1, doubts=int(Doubt.FLOOD)) for number in range(2, 9))]
    known = came(20, NOON, 3600, person=20, zone=1)
    found = asked([*said, known])
    assert minutes(found) == dict.fromkeys(map(name, [*range(2, 9), 20]), 60)
    assert doubtful(found) == {name(number): number != 20 for number in [*range(2, 9), 20]}


def test_a_late_check_out_hides_no_visit_neither_of_the_case_nor_of_whom_it_met() -> None:
    there, late = came(2, NOON, 4 * HOUR, person=2, zone=1), {"doubts": int(Doubt.CLOCK)}
    assert minutes(asked([CASE, there, replace(left(there, NOON + HOUR), **late)])) == {name(2): 60}
    assert minutes(asked([CASE, replace(left(CASE, NOON + HOUR), **late), there])) == {name(2): 60}
    found = asked([CASE, replace(left(there, NOON + HOUR), **late)])
    assert (minutes(found), doubtful(found)) == ({name(2): 60}, {name(2): True})


HERE, NEAR, FAR = (int.from_bytes(spot(code, b"shop"), "big") for code in (TOWN, TOWN + 10**7, TOWN + 10**14))
OF_CASE = came(1, NOON, 4 * HOUR, person=1, zone=HERE)


def doubtful(answer: Answer) -> dict[bytes, bool]:
    return {one.person: one.doubtful for one in answer.met}


@pytest.mark.parametrize("after", [0, 60, HOUR])
def test_a_check_in_that_cannot_be_hides_nobody_and_is_marked(after) -> None:
    real = came(2, NOON, 4 * HOUR, person=2, zone=HERE)
    honest = left(came(4, NOON, HOUR, person=4, zone=HERE), NOON + HOUR)
    made_up = came(3, NOON + after, HOUR, person=2, zone=FAR)
    found = asked([OF_CASE, real, honest, made_up])
    assert minutes(found) == {name(2): 240, name(4): 60}
    assert doubtful(found) == {name(2): True, name(4): False}


def test_one_in_the_name_of_the_case_marks_its_contacts_and_hides_none_of_them() -> None:
    met = left(came(2, NOON, HOUR, person=2, zone=HERE), NOON + HOUR)
    elsewhere = left(came(4, NOON, HOUR, person=4, zone=FAR), NOON + HOUR)
    made_up = came(3, NOON + 60, 2 * HOUR, person=1, zone=FAR)
    found = asked([OF_CASE, met, elsewhere, made_up])
    assert doubtful(found) == {name(2): True, name(4): True}
    told = Told(0, name(HERE), KINDS[3], NOON, NOON + HOUR)
    assert doubtful(asked([OF_CASE, met, elsewhere, made_up], told=[told])) == {name(2): False, name(4): True}


def test_who_met_the_case_without_what_cannot_be_is_not_marked() -> None:
    sure = left(came(2, NOON, HOUR, person=2, zone=HERE), NOON + HOUR)
    pair = [left(came(4, NOON + 2 * HOUR, 60, person=2, zone=HERE), NOON + 2 * HOUR + 1800)]
    pair.append(came(5, NOON + 2 * HOUR + 1860, 60, person=2, zone=NEAR))
    assert doubtful(asked([OF_CASE, sure, *pair])) == {name(2): False}
    assert minutes(asked([OF_CASE, sure, *pair])) == {name(2): 90}


def test_the_honest_way_between_towns_ends_a_stay_and_marks_nobody() -> None:
    there = came(2, NOON, 4 * HOUR, person=2, zone=HERE)
    went = came(3, NOON + 1200, HOUR, person=2, zone=NEAR)
    found = asked([OF_CASE, there, went])
    assert (minutes(found), doubtful(found)) == ({name(2): 20}, {name(2): False})


def test_whom_a_doubtful_contact_met_is_doubtful_and_days_at_home_say_nothing() -> None:
    first = [came(2, NOON, HOUR, person=2, zone=HERE), came(3, NOON + 60, HOUR, person=2, zone=FAR)]
    later = [left(came(n, NOON + 50000, HOUR, person=p, zone=7), NOON + 50000 + HOUR) for n, p in ((5, 2), (6, 3))]
    terms = load_terms({**LAW, "ring_2": {"minutes": 15}})
    found = asked([OF_CASE, *first, *later], terms=terms, second_until=2**32 - 1)
    assert [(one.person, one.ring, one.doubtful) for one in found.met] == [(name(2), 1, True), (name(3), 2, True)]
    at_home = replace(first[1], source=Source.HOUSEHOLD)
    found = asked([OF_CASE, first[0], at_home, *later], terms=terms, second_until=2**32 - 1)
    assert [one.doubtful for one in found.met] == [False, False]


def test_a_history_opens_the_days_of_its_window_and_the_day_before_of_a_stay_at_midnight() -> None:
    said = [left(came(n, NOON + n * 86400, HOUR, person=1, zone=n), NOON + n * 86400 + HOUR) for n in range(4)]
    said.append(came(9, MIDNIGHT - HOUR, 3 * HOUR, person=1, zone=9))
    said.append(came(10, MIDNIGHT - HOUR // 2, 60, person=1, zone=8))
    rows = stored(said, KEYS, CLOCK)
    days = {day: [decode(block([row for row in rows if row.day == day]))] for day in KEYS}
    looked: list[date] = []
    original = OpenedDay.of

    def of(self: OpenedDay, codes: Sequence[bytes]) -> Forms:
        looked.append(self.day)
        return original(self, codes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OpenedDay, "of", of)
        noon = visits_of(lambda: (days, KEYS), [name(1)], (NOON + 2 * 86400, NOON + 2 * 86400 + 60), [])
        assert (len(noon), len(looked)) == (1, 1)
        night = visits_of(lambda: (days, KEYS), [name(1)], (MIDNIGHT, MIDNIGHT + 60), [])
    assert night == []
    assert len(looked) == 3


def test_what_is_told_of_a_case_is_searched_for_and_ends_its_presumed_stay() -> None:
    said = [
        CASE,
        came(2, NOON, 4 * HOUR, person=2, zone=1),
        left(came(3, NOON + HOUR, HOUR, person=3, zone=5), NOON + 2 * HOUR),
    ]
    told = Told(0, name(5), KINDS[3], NOON + HOUR, NOON + 3 * HOUR, Source.ITINERARY)
    assert minutes(asked(said)) == {name(2): 240}
    assert minutes(asked(said, told=[told])) == {name(2): 60, name(3): 60}


def test_told_visits_alone_are_enough() -> None:
    told = Told(0, name(5), KINDS[3], NOON, NOON + HOUR)
    assert minutes(asked([came(3, NOON, HOUR, person=3, zone=5)], (name(77),), told=[told])) == {name(3): 60}


def test_the_day_before_is_opened_only_of_those_who_were_somewhere_shortly_after_midnight() -> None:
    case = left(came(1, MIDNIGHT, 3 * HOUR, person=1, zone=1), MIDNIGHT + 3 * HOUR)
    night = came(2, MIDNIGHT - HOUR, 2 * HOUR, person=2, zone=1)
    earlier = [came(10 + number, MIDNIGHT - 9 * HOUR, HOUR, person=number, zone=8) for number in (2, 3, 4)]
    soon = left(came(3, MIDNIGHT + 60, HOUR, person=3, zone=1), MIDNIGHT + HOUR + 60)
    later = left(came(4, MIDNIGHT + LONGEST_WAY, HOUR, person=4, zone=1), MIDNIGHT + LONGEST_WAY + HOUR)
    answer = asked([case, night, soon, later, *earlier])
    assert minutes(answer) == {name(2): 60, name(3): 60, name(4): 60}
    # The case's row, both of the one who stayed over midnight and what that one did before, as of the next, and one.
    assert answer.opened == 7
    gone = left(night, MIDNIGHT - 60)
    assert minutes(asked([case, night, gone, soon])) == {name(3): 60}


@pytest.mark.parametrize(("minutes_apart", "marked"), [(2, True), (89, True), (90, False)])
@pytest.mark.parametrize("met_first", [True, False])
def test_two_towns_around_midnight_cannot_both_be_either(minutes_apart, marked, met_first) -> None:
    """Somebody met on one day was said to be far away on the other, with a way of 90 minutes between the two."""
    last, first = MIDNIGHT - 60, MIDNIGHT - 60 + 60 * minutes_apart
    zones = (HERE, FAR) if met_first else (FAR, HERE)
    evening = left(came(2, last - HOUR, HOUR, person=2, zone=zones[0]), last)
    morning = left(came(3, first, HOUR, person=2, zone=zones[1]), first + HOUR)
    entered = evening.entered if met_first else morning.entered
    case = left(came(1, entered, HOUR, person=1, zone=HERE), entered + HOUR)
    # Somebody who was there all the time, so that there are rows of both days up to midnight.
    other = left(came(4, MIDNIGHT - 2 * HOUR, 4 * HOUR, person=4, zone=77), MIDNIGHT + 2 * HOUR)
    found = asked([case, evening, morning, other])
    assert (minutes(found), doubtful(found)) == ({name(2): 60}, {name(2): marked})
    window = (entered, entered + HOUR) if met_first else (entered + 60, entered + HOUR)
    rows = stored([case, evening, morning, other], KEYS, CLOCK)
    days = {day: [decode(block([row for row in rows if row.day == day]))] for day in KEYS}
    (seen,) = visits_of(lambda: (days, KEYS), [name(2)], window, [])
    assert seen.doubtful == marked


def nights(count: int) -> list[Said]:
    """Somebody else who is there around each midnight, so that there are rows of both days up to it."""
    begun = [MIDNIGHT + number * 24 * HOUR - 2 * HOUR for number in range(count)]
    return [left(came(90 + n, at, 4 * HOUR, person=9, zone=77), at + 4 * HOUR) for n, at in enumerate(begun)]


def evening(visit: int, night: int, person: int, zone: int = HERE) -> Said:
    """Two hours until a minute before a midnight."""
    end = MIDNIGHT + night * 24 * HOUR - 60
    return left(came(visit, end - 2 * HOUR, HOUR, person=person, zone=zone), end)


def test_the_day_beside_is_opened_of_each_day_on_which_somebody_was_met() -> None:
    far = came(5, MIDNIGHT + 24 * HOUR + 60, HOUR, person=2, zone=FAR)
    met = [evening(1 + night, night, 1) for night in (0, 1)] + [evening(3 + night, night, 2) for night in (0, 1)]
    terms = load_terms({**LAW, "ring_1": {"minutes": 180}})
    assert doubtful(asked([*met, *nights(2)], terms=terms)) == {name(2): False}
    assert doubtful(asked([*met, far, *nights(2)], terms=terms)) == {name(2): True}


def test_and_of_a_day_that_was_opened_before_because_of_the_one_beside_it() -> None:
    said = [evening(1, 0, 1), evening(2, 0, 2), evening(3, 1, 2, zone=NEAR), evening(4, 1, 3, zone=NEAR), *nights(2)]
    far = came(5, MIDNIGHT + 24 * HOUR + 60, HOUR, person=2, zone=FAR)
    terms = load_terms({**LAW, "ring_2": {"minutes": 15}})
    for last, marked in (([], False), ([far], True)):
        found = asked([*said, *last], terms=terms, second_until=MIDNIGHT + 24 * HOUR)
        assert [(one.person, one.ring, one.doubtful) for one in found.met] == [
            (name(2), 1, False),
            (name(3), 2, marked),
        ]


def test_a_search_that_would_open_too_much_is_refused(monkeypatch) -> None:
    said = [CASE, came(2, NOON, 4 * HOUR, person=2, zone=1)]
    monkeypatch.setattr(found, "MOST_ROWS", 2)
    assert asked(said).opened == 2
    with pytest.raises(Refused):
        asked([*said, came(3, NOON, HOUR, person=3, zone=1)])


def test_large_searches_of_a_process_go_one_after_the_other_and_small_ones_beside_them(monkeypatch) -> None:
    monkeypatch.setattr(found, "LARGE_ROWS", 1)
    said = [CASE, came(2, NOON, HOUR, person=2, zone=1)]
    with ThreadPoolExecutor(1) as pool, found.Found([], KINDS, found.People(None)) as large:
        large._count(2)
        waiting = pool.submit(asked, said)
        assert minutes(asked([CASE])) == {}
        with pytest.raises(TimeoutError):
            waiting.result(0.3)
        large.__exit__()
        assert minutes(waiting.result(10)) == {name(2): 60}
    assert minutes(asked(said)) == {name(2): 60}


def test_a_seat_too_far_away_does_not_count() -> None:
    law = {"clause": "a test", "window_days": 2, "ring_1": {"minutes": 15}, "kinds": {"default": {"rows": 3}}}
    said = [
        Said(name(at), CASE.kind, NOON, NOON + HOUR, name(1), name(at), source=Source.VEHICLE, row=row)
        for at, row in ((1, 2), (2, 5), (3, 6), (4, 255))
    ]
    rows = stored(said, KEYS, CLOCK)
    days = SealedDays({day: [decode(block([row for row in rows if row.day == day]))] for day in KEYS}, KEYS)
    answer = days.trace([Case((name(1),), 0, 2**32)], load_terms(law), places=KINDS)
    assert set(minutes(answer)) == {name(2), name(4)}


@pytest.mark.parametrize("mine", ["8", ""])
def test_whose_carriage_nobody_knows_may_have_met_those_of_any_and_is_marked(mine: str) -> None:
    rides = [(name(1), mine), (name(2), "08"), (name(3), "9"), (name(4), "")]
    said = [
        Said(who, Kind.OUT, NOON, NOON + HOUR, spot_on_board(b"a train", carriage), who, source=Source.VEHICLE)
        for who, carriage in rides
    ]
    marked = {one.person: one.doubtful for one in asked(said).met}
    known, unknown = {name(2): False, name(4): True}, {name(2): True, name(3): True, name(4): False}
    assert marked == (known if mine else unknown)
    assert set(minutes(asked(said)).values()) == {60}, "once each"


@pytest.mark.parametrize("mix", [folding._MIX, np.zeros(4, np.uint64)])
def test_ids_that_are_mixed_into_one_number_stay_apart(mix, monkeypatch) -> None:
    monkeypatch.setattr(folding, "_MIX", mix)
    words = np.array([[1, 2], [3, 2], [1, 2], [1, 4]], np.uint64)
    number, first = folding.numbered(words)
    assert len(first) == 3
    assert number[0] == number[2]
    assert len(set(number.tolist())) == 3
    assert np.array_equal(words[first[number]], words)
