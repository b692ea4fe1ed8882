"""A place by program: zones, hours, codes that are issued, rotated and ended; sensitive ones for their keepers only."""

from tests.api.conftest import Asker

MARKET = {"place_kind": "market", "name_zh": "农贸市场", "jurisdiction": "450226001", "sensitivity": "public"}


def test_zones_and_codes_of_a_place_are_kept(registrar: Asker, investigator: Asker, outsider: Asker) -> None:
    place = registrar.post("/places", MARKET)["place"]
    registrar.post(f"/places/{place}/zones", {"zone": "meat", "zone_kind": "counter", "name_zh": "肉类区"})
    registrar.post(f"/places/{place}/hours", {"hours": [["1", "08:00", "18:00"]]})
    registrar.post(f"/places/{place}/hours", {"hours": [["9", "08:00", "18:00"]]}, status=422)
    [zone] = investigator.get(f"/places/{place}")["zones"]
    assert (zone["zone"], zone["kind"], zone["name_zh"]) == ("meat", "counter", "肉类区")
    registrar.post(f"/places/{place}/code-rotations", {})
    registrar.post(f"/places/{place}/code-rotations", {"days": 3, "zone": "meat"})
    new, old = investigator.get(f"/places/{place}")["codes"]
    assert (new["number"], new["ends_at"], old["number"], old["reason"]) == (2, None, 1, "rotated")
    registrar.post(f"/places/{place}/code-endings", {"zone": "meat", "number": 2, "reason": "copied"})
    assert investigator.get(f"/places/{place}")["codes"][0]["reason"] == "copied"
    registrar.post(f"/places/{place}/code-endings", {"zone": "meat", "number": 9}, status=404)
    investigator.post(f"/places/{place}/code-rotations", {}, status=403)
    outsider.get(f"/places/{place}", status=404)
    outsider.post(f"/places/{place}/code-rotations", {}, status=403)


def test_a_sensitive_place_is_listed_for_its_keepers_only(registrar: Asker, investigator: Asker) -> None:
    shelter = {**MARKET, "place_kind": "shelter", "name_zh": "庇护所"}
    registrar.post("/places", shelter, status=422)
    place = registrar.post("/places", {**shelter, "sensitivity": "sensitive"})["place"]
    assert [row["name_zh"] for row in registrar.get("/places")["rows"]] == ["庇护所"]
    assert investigator.get("/places")["rows"] == []
    assert registrar.get(f"/places/{place}")["place"]["sensitivity"] == "sensitive"
    investigator.get(f"/places/{place}", status=404)
