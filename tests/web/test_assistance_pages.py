"""Asking another jurisdiction through the pages: each side does its part, and the pages read as others do."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from tests.web.keepers import english, keeper, text_of
from tests.web.outbreak import ELSEWHERE, START, Outbreak
from tests.web.staff import account
from tests.web.test_look import IDS, WAYS, violations, wider_than_the_screen
from tests.web.test_work_look import sign_in_quietly

from epiloop.core.jurisdictions import at_level, code
from epiloop.project.demonstration.neighbours import requests as demonstrated
from epiloop.runtime import present
from epiloop.runtime.requests.assistance import own, posting
from epiloop.vault.port import Identity

FAR = at_level(ELSEWHERE, "county")
PLAIN = {"clause": "clause 3", "post": "Disease control", "phone": "0772-2620001"}


@pytest.fixture
def both(outbreak: Outbreak) -> Outbreak:
    """One installation that stands for two counties."""
    present.running().letters.introduce("Both counties", (code("450226"), FAR), "")
    return outbreak


def far_investigator():
    return english(account("far-7", "investigator", FAR))


def asked(client, outbreak: Outbreak, kind: str = "take-over") -> str:
    """A request made by the form; its address."""
    contact = outbreak.people["contact"]
    shown = text_of(client.get(f"/assistance/new/?person={contact}"))
    assert "About whom" in shown
    told = {"kind": kind, "receiver": "320412", "deadline": "2022-07-01T18:00", "person": str(contact), **PLAIN}
    answer = client.post(f"/assistance/new/?person={contact}", {**told, "key": f"ask-{kind}"})
    assert answer.status_code == 302, text_of(answer)
    return answer.url


def incoming(client) -> str:
    (found,) = re.findall(r'href="(/assistance/[0-9a-f-]{36}/)"', client.get("/assistance/").content.decode())
    return found


def test_a_person_is_handed_over_from_page_to_page(both):
    near, far = english(keeper("near-7", "investigator")), far_investigator()
    assert "Nobody asks anything of us" in text_of(far.get("/assistance/"))
    here = asked(near, both)
    assert "made, not sent" in text_of(near.get(here))
    assert posting.send_waiting(present.running()) == 1
    there = incoming(far)
    shown = text_of(far.get(there))
    assert "arrived, not received" in shown
    assert "欧阳晓晨" not in shown
    assert "Received. The receipt goes" in text_of(far.post(f"{there}receive/", {"key": "r"}, follow=True))
    assert "This request was received already" in text_of(far.post(f"{there}receive/", {"key": "r2"}, follow=True))
    taken = far.post(f"{there}take-up/", {"key": "t", "number": "1", "stay": "320412001001"}, follow=True)
    assert "taken over" in text_of(taken)
    assert posting.send_waiting(present.running()) == 2
    assert "answered" in text_of(near.get(here))
    assert "Closed." in text_of(near.post(f"{here}close/", {"key": "c"}, follow=True))
    assert "closed" in text_of(near.get("/assistance/?way=out&done=1"))


def test_who_it_is_is_shown_on_asking_and_the_answer_is_given(both):
    near, far = english(keeper("near-7", "investigator")), far_investigator()
    here = asked(near, both, "whereabouts")
    posting.send_waiting(present.running())
    there = incoming(far)
    shown = far.post(f"{there}who/", {})
    assert "欧阳晓晨" in text_of(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    wrong = far.post(f"{there}answer/", {"key": "a", "number": "1", "result": "elsewhere"}, follow=True)
    assert "Say in which jurisdiction the person is" in text_of(wrong)
    typed = {"key": "c", "number": "one", "result": "found"}
    for action, more in (("answer", {}), ("take-up", {}), ("take-up", {"number": "1", "person": "somebody"})):
        answer = far.post(f"{there}{action}/", {**typed, **more})
        assert answer.status_code == 422
        assert "Choose one of the people shown" in text_of(answer)
    (look, *_) = [one for one in both.parts.vault.accesses() if one.kind == "facts"]
    assert (look.purpose, len(look.subjects)) == ("case-investigation", 1), "what is sealed of a request was read"
    right = {"key": "b", "number": "1", "result": "elsewhere", "where": "3301"}
    assert "Recorded." in text_of(far.post(f"{there}answer/", right, follow=True))
    posting.send_waiting(present.running())
    assert "is elsewhere" in text_of(near.get(here))


def test_whom_it_is_about_is_found_by_name_and_what_was_typed_stays(both):
    near = english(keeper("near-7", "investigator"))
    assert "Find a person" in text_of(near.get("/assistance/new/"))
    typed = {"kind": "verify-result", "sample": "T-77", "clause": "clause 9", "find": "1"}
    found = near.post("/assistance/new/", {**typed, "find_text": "欧阳晓晨"}).content.decode()
    assert f'value="{both.people["contact"]}"' in found
    assert "欧阳晓晨" not in found.replace('value="欧阳晓晨"', "")
    for kept in ('value="clause 9"', 'value="T-77"', 'value="verify-result"'):
        assert kept in found
    assert "Nobody found" in text_of(near.post("/assistance/new/", {**typed, "find_text": "谁也不是"}))
    sent = {**PLAIN, "kind": "verify-result", "receiver": "no such place", "deadline": "2022-07-01T18:00", "key": "k"}
    refused = near.post("/assistance/new/", {**sent, "person": str(both.people["contact"])})
    assert refused.status_code == 422
    assert "Nothing of that name was found" in text_of(refused)
    assert "This is needed for what is asked for" in text_of(refused)
    assert 'value="no such place"' in refused.content.decode()


def test_a_refused_answer_comes_back_open_with_what_was_typed(both):
    asked(english(keeper("near-7", "investigator")), both, "whereabouts")
    posting.send_waiting(present.running())
    far = far_investigator()
    there = incoming(far)
    sent = {"key": "a", "number": "1", "result": "elsewhere", "where": "no such place", "note": "moved in May"}
    refused = far.post(f"{there}answer/", sent)
    assert refused.status_code == 422
    assert "Nothing of that name was found" in text_of(refused)
    page = refused.content.decode()
    assert re.search(r'<details class="job-form" open>.*value="no such place".*value="moved in May"', page, re.DOTALL)


def test_others_see_nothing_and_may_do_nothing(both):
    near = english(keeper("near-7", "investigator"))
    here = asked(near, both)
    assert far_investigator().get(here).status_code == 404
    worker = english(keeper("worker-7", "community-worker"))
    assert worker.get("/assistance/").status_code == 403
    officer = english(keeper("officer-7", "duty-officer"))
    assert officer.get("/assistance/new/").status_code == 403
    told = {"kind": "whereabouts", "receiver": "110101", "deadline": "2022-07-01T18:00", **PLAIN}
    contact = both.people["contact"]
    refused = near.post(f"/assistance/new/?person={contact}", {**told, "person": str(contact), "key": "k"})
    assert refused.status_code == 422
    assert "No installation known here stands for this jurisdiction" in text_of(refused)


def test_cards_are_exchanged_on_a_page(both, tmp_path: Path):
    client = english(keeper("registrar-1", "registrar"))
    told = {"name": "Sanjiang", "codes": "450226", "address": "ftp://example.org"}
    assert "https address" in text_of(client.post("/registers/peers/introduce/", told, follow=True))
    shown = text_of(client.post("/registers/peers/introduce/", {**told, "address": ""}, follow=True))
    assert own.own_card(present.running().letters).fingerprint in shown
    card = client.get("/registers/peers/card/")
    assert b"epiloop peer card 1" in card.content
    (tmp_path / "card.json").write_bytes(card.content)
    with (tmp_path / "card.json").open("rb") as file:
        digits = own.own_card(present.running().letters).fingerprint
        added = client.post("/registers/peers/add/", {"card": file, "digits": digits}, follow=True)
    assert "This is the card of this installation" in text_of(added)


@pytest.mark.browser
@pytest.mark.parametrize(("language", "size", "scheme"), WAYS[1::2], ids=IDS[1::2])
def test_each_side_does_its_part_in_a_browser(both, site, chromium, language, size, scheme):
    both.at = START + timedelta(hours=2)
    here = asked(english(keeper("near-7", "investigator")), both)
    posting.send_waiting(present.running())
    far = account("far-8", "investigator", FAR)
    context = chromium.new_context(locale=language, color_scheme=scheme, bypass_csp=True, **size)
    page = context.new_page()
    sign_in_quietly(page, site, far)
    page.goto(f"{site}/assistance/")
    page.locator("table.rows a").first.click()
    page.locator("form[action$='/receive/'] button").click()
    page.locator(".message").wait_for()
    page.locator("form[action$='/who/'] button").click()
    page.get_by_text("欧阳晓晨").wait_for()
    for path in ("/assistance/", "/assistance/?way=out", "/assistance/in/", "/registers/peers/", page.url):
        if "who" not in path:
            page.goto(path if path.startswith("http") else site + path)
        assert violations(page) == [], path
        assert wider_than_the_screen(page) <= 0, path
    context.close()
    context = chromium.new_context(locale=language, color_scheme=scheme, bypass_csp=True, **size)
    page = context.new_page()
    sign_in_quietly(page, site, account("near-8", "investigator"))
    for path in (here, f"/assistance/new/?person={both.people['contact']}"):
        page.goto(site + path)
        assert violations(page) == [], path
        assert wider_than_the_screen(page) <= 0, path
    context.close()


def test_the_requests_of_the_demonstration_fill_every_list_and_the_late_one_names_its_owner(outbreak):
    outbreak.shift("disease-control-duty-officer", "duty-3", hours=72)
    for who in ("met", "seen", "near", "beside"):
        outbreak.person(who, identity=Identity(f"made up {who}"))
        outbreak.contact(who, "case")
    outbreak.at = START + timedelta(hours=60)
    demonstrated(present.running())
    client = english(keeper("near-7", "investigator"))
    coming, going = text_of(client.get("/assistance/")), text_of(client.get("/assistance/?way=out"))
    assert "arrived, not received" in coming
    assert "received, not answered" in coming
    assert "−4 h 30 m" in coming
    assert "Disease control duty officer duty-3" in coming
    assert "sent, no receipt yet" in going
    assert "Check where a person is" in text_of(client.get("/assistance/?done=1"))
