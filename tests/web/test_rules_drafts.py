"""A changed rulebook before it is adopted: its mistakes, its difference in words, its effect on real people."""

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.web.keepers import english, keeper, text_of
from tests.web.outbreak import START
from tests.web.staff import account

from epiloop.core.ids import derived
from epiloop.runtime.requests import previewing

MORE, FEWER = "on_days: [1, 2, 3, 5, 7]", "on_days: [1, 2, 3]"


@pytest.fixture
def client(outbreak) -> Client:
    outbreak.at = START + timedelta(hours=3)
    return english(keeper("rules-1", "rule-keeper"))


def measure() -> str:
    return (Path(django_settings.RULEBOOKS) / "cn" / "measures" / "close-contact.yaml").read_text("utf-8")


def file(text: str, name: str = "close-contact.yaml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def choose(client: Client, *files: SimpleUploadedFile):
    return client.post("/rules/books/cn/draft/", {"files": list(files)})


def adoptions(outbreak):
    with outbreak.parts.pool.connection() as connection:
        return connection.execute("select count(*) from adoption").fetchone()[0]


def test_a_changed_file_is_checked_compared_and_adopted_with_a_reason(client, outbreak):
    shorter = measure().replace(MORE, FEWER)
    assert shorter != measure()
    kept = choose(client, file(shorter))
    assert kept.status_code == 302
    page = client.get(kept.url)
    said = text_of(page)
    assert "These are the files you chose" in said
    assert "on days 1, 2, 3" in said
    assert adoptions(outbreak) == 1
    sent = {"jurisdiction": "450226", "key": "adopt-1"}
    without = client.post(kept.url, sent)
    assert without.status_code == 422
    assert "The adoption has no reason" in text_of(without)
    answer = client.post(kept.url, {**sent, "reason": "Notice 12 of the county headquarters"})
    assert answer.url == "/rules/books/following/"
    assert adoptions(outbreak) == 2
    with outbreak.parts.pool.connection() as connection:
        told = connection.execute("select open from event where kind = 'rulebook-adopted' order by version").fetchall()
    assert told[-1][0]["reason"] == "Notice 12 of the county headquarters"


def test_the_effect_counts_what_changes_by_measure_and_place_and_writes_nothing(client, outbreak):
    kept = choose(client, file(measure().replace(MORE, FEWER)))
    effect = client.get(kept.url.replace("/cn/", "/cn/effect/"))
    said = text_of(effect)
    assert "All 2 people with an open loop" in said
    assert "1 person has other loops or duties" in said
    row = re.search(r"<tr><th scope=\"row\">Close contact</th>(.*?)</tr>", effect.content.decode())[1]
    assert re.findall(r'class="num">(\d+)<', row) == ["0", "0", "0", "1", "0"]
    with outbreak.parts.pool.connection() as connection:
        duties = connection.execute(
            "select count(*) from duty where subject = %s", (outbreak.people["contact"],)
        ).fetchone()
    assert duties[0] > 0
    assert adoptions(outbreak) == 1


def test_what_is_unchanged_has_no_effect(client, outbreak):
    said = text_of(client.get("/rules/books/cn/effect/"))
    assert "0 people have other loops or duties" in said


def test_a_sample_says_that_it_is_one(client, outbreak, monkeypatch):
    monkeypatch.setattr(previewing.effect, "__kwdefaults__", {"most": 1})
    said = text_of(client.get("/rules/books/cn/effect/"))
    assert "A sample: 1 of 2 people with an open loop" in said
    assert "not of everybody" in said


def test_a_mistake_is_shown_with_its_file_and_line(client):
    wrong = choose(client, file(measure().replace("day_zero: last_exposure", "day_zero: lastexposure", 1)))
    assert wrong.status_code == 422
    said = text_of(wrong)
    assert "measures/close-contact.yaml" in said
    assert "lastexposure is not a day that contact-determined gives" in said
    assert re.search(r'<td class="num second">\d+</td>', wrong.content.decode())


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("notes.txt", b"hello", "is no file of a rulebook"),
        ("close-contact.yaml", "措施".encode("gb18030"), "is not written in UTF-8"),
        ("cn.zip", b"PK no zip", "cannot be unpacked"),
        ("close-contact.yaml", b"a: [", "measures/close-contact.yaml"),
        ("close-contact.yaml", b"", "measures/close-contact.yaml"),
    ],
)
def test_a_file_that_cannot_be_read_says_which_and_what_to_do(client, name, data, said):
    answer = choose(client, SimpleUploadedFile(name, data))
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_no_file_is_said_and_a_file_of_another_rulebook_is_refused(client):
    assert "No file was chosen" in text_of(choose(client))
    folder = Path(django_settings.RULEBOOKS) / "who"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.rglob("*.yaml"):
            archive.write(path, path.relative_to(folder.parent))
    refused = choose(client, SimpleUploadedFile("who.zip", packed.getvalue()))
    assert "These files are of the rulebook who" in text_of(refused)


def test_a_whole_rulebook_in_a_zip_takes_the_place_of_all(client):
    folder = Path(django_settings.RULEBOOKS) / "cn"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.rglob("*.yaml"):
            if path.name != "secondary-contact.yaml" and "tests" not in path.parts:
                archive.write(path, path.relative_to(folder.parent))
    kept = choose(client, SimpleUploadedFile("cn.zip", packed.getvalue()))
    assert kept.status_code == 302
    assert "Secondary contact" in text_of(client.get(kept.url))


def test_only_rule_keepers_try_files_and_no_digest_leads_elsewhere(client, outbreak):
    officer = english(account("duty-9", "duty-officer"))
    assert choose(officer, file(measure())).status_code == 403
    assert officer.get("/rules/books/cn/effect/").status_code == 403
    for digest in ("00", "nonsense", derived("rulebook", "x").hex * 2):
        assert client.get(f"/rules/books/cn/?draft={digest}").status_code == 404
    kept = choose(client, file(measure()))
    assert client.get(kept.url.replace("/cn/", "/who/")).status_code == 404
