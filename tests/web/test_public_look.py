"""What people see without an account, and the letter they come with: axe, both languages, phone, desk, in the dark."""

from datetime import timedelta

import pytest
from tests.web.outbreak import START
from tests.web.staff import account
from tests.web.test_look import DESK, PHONE, violations, wider_than_the_screen
from tests.web.test_work_look import sign_in_quietly

from epiloop.runtime import present
from epiloop.runtime.publishing import publish

pytestmark = pytest.mark.browser

WAYS = [("zh-CN", PHONE, "dark"), ("en-GB", DESK, "light")]


def looked_at(page, what):
    assert violations(page) == [], what
    assert wider_than_the_screen(page) <= 0, what


def test_ones_own_page_and_what_is_published_are_accessible_and_fit_the_screen(outbreak, cast, site, chromium):
    giver, person = account("investigator-7", "investigator"), outbreak.people["contact"]
    for number, (language, size, scheme) in enumerate(WAYS):
        outbreak.at = START + timedelta(days=number)
        context = chromium.new_context(locale=language, color_scheme=scheme, bypass_csp=True, **size)
        page = context.new_page()
        published = page.goto(f"{site}/transparency/")
        assert published.headers["cache-control"].startswith("private"), "it holds a token of whoever asked"
        looked_at(page, "published")
        assert page.locator(".counts-said" if size is PHONE else ".counts-code").count() == number
        publish(present.running())
        sign_in_quietly(page, site, giver)
        page.goto(f"{site}/people/{person}/")
        page.locator("form[action$='/letter/'] button").click()
        code = page.locator("strong.code").first.inner_text()
        looked_at(page, "letter")
        page.goto(f"{site}/own/")
        page.locator("#id_code").fill("ABCD")
        page.locator("main button.main").click()
        page.locator(".error-summary").wait_for()
        looked_at(page, "wrong code")
        assert page.locator("#id_code").input_value() == "ABCD", "what was typed is kept"
        page.locator("#id_code").fill(code)
        page.locator("main button.main").click()
        page.wait_for_url("**/own/page/")
        looked_at(page, "own page")
        assert page.locator("a[href^='tel:']").count() <= 1
        context.close()
