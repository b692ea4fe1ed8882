"""Today: the list of who is on shift, with what they do recorded from it."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.web.outbreak import START
from tests.web.staff import signed_in


@pytest.fixture
def worker(cast, outbreak):
    for kind in ("transfer-team", "isolation-site-manager"):
        outbreak.shift(kind, "village-12", hours=40)
    outbreak.at = START + timedelta(hours=26)
    return signed_in(cast.worker, HTTP_ACCEPT_LANGUAGE="en")


def text(answer):
    return html.unescape(answer.content.decode())


def test_what_is_late_comes_first_and_says_how_late(worker):
    page = text(worker.get("/today/"))
    assert "Late: first of all" in page
    assert page.index("Transfer to isolation") < page.index("Nucleic acid sample")
    assert "−18 h" in page


def test_what_is_recorded_from_the_list_moves_to_done(worker, outbreak):
    contact = outbreak.people["contact"]
    sent = {"key": str(uuid4()), "stage": "centralised", "next": "/today/"}
    answer = worker.post(f"/people/{contact}/record/admission/", sent)
    assert answer.headers["Location"] == "/today/"
    page = text(worker.get("/today/"))
    assert "Late: first of all" not in page
    assert "Transfer to isolation" in page.split('id="h-done"')[1]


def test_the_forms_of_the_list_work_without_a_script(worker):
    page = text(worker.get("/today/"))
    form = next(part for part in page.split("<form") if "/record/sample/" in part)
    address = re.search(r'action="([^"]+)"', form)[1]
    key = re.search(r'name="key" value="([^"]+)"', form)[1]
    sent = {"key": key, "sample": "T-9", "sampled": "single", "next": "/today/"}
    assert worker.post(address, sent).status_code == 302
    assert "Sample recorded." in text(worker.get("/today/"))


def test_going_on_leads_only_to_this_site(worker, outbreak):
    sent = {"key": str(uuid4()), "seen": "yes", "next": "https://elsewhere.example/"}
    answer = worker.post(f"/people/{outbreak.people['contact']}/record/visit/", sent)
    assert answer.headers["Location"] == "/"


def test_who_is_not_on_shift_is_told_so(cast, outbreak):
    page = text(signed_in(cast.officer, HTTP_ACCEPT_LANGUAGE="en").get("/today/"))
    assert "You are not on shift now" in page
