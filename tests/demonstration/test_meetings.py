"""The check-ins of the demonstration: a search around a case finds whom it met, and with two rings whom those met."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.rules.cast import book

from epiloop.core.ids import derived
from epiloop.exposure import load_terms, reference
from epiloop.exposure.contacts import Rings, Traced
from epiloop.exposure.visits import Visit
from epiloop.project.demonstration.meetings import MET, Outing, Place, meetings
from epiloop.vault.visits import Said

NOW = datetime(2022, 7, 10, 2, tzinfo=UTC)
CASE = derived("person", "case")
PEOPLE = [derived("person", str(n)) for n in range(400)]
PLACES = [Place(derived("place", str(n)), "market", 4502261002000000, "", "") for n in range(40)]
LONG_CASE = Outing(CASE, NOW - timedelta(days=5), NOW - timedelta(hours=10))


def said(outing: Outing = LONG_CASE) -> list[Said]:
    return list(meetings(outing, PLACES, PEOPLE, seed=7, now=NOW))


def searched(found: list[Said], case: UUID = CASE) -> Rings:
    """Both rings by the terms of the ninth edition."""
    version = [one for one in book("cn").exposures["covid-19"].versions if one.in_force <= NOW.date()][-1]
    people = {one.person: n for n, one in enumerate(found)}
    places = {one.zone: n for n, one in enumerate(found)}
    visits = [Visit(people[one.person], places[one.zone], "market", one.entered, one.until) for one in found]
    who = next(people[one.person] for one in found if one.person == case.bytes)
    span = Traced(who, min(one.entered for one in visits), int((NOW - timedelta(hours=10)).timestamp()))
    terms = load_terms({"clause": "close contacts", **version.terms})
    return reference.trace(visits, [span], terms, second_until=int(NOW.timestamp()))


def test_a_search_finds_whom_the_case_met_and_whom_those_met() -> None:
    rings = searched(said())
    assert len({one.person for one in rings.first}) > MET / 2
    assert 3 <= len({one.person for one in rings.second}) <= 6


def test_the_check_ins_are_the_same_each_time_and_none_lies_ahead() -> None:
    assert said() == said()
    assert all(one.until <= NOW.timestamp() + 3_600 for one in said())


def test_who_was_out_only_yesterday_has_met_nobody_who_could_expose_others_yet() -> None:
    short = Outing(CASE, NOW - timedelta(hours=24), NOW - timedelta(hours=10))
    assert searched(said(short)).second == ()
