"""Codes at the doors, through the whole stack: issued once, printed as they were signed, rotated, ended, closed."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.checkins import reading_paper as paper

from epiloop.core.errors import NotAllowed, NotFound, Refused
from epiloop.core.jurisdictions import code
from epiloop.core.rights import AccountView
from epiloop.operations.checkins.events import Ending, VenueCodeEnded
from epiloop.papers.posters import Wording
from epiloop.project.wiring import running as wired
from epiloop.registers.places import events as pl
from epiloop.runtime.present import Running
from epiloop.runtime.rebuilding import rebuild
from epiloop.runtime.requests import By, venue_codes
from epiloop.runtime.requests.registering import tell_place
from epiloop.store.reading import registers
from epiloop.store.reading.asking import EVERYWHERE, area
from epiloop.store.reading.registers import PlacesAsked
from epiloop.store.scoped import reading

TOWN = int(code("450226100"))
OTHER = int(code("450226200"))
SITE = "https://epi.sanjiang.example"
WORDING = Wording(str, 14)


def by(key: str) -> By:
    return By("operator", "register-keeping", key)


@pytest.fixture
def live(parts, clean):
    made = wired(clean)
    yield Running(parts, made.readers, made.stamp, made.venue_keys)
    made.parts.pool.close()
    made.readers.close()
    made.parts.vault.close()


def register(live, name: str, *zones: str, town: int = TOWN, **said):
    told = pl.PlaceRegistered("market", town, name, name_en=f"Market {name}", zones=zones, **said)
    from uuid import UUID

    return UUID(str(tell_place(live.parts, by(f"new:{name}"), None, told).result["place"]))


def printed(live, key="print", asked=EVERYWHERE, **more) -> list[str]:
    out = io.BytesIO()
    wanted = venue_codes.Printing(SITE, WORDING, PlacesAsked(asked, EVERYWHERE), **more)
    pages = venue_codes.print_posters(live, by(key), wanted, out)
    found = [text for page in paper.codes(out.getvalue()) for text in page]
    assert len(found) == pages
    return found


def codes_of(live, place):
    with reading(live.readers, EVERYWHERE) as connection:
        return registers.venue_codes(connection, [place]).get(place, [])


def test_every_zone_gets_one_code_once_and_its_poster_is_believed(live, clock):
    market = register(live, "农贸市场", "meat", "fish")
    tell_place(live.parts, by("zone"), market, pl.ZoneSet("meat", "counter", "肉类区", "Meat"))
    station = register(live, "车站")
    texts = printed(live)
    said = [venue_codes.verified(live, text, clock.at) for text in texts]
    assert {one.spot for one in said} == {(market, "meat"), (market, "fish"), (station, "")}
    assert {(one.zone_kind, one.zone_zh, one.zone_en) for one in said if one.zone == "meat"} == {
        ("counter", "肉类区", "Meat")
    }
    clock.at += timedelta(days=3)
    assert printed(live, "again") == texts
    assert [row.number for row in codes_of(live, market)] == [1, 1]


def test_only_the_places_asked_for_are_printed(live):
    here, there = register(live, "一号市场"), register(live, "二号市场", town=OTHER)
    assert len(printed(live, "town", area(code("450226100")))) == 1
    assert len(printed(live, "one", places=[there])) == 1
    assert [len(codes_of(live, place)) for place in (here, there)] == [1, 1]


def test_rotated_the_old_code_is_taken_until_its_end_and_the_new_one_at_once(live, clock):
    market = register(live, "农贸市场", "meat")
    [old] = printed(live)
    clock.at += timedelta(days=1)
    ends = clock.at + timedelta(days=7)
    venue_codes.rotate(live.parts, by("rotate"), market, ends)
    [new] = printed(live, "after")
    assert venue_codes.verified(live, new, clock.at).number == 2
    assert venue_codes.verified(live, old, ends - timedelta(seconds=1)).number == 1
    with pytest.raises(Refused, match="newer"):
        venue_codes.verified(live, old, ends)


def test_a_code_that_was_copied_ends_at_once_and_never_later_again(live, clock):
    market = register(live, "农贸市场")
    [text] = printed(live)
    asked = VenueCodeEnded("", 1, clock.at - timedelta(seconds=1), Ending.COPIED)
    venue_codes.end(live.parts, by("end"), market, asked)
    with pytest.raises(Refused, match="newer"):
        venue_codes.verified(live, text, clock.at)
    late = VenueCodeEnded("", 1, clock.at + timedelta(days=1))
    with pytest.raises(Refused, match="ends earlier"):
        venue_codes.end(live.parts, by("later"), market, late)
    gone = VenueCodeEnded("", 1, clock.at - timedelta(minutes=2))
    with pytest.raises(Refused, match="before now"):
        venue_codes.end(live.parts, by("gone"), market, gone)
    with pytest.raises(NotFound):
        venue_codes.end(live.parts, by("none"), market, VenueCodeEnded("", 7, clock.at))


def test_the_codes_of_a_closed_place_end_with_it(live, clock):
    market = register(live, "农贸市场")
    [text] = printed(live)
    tell_place(live.parts, by("close"), market, pl.PlaceClosed("moved"))
    with pytest.raises(Refused, match="newer"):
        venue_codes.verified(live, text, clock.at)


def test_nobody_without_the_register_issues_or_ends_codes(live, clock):
    market = register(live, "农贸市场")
    stranger = replace(by("stranger"), account=AccountView(market))
    with pytest.raises(NotAllowed):
        venue_codes.issue_missing(live.parts, stranger, [market])
    with pytest.raises(NotAllowed):
        venue_codes.rotate(live.parts, stranger, market, clock.at)
    assert codes_of(live, market) == []


def test_rebuilt_from_the_ledger_the_codes_are_the_same(live, clock, clean):
    market = register(live, "农贸市场", "meat", hours=(("1", "08:00", "18:00"),))
    printed(live)
    venue_codes.rotate(live.parts, by("rotate"), market, clock.at + timedelta(days=7))
    before = codes_of(live, market)
    rebuild(clean.dsn("engine"), processes=1)
    assert codes_of(live, market) == before
