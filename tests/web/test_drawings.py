"""The epidemic curve and the transmission tree in a real browser, under the product's content policy."""

import os

import pytest
from django.test.utils import override_settings
from tests.browsing import PATIENCE
from tests.web.staff import PASSWORD, reuse_codes, totp

pytestmark = pytest.mark.browser


@pytest.fixture
def drawings(cast, site, chromium):
    """The page with both drawings; anything a script complains of fails the test."""
    context = chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 1200})
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    with override_settings(ROOT_URLCONF="tests.web.island_pages"):
        reuse_codes(cast.admin)
        page.goto(f"{site}/sign-in/?next=/drawn/")
        page.locator("#id_login").fill("admin-1")
        page.locator("#id_password").fill(PASSWORD)
        page.locator("main button.main").click()
        page.locator("#id_code").fill(totp())
        page.locator("main button.main").click()
        page.wait_for_url("**/drawn/")
        page.locator(".tree canvas").first.wait_for()
        yield page
    if shots := os.environ.get("EPILOOP_SHOTS"):
        page.screenshot(path=f"{shots}/drawings.png")
    assert wrong == []
    context.close()


def inked(page, selector):
    """How many pixels of the canvases were drawn on."""
    return page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)].reduce((sum, canvas) => {
            const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            let inked = 0;
            for (let at = 3; at < data.length; at += 4) if (data[at] > 0) inked += 1;
            return sum + inked;
        }, 0)""",
        selector,
    )


def is_inked(page, selector, pixels):
    """Whether that much is drawn, as soon as it is; what draws takes its time."""
    tries = iter(range(10 * PATIENCE))
    while (found := inked(page, selector)) <= pixels and next(tries, None) is not None:
        page.wait_for_timeout(100)
    return found > pixels


def test_the_curve_is_drawn_from_the_data_on_the_page(drawings):
    assert is_inked(drawings, ".chart canvas", 5_000)


def test_a_tree_of_three_thousand_cases_is_drawn(drawings):
    assert is_inked(drawings, ".tree canvas", 2_000)
