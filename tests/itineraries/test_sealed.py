"""PRIVACY R16 for itineraries: no dump, WAL or log of the application shows where somebody was, or when."""

import subprocess
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import psycopg
from tests.itineraries.stops import at, told, train

from epiloop.core.jurisdictions import code
from epiloop.operations.itineraries import events as e
from epiloop.project.binaries import find_program
from epiloop.registers.people import events as p
from epiloop.registers.places import events as pl
from epiloop.runtime.rebuilding import rebuild
from epiloop.runtime.requests import By, itineraries
from epiloop.runtime.requests.registering import register_person, tell_place

HERE = code("450226100201")
SIGNS = ("龘靐巷 9077 号", "Snarkford Haberdashery", "ZQ98765", "77Quux", "Jabberwockian", "犇骉婚宴", "meat-counter-9")
TIME = "2022-06-29T00:13"


def by(key: str, purpose: str = "case-investigation") -> By:
    return By("operator", purpose, key)


def tell(running) -> tuple[UUID, UUID]:
    """A person and a place; the person was there and elsewhere, corrected, withdrawn, exported, imported, published."""
    body = p.PersonRegistered(sex=p.Sex.FEMALE, birth_year=1980, residence=HERE, stay=HERE)
    person = UUID(str(register_person(running.parts, by("p", "register-keeping"), body, None).result["person"]))
    market = pl.PlaceRegistered("market", HERE, "场所", "Market")
    place = UUID(str(tell_place(running.parts, by("m", "register-keeping"), None, market).result["place"]))
    tell_place(running.parts, by("z", "register-keeping"), place, pl.ZoneSet(SIGNS[6]))
    times = at("2022-06-29 08:13"), at("2022-06-29 09:00")
    shop = told(SIGNS[1], *times, address=SIGNS[0], note=SIGNS[4])
    there = replace(told("there", *times), where=e.StopKind.PLACE, place=place, zone=SIGNS[6], name=None)
    ride = train("ride", *times, number=SIGNS[2], seat=SIGNS[3])
    party = replace(told(SIGNS[5], *times), where=e.StopKind.GATHERING)
    itineraries.tell_stops(running, by("1"), person, [shop, there, ride, party])
    itineraries.tell_stops(running, by("2"), person, [replace(shop, ends=at("2022-06-29 10:00"))])
    itineraries.withdraw_stop(running, by("3"), person, e.StopWithdrawn(party.stop, SIGNS[4]))
    made = itineraries.export_itinerary(running, by("4"), person)
    assert all(sign.encode() in made.content for sign in SIGNS[:4])
    itineraries.import_itineraries(running, by("5"), ("list.csv", made.content + b"\n" + made.content.split(b"\n")[1]))
    itineraries.publish(running, by("6"), person, frozenset({there.stop}))
    return person, place


def pairs(content: bytes, person: UUID, place: UUID) -> list[bytes]:
    """Lines of a dump that name both."""
    return [line for line in content.splitlines() if str(person).encode() in line and str(place).encode() in line]


def test_no_dump_wal_or_log_shows_where_somebody_was(clean, running, caplog) -> None:
    person, place = tell(running)
    rebuild(clean.dsn("engine"), processes=1)
    address = psycopg.conninfo.make_conninfo(clean.dsn("admin"), dbname="epiloop")
    dump = subprocess.run([find_program().bin / "pg_dump", address], check=True, capture_output=True).stdout
    assert str(person).encode() in dump
    assert b"stop-told" in dump
    assert pairs(dump, person, place) == []
    assert TIME.encode() not in dump
    with psycopg.connect(clean.dsn("admin"), autocommit=True) as admin:
        admin.execute("checkpoint")
    for where in (clean.postgres_dir / "data", clean.log_dir):
        for content in (path.read_bytes() for path in Path(where).rglob("*") if path.is_file()):
            assert [sign for sign in SIGNS[:6] if sign.encode() in content or sign.encode("utf-16-le") in content] == []
    for sign in SIGNS[:6]:
        assert sign.encode() not in dump
        assert sign not in caplog.text
    zone = [line for line in dump.splitlines() if SIGNS[6].encode() in line]
    assert zone
    assert all(str(person).encode() not in line for line in zone)
