"""Pages as a reader has them: no axe violation in both languages, on desk and phone, in light and dark."""

import pytest
from tests.browsing import violations
from tests.web.staff import PASSWORD, reuse_codes, totp

pytestmark = pytest.mark.browser

DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WAYS = [("en-GB", DESK, "light"), ("zh-CN", PHONE, "light"), ("zh-CN", DESK, "dark"), ("en-GB", PHONE, "dark")]
IDS = ["en-desk-light", "zh-phone-light", "zh-desk-dark", "en-phone-dark"]
PAGES = ("/account/", "/accounts/", "/accounts/new/", "/account/confirm/", "/account/password/", "/jurisdiction/")


@pytest.fixture(params=WAYS, ids=IDS)
def page(request, chromium):
    language, size, scheme = request.param
    context = chromium.new_context(locale=language, color_scheme=scheme, bypass_csp=True, **size)
    yield context.new_page()
    context.close()


def wider_than_the_screen(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def sign_in(page, site, account):
    reuse_codes(account)
    page.goto(f"{site}/sign-in/")
    page.locator("#id_login").fill(account.login)
    page.locator("#id_password").fill("wrong" + PASSWORD)
    page.locator("main button.main").click()
    page.locator(".error-summary").wait_for()
    assert violations(page) == []
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main button.main").click()
    page.locator("#id_code").wait_for()
    assert violations(page) == []
    page.locator("#id_code").fill(totp())
    page.locator("main button.main").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def test_every_page_is_accessible_and_fits_the_screen(cast, site, page):
    sign_in(page, site, cast.admin)
    for path in PAGES:
        page.goto(site + path)
        assert violations(page) == [], path
        assert wider_than_the_screen(page) <= 0, path


def test_targets_on_a_phone_are_at_least_44_pixels_high(cast, site, chromium):
    context = chromium.new_context(locale="en-GB", **PHONE)
    page = context.new_page()
    page.goto(f"{site}/sign-in/")
    heights = page.eval_on_selector_all(
        "main button:visible, main input:visible", "all => all.map(e => e.offsetHeight)"
    )
    assert heights
    assert min(heights) >= 44
    context.close()


def test_the_page_can_be_walked_by_keyboard_alone(cast, site, chromium):
    context = chromium.new_context(locale="en-GB", bypass_csp=True)
    page = context.new_page()
    sign_in(page, site, cast.admin)
    page.goto(f"{site}/accounts/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    assert (first, second) == ("admin-1", "duty-3")
    assert page.evaluate("document.activeElement.textContent") == "admin-1"
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/*-*/")
    context.close()


def test_the_phone_menu_opens_without_a_script(cast, site, chromium):
    context = chromium.new_context(locale="en-GB", java_script_enabled=False, **PHONE)
    page = context.new_page()
    page.goto(f"{site}/sign-in/")
    page.locator("#id_login").fill("duty-3")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main button.main").click()
    page.locator("#id_code").fill(totp())
    page.locator("main button.main").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{site}/account/")
    assert not page.get_by_role("link", name="Rules").is_visible()
    page.get_by_role("link", name="Menu").click()
    page.get_by_role("link", name="Rules").wait_for()
    context.close()
