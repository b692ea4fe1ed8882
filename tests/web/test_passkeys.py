"""Passkeys in a real browser with a virtual authenticator: added, used to sign in and to confirm, copied, removed."""

import pytest
from django.utils import timezone
from tests.web.staff import PASSWORD, reuse_codes, totp

from epiloop.runtime.accounts import making
from epiloop.store.models import AccountRecord, Passkey

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium):
    """A page whose browser has a virtual device with a fingerprint reader that always agrees."""
    context = chromium.new_context(locale="en-GB")
    made = context.new_page()
    made.wrong = []
    made.on("pageerror", lambda error: made.wrong.append(str(error)))
    made.on("console", lambda said: made.wrong.append(said.text) if "Content Security Policy" in said.text else None)
    device = context.new_cdp_session(made)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made.device = device
    made.authenticator = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    yield made
    assert made.wrong == []
    context.close()


def sign_in(page, site, account):
    reuse_codes(account)
    page.goto(f"{site}/sign-in/")
    page.get_by_label("Login name").fill(account.login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code").fill(totp())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def add_passkey(page, site, account):
    sign_in(page, site, account)
    page.goto(f"{site}/account/")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("Passkey", exact=True).wait_for()


def with_passkey(page, site):
    page.goto(f"{site}/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()


def sign_out(page):
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


def test_a_passkey_is_added_and_then_signs_in_without_name_password_or_code(cast, site, page):
    add_passkey(page, site, cast.officer)
    sign_out(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/options/") else None)
    page.goto(f"{site}/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").dblclick()
    page.wait_for_url(lambda url: "sign-in" not in url)
    assert len(asked) == 1, "a second question would make the answer to the first one worthless"
    page.goto(f"{site}/account/")
    assert page.get_by_role("heading", name="duty-3").is_visible()
    assert AccountRecord.objects.filter(account=cast.officer.id, what="passkey-added").count() == 1
    assert Passkey.objects.get().used_at is not None


def test_a_passkey_is_the_second_factor_after_a_password_and_confirms_later(cast, site, page):
    add_passkey(page, site, cast.admin)
    sign_out(page)
    page.get_by_label("Login name").fill("admin-1")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{site}/account/confirm/?next=/accounts/new/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/accounts/new/")
    assert AccountRecord.objects.filter(account=cast.admin.id, what="confirmed").exists()


def test_a_passkey_of_a_disabled_account_is_refused_with_a_reason(cast, site, page):
    add_passkey(page, site, cast.officer)
    sign_out(page)
    making.disable(cast.officer, by=cast.admin.id, at=timezone.now())
    with_passkey(page, site)
    page.get_by_text("This passkey was not accepted.").wait_for()


def test_a_copied_passkey_whose_counter_stands_still_is_refused(cast, site, page):
    add_passkey(page, site, cast.officer)
    sign_out(page)
    Passkey.objects.update(sign_count=1_000_000)
    with_passkey(page, site)
    page.get_by_text("This passkey was not accepted.").wait_for()


def test_a_device_that_does_not_verify_its_user_signs_nobody_in(cast, site, page):
    add_passkey(page, site, cast.officer)
    sign_out(page)
    page.device.send("WebAuthn.setUserVerified", {"authenticatorId": page.authenticator, "isUserVerified": False})
    with_passkey(page, site)
    page.get_by_text("The device did not answer.").wait_for()
    assert "/sign-in/" in page.url


def test_an_answer_cannot_be_sent_twice(cast, site, page):
    add_passkey(page, site, cast.officer)
    sign_out(page)
    sent = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith("/sign-in/passkey/") else None)
    with_passkey(page, site)
    page.wait_for_url(lambda url: "sign-in" not in url)
    sign_out(page)
    headers = {"X-CSRFToken": page.evaluate("JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']")}
    again = page.request.post(f"{site}/sign-in/passkey/", data=sent[0].post_data, headers=headers | {"Referer": site})
    assert again.status == 403


def test_the_only_second_factor_cannot_be_removed(cast, site, page):
    add_passkey(page, site, cast.officer)
    cast.officer.authenticator.delete()
    page.goto(f"{site}/account/")
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("This is your only second factor.").wait_for()
    assert Passkey.objects.exists()
