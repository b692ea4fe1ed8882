"""The pages of daily work as a reader has them: no axe violation, as wide as the screen, one thumb on a phone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.web.outbreak import START
from tests.web.staff import account, signed_in
from tests.web.test_look import IDS, PHONE, WAYS, violations, wider_than_the_screen

pytestmark = pytest.mark.browser

LISTS = ("/board/", "/duties/", "/loops/", "/nobody/", "/clears/control/", "/people/?who=all", "/people/search/")
CASES = ("/cases/", "/cases/tree/")
FORMS = (
    *("follow-up", "sample", "result", "admission", "transfer", "decision", "contact", "case"),
    *("arrival", "departure", "hand-over", "stay", "employer"),
)


@pytest.fixture
def investigator(outbreak):
    for kind in ("transfer-team", "isolation-site-manager"):
        outbreak.shift(kind, "investigator-7", hours=40)
    outbreak.at = START + timedelta(hours=26)
    return account("investigator-7", "investigator")


def all_pages(outbreak):
    contact, case = outbreak.people["contact"], outbreak.people["case"]
    forms = [f"/people/{contact}/record/{kind}/" for kind in FORMS]
    return [
        *LISTS,
        *CASES,
        "/today/",
        f"/people/{contact}/",
        f"/people/{contact}/identity/correct/",
        f"/cases/{case}/",
        *forms,
    ]


@pytest.mark.parametrize(("language", "size", "scheme"), WAYS, ids=IDS)
def test_pages_of_work_are_accessible_and_fit_the_screen(
    investigator, outbreak, site, chromium, language, size, scheme
):
    context = chromium.new_context(locale=language, color_scheme=scheme, bypass_csp=True, **size)
    page = context.new_page()
    sign_in_quietly(page, site, investigator)
    for path in all_pages(outbreak):
        answer = page.goto(site + path)
        assert answer.status == 200, path
        assert violations(page) == [], path
        assert wider_than_the_screen(page) <= 0, path
    context.close()


def test_on_a_phone_the_main_action_is_the_biggest_and_records_what_is_tapped(investigator, outbreak, site, chromium):
    client = signed_in(investigator)
    contact = outbreak.people["contact"]
    client.post(f"/people/{contact}/record/admission/", {"key": str(uuid4()), "stage": "centralised"})
    context = chromium.new_context(locale="en-GB", **PHONE)
    page = context.new_page()
    sign_in_quietly(page, site, investigator)
    page.goto(f"{site}/today/")
    heights = page.eval_on_selector_all(
        ".job-acts summary, .job-acts button:visible", "all => all.map(e => e.offsetHeight)"
    )
    assert min(heights) >= 44
    page.locator(".job-acts summary").first.tap()
    form = page.locator(".job-acts form.form").first
    form.locator("input[name=sample]").fill("T-77")
    form.locator("button.main").tap()
    page.get_by_text("Sample recorded.").wait_for()
    assert page.url.startswith(f"{site}/today/")
    context.close()


def test_the_curve_and_the_tree_are_drawn(investigator, outbreak, site, chromium):
    context = chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    sign_in_quietly(page, site, investigator)
    page.goto(f"{site}/cases/")
    page.locator("[data-curve] canvas").wait_for()
    page.goto(f"{site}/cases/tree/")
    page.locator("[data-tree] canvas").first.wait_for()
    assert [text for text in wrong if "favicon" not in text] == []
    context.close()


def sign_in_quietly(page, site, who):
    """Signed in by the cookie of a client: the page's own policy stays in force."""
    client = signed_in(who)
    page.context.add_cookies([{"name": "epiloop", "value": client.cookies["epiloop"].value, "url": site}])
