"""Places and their codes on the command line: a list in, posters out, a code rotated, ended, looked at."""

from pathlib import Path

from tests.checkins import reading_paper as paper
from tests.cli.conftest import Run, read

LIST = (
    "id,kind,name_zh,name_en,jurisdiction,zone,zone_kind,zone_zh\n"
    "7,market,农贸市场,Market,450226100,meat,counter,肉类区\n7,,,,,fish,counter,水产区\n"
    "8,hotel,迎宾馆,,450226100,,,\n9,hotel,,,450226100,,,\n"
)


def test_a_list_of_places_becomes_posters_whose_codes_are_believed_until_they_end(run: Run, tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text(LIST)
    came = read(run("import", "places", tmp_path / "places.csv", "--rejects", tmp_path / "bad.csv", "--json"))
    assert came == {
        "read": 2,
        "added": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
        "rejects_file": str(tmp_path / "bad.csv"),
    }
    assert "name_zh is empty" in (tmp_path / "bad.csv").read_text("utf-8-sig")
    out, site = tmp_path / "posters.pdf", ("--site", "https://epi.example")
    made = read(run("codes", "print", out, "--jurisdiction", "450226", "--kind", "market", *site, "--json"))
    assert made == {"pages": 2, "file": str(out)}
    found = [text for texts in paper.codes(out.read_bytes()) for text in texts]
    assert all(text.startswith("HTTPS://EPI.EXAMPLE/C/#") for text in found)
    told = read(run("codes", "verify", found[0], "--json"))
    assert told["name_zh"] == "农贸市场"
    place, zone = told["place"], told["zone"]
    rows = read(run("codes", "rotate", place, "--zone", zone, "--days", "3", "--json"))
    assert [row["number"] for row in rows if row["zone"] == zone] == [2, 1]
    read(run("codes", "end", place, "1", "--zone", zone, "--json"))
    assert run("codes", "verify", found[0]).exit_code == 5
    assert "rotated" not in [row["reason"] for row in read(run("codes", "list", place, "--json"))]
    assert run("codes", "verify", "NOTACODE").exit_code == 2
    back = tmp_path / "out.csv"
    assert read(run("export", "places", back, "--jurisdiction", "450226", "--json"))["rows"] == 3


def test_nothing_to_print_is_said_and_leaves_no_poster(run: Run, tmp_path: Path) -> None:
    assert run("codes", "print", tmp_path / "none.pdf").exit_code == 2
