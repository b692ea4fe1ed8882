"""Itineraries told through the real parts: sealed in the ledger and for the key service, read only with a log."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from tests.checkins import keeping
from tests.itineraries.stops import SHANGHAI, at, told, train

from epiloop.core.errors import InvalidInput, NotAllowed, NotFound, Refused
from epiloop.core.ids import derived
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import code
from epiloop.core.rights import AccountView, Grant
from epiloop.operations.investigation import events as i
from epiloop.operations.itineraries import events as e
from epiloop.operations.itineraries.visits import household_spot
from epiloop.project.demonstration.interviews import interviews
from epiloop.registers.people import events as p
from epiloop.registers.places import events as pl
from epiloop.runtime.requests import By, itineraries
from epiloop.runtime.requests.people import tell
from epiloop.runtime.requests.registering import register_person, tell_place
from epiloop.runtime.verifying import verify
from epiloop.store import inbox as inbox_table
from epiloop.vault import hours
from epiloop.vault.reach import subject_code
from epiloop.vault.spots import spot_of_place

HERE, COUNTY = code("450226100201"), code("450226")
LONG_AGO = Interval(datetime(2020, 1, 1, tzinfo=UTC))
SHOP = told("Snarkford Haberdashery", at("2022-06-29 08:00"), at("2022-06-29 09:00"), address="龘靐巷 9077 号")


def by(key: str, role: str = "investigator", where: int = COUNTY) -> By:
    account = AccountView(UUID(int=1), (Grant(role, code(str(where).rstrip("0")), LONG_AGO),))
    return By("account-1", "case-investigation", key, account)


def operator(key: str, purpose: str = "register-keeping") -> By:
    return By("operator", purpose, key)


@pytest.fixture
def person(running) -> UUID:
    body = p.PersonRegistered(sex=p.Sex.FEMALE, birth_year=1980, residence=HERE, stay=HERE, household=UUID(int=50))
    done = register_person(running.parts, operator("person"), body, None)
    return UUID(str(done.result["person"]))


def place(running, key: str, kind: str = "market", sensitivity: str = "public", **more: object) -> UUID:
    body = pl.PlaceRegistered(kind, HERE, f"场所{key}", f"Place {key}", sensitivity=pl.Sensitivity(sensitivity), **more)
    return UUID(str(tell_place(running.parts, operator(f"place:{key}"), None, body).result["place"]))


def at_place(name: str, where: UUID, **more: object) -> e.StopTold:
    times = at("2022-06-29 10:00"), at("2022-06-29 11:00")
    return replace(told(name, *times), where=e.StopKind.PLACE, name=None, area=None, place=where, **more)


def seen(running, person):
    return itineraries.seen(running.parts, by("look"), person, running.parts.now())


def test_a_stop_told_is_read_back_and_is_a_sealed_visit_of_the_same_transaction(running, inbox, person) -> None:
    itineraries.tell_stops(running, by("1"), person, [SHOP])
    (stop,) = seen(running, person).itinerary.standing()
    assert stop.told == replace(SHOP, area=SHOP.area)
    (visit,) = inbox()
    assert visit.person == subject_code(person)
    assert (visit.entered, visit.until) == (int(SHOP.begins.timestamp()), int(SHOP.ends.timestamp()))
    with running.parts.pool.connection() as connection:
        assert verify(connection).broken == []


def test_the_same_request_twice_is_one_stop_and_one_visit(running, inbox, person) -> None:
    for _ in range(2):
        itineraries.tell_stops(running, by("1"), person, [SHOP])
    assert len(inbox()) == 1
    assert len(seen(running, person).itinerary.standing()) == 1


def test_a_correction_ends_the_old_visit_where_it_began_and_a_withdrawal_ends_the_last(running, inbox, person) -> None:
    itineraries.tell_stops(running, by("1"), person, [SHOP])
    later = replace(SHOP, begins=at("2022-06-29 08:30"))
    itineraries.tell_stops(running, by("2"), person, [later])
    itineraries.withdraw_stop(running, by("3"), person, e.StopWithdrawn(SHOP.stop, "mixed up"))
    first, ended, second, gone = inbox()
    assert (first.visit, second.visit) == (ended.visit, gone.visit)
    assert [one.until - one.entered for one in (first, ended, second, gone)] == [3600, 0, 1800, 0]
    assert seen(running, person).itinerary.standing() == ()
    with pytest.raises(Refused):
        itineraries.tell_stops(running, by("4"), person, [SHOP])


def test_a_refused_stop_leaves_no_visit_and_no_event(running, inbox, person) -> None:
    wrong = replace(SHOP, stop=derived("stop", "wrong"), ends=SHOP.begins)
    with pytest.raises(InvalidInput):
        itineraries.tell_stops(running, by("1"), person, [SHOP, wrong])
    assert inbox() == []
    assert seen(running, person).itinerary.stops == {}


def test_what_was_longer_ago_than_check_ins_are_kept_is_told_without_a_visit(running, inbox, person) -> None:
    old = told("old", at("2022-06-01 08:00"), at("2022-06-01 09:00"))
    itineraries.tell_stops(running, by("1"), person, [old, SHOP])
    assert [one.entered for one in inbox()] == [int(SHOP.begins.timestamp())]
    assert len(seen(running, person).itinerary.standing()) == 2


def test_at_home_is_the_zone_of_the_household(running, inbox, person) -> None:
    home = replace(SHOP, where=e.StopKind.HOUSEHOLD, name=None, address=None, area=None)
    itineraries.tell_stops(running, by("1"), person, [home])
    assert [one.zone for one in inbox()] == [household_spot(UUID(int=50))]


def test_a_registered_place_is_the_zone_that_check_ins_there_have(running, inbox, person) -> None:
    market = place(running, "m", position=(109.6, 25.7))
    tell_place(running.parts, operator("zone"), market, pl.ZoneSet("meat", "counter"))
    itineraries.tell_stops(running, by("1"), person, [at_place("a", market, zone="meat"), at_place("b", market)])
    assert [one.zone for one in inbox()] == [spot_of_place(HERE, market, "meat"), spot_of_place(HERE, market, "")]
    one, other = seen(running, person).itinerary.standing()
    assert (one.told.place_kind, one.told.name, one.told.position) == ("market/counter", "场所m", (109.6, 25.7))
    assert other.told.place_kind == "market"
    for number, wrong in enumerate((at_place("c", market, zone="none"), at_place("d", derived("nowhere")))):
        with pytest.raises(NotFound):
            itineraries.tell_stops(running, by(f"wrong-{number}"), person, [wrong])


def test_nobody_reads_or_tells_where_the_right_is_not_held(running, person) -> None:
    itineraries.tell_stops(running, by("1"), person, [SHOP])
    staff = ("community-worker", "rule-keeper", "registrar", "inspector", "duty-officer")
    outsiders = *((role, COUNTY, NotAllowed) for role in staff), ("investigator", code("320412"), NotFound)
    for role, where, wrong in outsiders:
        with pytest.raises(wrong):
            itineraries.tell_stops(running, by("2", role, where), person, [SHOP])
        with pytest.raises(wrong):
            itineraries.seen(running.parts, by("3", role, where), person, running.parts.now())
    assert running.parts.vault.accesses(subject=person) == []


def test_every_look_stands_in_the_key_services_log_and_without_it_nothing_is_shown(running, person) -> None:
    itineraries.tell_stops(running, by("1"), person, [SHOP])
    seen(running, person)
    (look,) = running.parts.vault.accesses(subject=person)
    assert (look.kind, look.asker, look.purpose) == ("facts", "account-1", "case-investigation")


def test_the_window_is_that_of_the_search_for_contacts(running, clock, person) -> None:
    assert seen(running, person).window == Interval(clock() - timedelta(days=14), clock())
    case = i.CaseDetermined(UUID(int=7), "covid-19", i.Classification.CONFIRMED, onset=date(2022, 6, 29))
    tell(running.parts, by("case"), person, case)
    window = seen(running, person).window
    assert window.end == clock()
    assert window.start in (at("2022-06-27"), at("2022-06-25"))


def test_an_exported_itinerary_comes_back_as_the_same_one_and_stands_in_the_audit_list(running, inbox, person) -> None:
    market = place(running, "m")
    ride = train("ride", at("2022-06-28 09:00"), at("2022-06-28 11:00"), carriage="8", seat="12F")
    itineraries.tell_stops(running, by("1"), person, [SHOP, at_place("a", market), ride])
    made = itineraries.export_itinerary(running, by("out"), person)
    assert made.rows == 3
    with running.parts.pool.connection() as connection:
        assert connection.execute("select subjects from audit where events = 0").fetchall() == [(1,)]
    before = inbox()
    came = itineraries.import_itineraries(running, by("in"), ("i.csv", made.content))
    assert (came.read, came.told, came.unchanged, came.rejected) == (3, 0, 3, 0)
    assert inbox() == before


LIST = """编号,人员,类别,开始时间,结束时间,场所,地点,详细地址,交通工具,车次,发车日期
1,{person},场所,2022-06-29 08:00,2022-06-29 09:00,场所m,,,,,
2,{person},其他地点,2022-06-29 09:30,2022-06-29 10:00,,小吃店,学府路 5 号,,,
3,{person},交通,2022-06-29 11:00,2022-06-29 12:00,,,,高铁,G2926,2022-06-29
4,{person},家,the day after,2022-06-29 13:00,,,,,,
5,{person},场所,2022-06-29 14:00,2022-06-29 15:00,nowhere,,,,,
6,nobody,家,2022-06-29 16:00,2022-06-29 17:00,,,,,,
7,{person},家,2022-06-29 18:00,2022-06-29 17:00,,,,,,
"""


def test_of_a_list_good_lines_are_taken_and_bad_ones_come_back_as_a_file(running, inbox, person) -> None:
    market = place(running, "m")
    content = LIST.format(person=person).encode()
    came = itineraries.import_itineraries(running, by("in"), ("list.csv", content))
    assert (came.read, came.told, came.rejected) == (7, 3, 4)
    assert [error.line for error in came.errors] == [5, 6, 7, 8]
    mend = list(csv.DictReader(io.StringIO(came.mend.decode("utf-8-sig"))))
    assert [(row["编号"], bool(row["problem"])) for row in mend] == [("4", True), ("5", True), ("6", True), ("7", True)]
    first = inbox()
    assert [one.zone for one in first][:1] == [spot_of_place(HERE, market, "")]
    again = itineraries.import_itineraries(running, by("in-2"), ("list.csv", content))
    assert (again.told, again.unchanged) == (0, 3)
    assert inbox() == first
    changed = content.replace(b"2022-06-29 09:00", b"2022-06-29 09:10")
    assert itineraries.import_itineraries(running, by("in-3"), ("list.csv", changed)).told == 1
    assert len(inbox()) == len(first) + 2
    assert len(seen(running, person).itinerary.standing()) == 3


def test_for_publication_only_ticked_public_places_and_transport_leave_without_person_or_minutes(running, person):
    market, shelter = place(running, "m"), place(running, "s", "shelter", "sensitive")
    chapel = place(running, "c", "market", "sensitive")
    ride = train("ride", at("2022-06-28 05:30"), at("2022-06-28 11:07"), carriage="8", seat="12F")
    hidden = (at_place("b", shelter), at_place("c", chapel), SHOP)
    itineraries.tell_stops(running, by("1"), person, [ride, at_place("a", market), *hidden])
    every = frozenset(seen(running, person).itinerary.stops)
    assert set(itineraries.offered(running, by("o"), seen(running, person))) == {ride.stop, derived("stop", "a")}
    lines = itineraries.publish(running, by("all"), person, every)
    assert [(line.day, line.part_of_day, line.name_zh, line.name_en) for line in lines] == [
        (date(2022, 6, 28), "night", "G2926", "G2926"),
        (date(2022, 6, 28), "morning", "G2926", "G2926"),
        (date(2022, 6, 29), "morning", "场所m", "Place m"),
    ]
    assert [line.name_zh for line in itineraries.publish(running, by("one"), person, frozenset({ride.stop}))] == [
        "G2926",
        "G2926",
    ]
    with pytest.raises(NotAllowed):
        itineraries.publish(running, by("no", "rule-keeper"), person, every)


def test_times_of_a_list_are_local_unless_they_name_a_zone(running, person) -> None:
    head = "person,where,begins,ends\n"
    lines = f"{person},home,2022-06-29 08:00,2022-06-29T02:00:00+00:00\n"
    came = itineraries.import_itineraries(running, by("in"), ("l.csv", (head + lines).encode()))
    assert came.errors == ()
    (stop,) = seen(running, person).itinerary.standing()
    assert (stop.begins, stop.ends) == (at("2022-06-29 08:00", SHANGHAI), at("2022-06-29 10:00", SHANGHAI))


def test_the_interviews_of_the_demonstration_are_told_and_sealed_once(running, inbox, person) -> None:
    for n, kind in enumerate(("market", "restaurant", "supermarket")):
        place(running, str(n), kind)
    case = i.CaseDetermined(UUID(int=7), "covid-19", i.Classification.CONFIRMED, onset=date(2022, 6, 29))
    tell(running.parts, by("case"), person, case)
    for _ in range(2):
        assert interviews(running, 1) == 13
    assert len(seen(running, person).itinerary.standing()) == 13
    assert len(inbox()) == 13


def test_what_is_told_is_never_lost_for_want_of_days_to_seal_it_for(running, clean, clock, person) -> None:
    later = told("Wimblehythe Chandlery", at("2022-06-29 12:00"), at("2022-06-29 13:00"), address="龘靐巷 9078 号")
    with psycopg.connect(clean.dsn("owner"), autocommit=True) as connection:
        connection.execute("delete from day_keys")
        itineraries.tell_stops(running, by("1"), person, [SHOP])  # nothing was ever announced
        ended = hours.announce({}, keeping.SIGNER)
        assert inbox_table.keep_announcement(connection, ended, keeping.PUBLIC, clock())
        itineraries.tell_stops(running, by("2"), person, [later])  # collecting has ended
        assert connection.execute("select count(*) from inbox").fetchone() == (0,)
    assert len(seen(running, person).itinerary.standing()) == 2
