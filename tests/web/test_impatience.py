"""A slow line: what is tapped twice is sent once, and what is done before a page's scripts are there is not lost."""

import pytest
from tests.web.staff import PASSWORD, account, reuse_codes, totp
from tests.web.test_work_look import sign_in_quietly

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium):
    context = chromium.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def held(page, address):
    """Whatever asks for the address waits; gives who asked, and what lets them go on."""
    asked = []

    def hold(route):
        asked.append(route)

    def let_go():
        while not asked:
            page.wait_for_timeout(20)
        for route in asked:
            route.continue_()

    page.route(address, hold)
    return asked, let_go


def test_a_code_tapped_twice_is_sent_once_and_signs_in(cast, site, page):
    reuse_codes(cast.officer)
    page.goto(f"{site}/sign-in/")
    page.locator("#id_login").fill("duty-3")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main button.main").click()
    page.locator("#id_code").fill(totp())
    page.wait_for_load_state()  # with every script run
    asked, answer = held(page, page.url)
    place = page.locator("main button.main").bounding_box()
    middle = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    with page.expect_request(page.url):
        page.mouse.click(*middle)
    page.mouse.click(*middle)  # Playwright's own click would wait for the answer
    answer()
    page.wait_for_url(lambda url: "sign-in" not in url)
    assert len(asked) == 1, "the second one would have come too late: the code is used, and the session another"


def test_who_types_already_keeps_the_focus_when_the_scripts_come(cast, site, page):
    page.goto(f"{site}/sign-in/")
    page.eval_on_selector("main form", "form => { form.noValidate = true; }")
    _asked, come = held(page, "**/page-*.js")
    page.locator("main button.main").click()
    page.locator(".error-summary").wait_for()
    page.locator("#id_login").press_sequentially("du")
    come()
    page.wait_for_load_state()  # with every script run
    page.keyboard.type("ty-3")
    assert page.locator("#id_login").input_value() == "duty-3"


def test_a_browser_is_not_let_sign_before_its_script_is_there(outbreak, site, page):
    sign_in_quietly(page, site, account("asker-1", "investigator"))
    _asked, come = held(page, "**/signing-*.js")
    page.goto(f"{site}/traces/key/", wait_until="commit")
    button = page.get_by_role("button", name="Let this browser sign for me")
    button.wait_for()
    assert button.is_disabled()
    come()
    page.locator("form[data-enrol] button:enabled").wait_for()
