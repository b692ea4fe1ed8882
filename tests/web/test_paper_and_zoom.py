"""Pages on paper and pages made large: black on white without furniture; nothing to scroll aside at 320 px or 200 %."""

from datetime import timedelta

import pytest
from tests.web.outbreak import START
from tests.web.staff import account
from tests.web.test_look import wider_than_the_screen
from tests.web.test_work_look import all_pages, sign_in_quietly

pytestmark = pytest.mark.browser

A4 = {"width": 688, "height": 970}
"""A4 less its margins, in CSS pixels."""
FURNITURE = "nav, button, .button, .foot, .filters, form, .messages"
INK = """() => {
  const written = e => e.checkVisibility() && e.children.length === 0 && e.textContent.trim();
  const inks = [...document.querySelectorAll('main *')].filter(written).map(e => getComputedStyle(e).color);
  return [getComputedStyle(document.body).backgroundColor, ...new Set(inks)];
}"""


@pytest.fixture
def investigator(outbreak):
    for kind in ("transfer-team", "isolation-site-manager"):
        outbreak.shift(kind, "investigator-7", hours=40)
    outbreak.at = START + timedelta(hours=26)
    return account("investigator-7", "investigator")


def printed(chromium, site, who, path, scheme="dark"):
    context = chromium.new_context(locale="en-GB", color_scheme=scheme, viewport=A4)
    page = context.new_page()
    sign_in_quietly(page, site, who)
    page.emulate_media(media="print")
    page.goto(site + path)
    return context, page


def check_paper(page):
    seen = page.locator(FURNITURE).evaluate_all("all => all.filter(e => e.checkVisibility()).map(e => e.outerHTML)")
    assert seen == []
    background, *inks = page.evaluate(INK)
    assert background == "rgb(255, 255, 255)"
    assert set(inks) <= {"rgb(0, 0, 0)", "rgb(51, 51, 51)"}
    assert wider_than_the_screen(page) <= 0


def test_a_person_is_printed_with_owner_and_clause(investigator, outbreak, site, chromium):
    context, page = printed(chromium, site, investigator, f"/people/{outbreak.people['contact']}/")
    check_paper(page)
    row = page.locator(".tasks tbody tr").first.inner_text()
    assert "Transfer team" in row
    assert "9th edition" in row
    assert "Show identity" not in page.locator("main").inner_text()
    context.close()


def test_todays_list_is_printed_with_owner_and_clause(investigator, outbreak, site, chromium):
    context, page = printed(chromium, site, investigator, "/today/")
    check_paper(page)
    task = page.locator(".job-task").first.inner_text()
    assert "Transfer team" in task
    assert "9th edition" in task
    context.close()


def test_the_late_list_is_printed_with_owner_and_clause(investigator, outbreak, site, chromium):
    context, page = printed(chromium, site, investigator, "/duties/?lateness=late")
    check_paper(page)
    line = page.locator(".line").first.inner_text()
    assert "Transfer team" in line
    assert "9th edition" in line
    context.close()


@pytest.mark.parametrize("size", [(320, 700), (640, 450)], ids=["320-pixels", "200-percent"])
def test_pages_reflow_without_scrolling_aside(investigator, outbreak, site, chromium, size):
    context = chromium.new_context(locale="en-GB", viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    sign_in_quietly(page, site, investigator)
    for path in [
        *all_pages(outbreak),
        "/imports/",
        "/imports/export/",
        "/rules/",
        "/rules/close-contact/",
        "/registers/",
    ]:
        assert page.goto(site + path).status == 200, path
        assert wider_than_the_screen(page) <= 0, path
    context.close()
