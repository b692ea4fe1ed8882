"""Lists of places through the whole stack: in, again, out; sensitive ones stay with those who keep the register."""

import pytest
from tests.runtime.test_venue_codes import TOWN, by, live  # noqa: F401 - a fixture

from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import Code, code
from epiloop.core.rights import AccountView, Grant
from epiloop.papers.tables import read_table
from epiloop.runtime.requests import By
from epiloop.runtime.requests.places import export_places, import_places, place_of

LIST = (
    "id,kind,name_zh,jurisdiction,capacity,hours,zone,zone_kind,zone_zh\n"
    "1,market,农贸市场,450226100,300,1-7 06:00-18:00,meat,counter,肉类区\n"
    "1,,,,,,fish,counter,水产区\n"
    "2,shelter,庇护所,450226100,20,,,,\n"
    "3,hotel,宾馆,45,80,,,,\n"
    "4,hotel,宾馆,4502,eighty,,,,\n"
)


def role(name: str, where: str, clock) -> By:
    grant = Grant(name, code(where), Interval(clock.at))
    return By(name, "register-keeping", "k", AccountView(place_of("test", name), (grant,)))


def counts(came) -> tuple[int, ...]:
    return came.read, came.added, came.updated, came.unchanged, came.rejected


@pytest.fixture
def imported(live, clock):  # noqa: F811
    came = import_places(live.parts, role("registrar", "450226", clock), ("places.csv", LIST.encode()), system="county")
    assert counts(came) == (3, 2, 0, 0, 2)
    return came


def test_bad_lines_come_back_as_a_file_to_mend_and_stop_no_good_one(imported, live):  # noqa: F811
    sheet = read_table("mend.csv", imported.mend)
    assert [(line["line"], line["id"]) for _n, line in sheet.rows] == [("5", "3"), ("6", "4")]
    assert "no right" in sheet.rows[0][1]["problem"]
    assert "whole number" in sheet.rows[1][1]["problem"]


def test_the_same_list_again_changes_nothing_and_another_only_what_differs(imported, live, clock):  # noqa: F811
    keeper = role("registrar", "450226", clock).part("again")
    again = import_places(live.parts, keeper, ("places.csv", LIST.encode()), system="county")
    assert counts(again) == (3, 0, 0, 2, 2)
    changed = LIST.replace("300", "200").replace("水产区", "水产")
    third = import_places(live.parts, keeper.part("third"), ("places.csv", changed.encode()), system="county")
    assert counts(third) == (3, 0, 1, 1, 2)
    with live.parts.pool.connection() as connection:
        rows = connection.execute("select zone, name_zh from zone order by zone").fetchall()
        assert connection.execute("select capacity from place where kind = 'market'").fetchone() == (200,)
    assert rows == [("fish", "水产"), ("meat", "肉类区")]


def test_sensitive_places_are_in_no_file_but_the_keepers_own(imported, live, clock):  # noqa: F811
    officer = By("officer", "data-export", "out", role("duty-officer", "450226", clock).account)
    public = export_places(live, officer, Code(TOWN))
    assert public.rows == 2
    assert "庇护所" not in public.content.decode()
    mine = export_places(live, By("operator", "data-export", "mine"), Code(TOWN))
    assert mine.rows == 3
    assert "庇护所" in mine.content.decode()


def test_what_was_exported_is_imported_as_the_same(imported, live):  # noqa: F811
    for form in ("csv", "xlsx"):
        out = export_places(live, By("operator", "data-export", form), Code(TOWN), form)
        came = import_places(live.parts, by(form), (f"places.{form}", out.content))
        assert counts(came) == (2, 0, 0, 2, 0)
