"""Itineraries on pages: taken down, corrected, withdrawn, contradictions, gaps, files, and the text for publication."""

import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.checkins.keeping import announce, opened
from tests.web.staff import account, signed_in

from epiloop.operations.itineraries import events as e
from epiloop.registers.places import events as pl
from epiloop.runtime import present
from epiloop.runtime.requests import By, itineraries
from epiloop.runtime.requests.registering import tell_place

HERE = 4502261002010000
SECRET = "Snarkford Haberdashery"


@pytest.fixture
def keys(outbreak):
    return announce(outbreak.parts, outbreak.at)


@pytest.fixture
def client(keys, outbreak):
    return signed_in(account("investigator-7", "investigator"), HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def path(outbreak):
    return f"/people/{outbreak.people['case']}/itinerary/"


def place(outbreak, key, kind="market", **more):
    told = pl.PlaceRegistered(kind, HERE, f"场所{key}", f"Place {key}", **more)
    by = By("operator", "register-keeping", f"place-{key}")
    return UUID(str(tell_place(outbreak.parts, by, None, told).result["place"]))


def take(client, path, day, begins, ends, kind, what="", **more):
    sent = {"key": str(uuid4()), "day": day, "begins": begins, "ends": ends, "kind": kind, "what": what, **more}
    return client.post(path, sent)


def told(outbreak):
    by = By("operator", "case-investigation", "look")
    found = itineraries.seen(outbreak.parts, by, outbreak.people["case"], outbreak.at)
    return [stop.told for stop in sorted(found.itinerary.standing(), key=lambda stop: stop.begins)]


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_stop_goes_on_from_the_end_of_the_one_before_and_is_a_sealed_visit(client, path, outbreak, keys):
    answer = take(client, path, "2022-06-30", "", "830", "home")
    assert (answer.status_code, answer["Location"]) == (302, f"{path}?day=2022-06-30#tell")
    assert 'value="08:30"' in client.get(answer["Location"]).content.decode()
    take(client, path, "2022-06-30", "", "9:15", "elsewhere", SECRET, address="学府路 5 号")
    take(client, path, "2022-06-30", "", "", "train", "G2926", carriage="8", seat="12F", basis="ticket")
    home, shop, ride = told(outbreak)
    assert (home.where, home.household) == (e.StopKind.HOUSEHOLD, UUID(int=50))
    assert (shop.begins, shop.name, shop.address) == (home.ends, SECRET, "学府路 5 号")
    assert (ride.begins, ride.number, ride.on, ride.seat) == (shop.ends, "G2926", date(2022, 6, 30), "12F")
    with outbreak.parts.pool.connection() as connection:
        assert len(opened(connection, keys)) == 3
    page = text(client.get(path))
    for words in ("At home", SECRET, "Train G2926", "carriage 8 · seat 12F", "nothing known", "3 stops"):
        assert words in page


def test_every_look_is_logged_and_nothing_is_shown_to_who_may_not_see_cases(client, path, outbreak):
    take(client, path, "2022-06-30", "8", "9", "elsewhere", SECRET)
    before = len(outbreak.parts.vault.accesses(subject=outbreak.people["case"]))
    answer = client.get(path)
    looks = outbreak.parts.vault.accesses(subject=outbreak.people["case"])
    assert len(looks) == before + 1
    assert (looks[0].kind, looks[0].purpose) == ("facts", "case-investigation")
    assert answer["Cache-Control"] == "no-store"
    assert signed_in(account("village-12", "community-worker")).get(path).status_code == 403
    assert signed_in(account("far-1", "investigator", 3204120000000000)).get(path).status_code == 404


def test_two_places_at_once_and_what_is_missing_are_said_and_a_correction_settles_it(client, path, outbreak):
    take(client, path, "2022-06-30", "8", "10", "elsewhere", SECRET)
    take(client, path, "2022-06-30", "9", "11", "bus", "12")
    page = text(client.get(path))
    assert "1 contradiction" in page
    assert f"At the same time, 09:00 to 10:00: {SECRET}" in page
    (_shop, bus) = told(outbreak)
    one = f"{path}stops/{bus.stop}/"
    form = client.get(one).content.decode()
    assert 'value="09:00"' in form
    assert 'value="11:00"' in form
    answer = take(client, one, "2022-06-30", "1000", "1100", "bus", "12")
    assert answer.status_code == 302, text(answer)
    page = text(client.get(path))
    assert "contradiction" not in page
    client.post(f"{one}withdraw/", {"key": "w-1", "reason": "mixed up"})
    assert [stop.name for stop in told(outbreak)] == [SECRET]
    assert client.get(one).status_code == 404


def test_a_place_is_found_by_name_and_several_are_offered(client, path, outbreak):
    north, south = (
        place(outbreak, "北", position=(109.6, 25.8)),
        place(outbreak, "南", "shelter", sensitivity="sensitive"),
    )
    tell_place(outbreak.parts, By("operator", "register-keeping", "z"), north, pl.ZoneSet("meat", "counter", "肉类区"))
    assert "没有" not in text(take(client, path, "2022-06-30", "8", "9", "place", "场所北", zone="肉类区"))
    answer = take(client, path, "2022-06-30", "9", "10", "place", "场所")
    assert answer.status_code == 422
    assert {str(north), str(south)} <= set(re.findall(r'value="([0-9a-f-]{36})"', answer.content.decode()))
    assert take(client, path, "2022-06-30", "9", "10", "place", "场所", place_is=str(south)).status_code == 302
    assert take(client, path, "2022-06-30", "10", "11", "place", "nowhere").status_code == 422
    assert take(client, path, "2022-06-30", "10", "11", "place", "场所北", zone="hall").status_code == 422
    assert [(stop.place, stop.zone) for stop in told(outbreak)] == [(north, "meat"), (south, None)]
    options = client.post("/itineraries/places/", {"what": "场所"}).content.decode()
    assert options.count("<option") == 2
    assert '"points": [{"at": [109.6, 25.8]' in client.get(path).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins": "2561"},
        {"begins": "8", "ends": "x"},
        {"day": ""},
        {"day": "2022-07-09"},
        {"kind": "train", "what": ""},
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(client, path, outbreak, wrong):
    sent = {"day": "2022-06-30", "begins": "8", "ends": "9", "kind": "elsewhere", "what": SECRET, **wrong}
    answer = take(
        client, path, sent.pop("day"), sent.pop("begins"), sent.pop("ends"), sent.pop("kind"), sent.pop("what")
    )
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert told(outbreak) == []


def test_a_part_of_a_day_and_a_day_like_another_and_home_for_the_rest(client, path, outbreak):
    take(client, path, "2022-06-29", "", "", "elsewhere", SECRET, part="morning")
    (morning,) = told(outbreak)
    assert morning.precision is e.Precision.PART
    client.post(f"{path}day/", {"key": "d1", "day": "2022-06-30", "like": "2022-06-29", "copy": "1"})
    client.post(f"{path}day/", {"key": "d2", "day": "2022-06-30", "like": "2022-06-29", "home": "1"})
    stops = told(outbreak)
    assert [stop.where.value for stop in stops] == ["elsewhere", "household", "elsewhere", "household"]
    assert [(stop.begins.hour, stop.ends.hour) for stop in stops[1:]] == [(16, 22), (22, 4), (4, 16)]


def test_a_stop_may_pass_midnight(client, path, outbreak):
    take(client, path, "2022-06-29", "22", "6", "household", str(UUID(int=77)))
    (night,) = told(outbreak)
    assert (night.ends - night.begins).total_seconds() == 8 * 3600
    page = text(client.get(path))
    assert "the day before" in page
    assert "the day after" in page


def test_an_itinerary_goes_out_as_a_file_and_comes_in_again(client, path, outbreak):
    take(client, path, "2022-06-30", "8", "9", "elsewhere", SECRET)
    out = client.post(f"{path}file/", {"key": "x", "format": "csv"})
    assert out["Content-Type"].startswith("text/csv")
    assert SECRET in out.content.decode("utf-8-sig")
    sent = {"file": SimpleUploadedFile("i.csv", out.content), "system": "itineraries", "people": ""}
    answer = client.post("/itineraries/import/", sent)
    assert "unchanged 1" in text(answer)
    wrong = out.content.replace(b"2022-06-30 09:00", b"some time")
    sent = {"file": SimpleUploadedFile("i.csv", wrong), "system": "itineraries", "people": "", "mend": "1"}
    mend = client.post("/itineraries/import/", sent)
    assert "some time" in mend.content.decode("utf-8-sig")


def test_sensitive_places_homes_and_minutes_are_never_in_the_text_for_publication(client, path, outbreak):
    place(outbreak, "北")
    place(outbreak, "南", "shelter", sensitivity="sensitive")
    take(client, path, "2022-06-30", "0811", "0917", "place", "场所北")
    take(client, path, "2022-06-30", "0917", "1013", "place", "场所南")
    take(client, path, "2022-06-30", "1013", "1109", "home")
    take(client, path, "2022-06-30", "1109", "1207", "elsewhere", SECRET)
    page = client.get(path).content.decode()
    assert len(re.findall(r'type="checkbox" name="stop"', page)) == 1
    every = [str(stop.stop) for stop in told(outbreak)]
    answer = client.post(f"{path}publication/", {"key": "p", "stop": every})
    words = text(answer)
    assert "Place 北" in words
    assert "场所北" in words
    for hidden in ("南", SECRET, "08:11", "8:11", "At home", "在家"):
        assert hidden not in words
    nothing = client.post(f"{path}publication/", {"key": "p2"})
    assert "Nothing was ticked" in text(nothing)


def test_nothing_of_a_stop_stands_in_an_address_or_a_log(client, path, outbreak, caplog):
    caplog.set_level("DEBUG")
    answer = take(client, path, "2022-06-30", "8", "9", "elsewhere", SECRET)
    refused = take(client, path, "2022-06-30", "9", "8:61", "elsewhere", SECRET)
    assert refused.status_code == 422
    assert SECRET not in answer["Location"]
    assert SECRET not in caplog.text
    with present.running().parts.pool.connection() as connection:
        kept = connection.execute("select open::text from event where kind = 'stop-told'").fetchall()
    assert kept
    assert all(SECRET not in row[0] and "2022" not in row[0] for row in kept)
