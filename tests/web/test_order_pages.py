"""Visits by legal order in the browser: asked for, approved by two further units in browsers of their own, shown."""

import pytest
from tests.tracing.searches import MARKET, NAME, NOW
from tests.web.staff import account, signed_in
from tests.web.test_look import IDS, WAYS, violations, wider_than_the_screen
from tests.web.test_tracing_pages import enter, let_sign, story
from tests.web.test_work_look import sign_in_quietly

__all__ = ["story"]
AUTHORITY, REFERENCE = "Court of the county", "(2022) 17"


def sent(story, **other):
    return {
        "person": str(story.people["known"]),
        "statute": "cn-civil-procedure-70",
        "authority": AUTHORITY,
        "reference": REFERENCE,
        "since": "2022-06-28",
        "until": "2022-07-04",
        "days": "1",
        **other,
    }


def fill(page, site, person):
    """What the order says, as far as the first page asks for it."""
    page.goto(f"{site}/people/{person}/")
    page.get_by_role("link", name="Open their visits by legal order").click()
    page.get_by_label("Civil Procedure Law").check()
    page.get_by_role("textbox", name="Authority").fill(AUTHORITY)
    page.get_by_label("Reference of the order").fill(REFERENCE)
    page.get_by_label("First day").fill("2022-06-28")
    page.get_by_label("Last day").fill("2022-07-04")
    page.get_by_text("1 day", exact=True).click()
    page.get_by_role("button", name="Go on").click()


def approve(page, site, told):
    page.goto(f"{site}/today/")
    with page.expect_navigation():
        page.get_by_role("link", name="asked to open places by legal order").click()
    page.get_by_role("button", name="Sign and approve").wait_for()
    text = page.locator("main").inner_text()
    assert AUTHORITY in text
    assert "art. 70" in text
    assert told in text
    assert violations(page) == []
    page.get_by_role("button", name="Sign and approve").click()
    page.get_by_text("Your approval is recorded.").wait_for()


@pytest.mark.browser
def test_an_order_waits_for_two_further_units_and_then_opens_until_its_end(story, site, chromium):
    who = [account(f"{name}-1", role) for name, role in (("asker", "investigator"), ("judge", "inspector"))]
    staff = [who[0], account("approver-1", "duty-officer"), who[1]]
    asker, first, second = (enter(chromium, site, one) for one in staff)
    let_sign(asker, site, "county office")
    fill(asker, site, story.people["known"])
    asker.get_by_role("button", name="Change what was typed").click()
    asker.get_by_role("button", name="Go on").wait_for()
    assert asker.get_by_role("textbox", name="Authority").input_value() == AUTHORITY
    assert asker.get_by_label("First day").input_value() == "2022-06-28"
    assert asker.get_by_label("Civil Procedure Law").is_checked()
    asker.get_by_role("button", name="Go on").click()
    asker.get_by_role("button", name="Sign and ask for approval").wait_for()
    assert violations(asker) == []
    assert wider_than_the_screen(asker) <= 0
    with asker.expect_navigation():
        asker.get_by_role("button", name="Sign and ask for approval").click()
    asker.get_by_text("Two others, of two further units, have to approve it now.").wait_for()
    request = asker.url
    for page, unit, told in ((first, "city office", "0 of 2"), (second, "court", "1 of 2")):
        assert asker.get_by_role("button", name="Show the visits").count() == 0
        let_sign(page, site, unit)
        approve(page, site, told)
        asker.goto(request)
    assert "city office · court" in asker.locator("main").inner_text()
    with asker.expect_navigation():
        asker.get_by_role("button", name="Show the visits").click()
    asker.get_by_role("heading", name="Visits").wait_for()
    assert asker.locator("tbody tr").count() == 1
    assert not [one for one in (MARKET, NAME) if one in asker.content()]
    looks = [one for one in story.parts.vault.accesses(subject=story.people["known"]) if one.kind == "legal-order"]
    assert [(one.unit, one.purpose) for one in looks] == [("county office", "data-export")]
    asker.goto(request)
    with asker.expect_navigation():
        asker.get_by_role("button", name="End this request").click()
    asker.get_by_text("The request has ended").wait_for()
    assert asker.get_by_role("button", name="Show the visits").count() == 0
    for page in (asker, first, second):
        page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize(("language", "size", "scheme"), WAYS, ids=IDS)
def test_the_form_is_accessible_and_fits_the_screen_empty_and_refused(story, site, chromium, language, size, scheme):
    context = chromium.new_context(locale=language, color_scheme=scheme, bypass_csp=True, **size)
    page = context.new_page()
    sign_in_quietly(page, site, account("asker-1", "investigator"))
    for step in ("empty", "refused"):
        if step == "empty":
            assert page.goto(f"{site}/traces/orders/new/").status == 200
        else:
            page.eval_on_selector("form.form", "form => { form.noValidate = true; }")
            page.locator("main .acts button.main").click()
            page.locator(".error-summary").wait_for()
        assert violations(page) == [], step
        assert wider_than_the_screen(page) <= 0, step
    context.close()


def test_what_was_typed_stays_when_it_is_refused_or_somebody_is_looked_for(story):
    client = signed_in(account("asker-1", "investigator"), HTTP_ACCEPT_LANGUAGE="en")
    refused = (
        {"since": "2022-05-01"},
        {"until": "2022-06-27"},
        {"statute": "cn-criminal-procedure-54"},
        {"authority": " "},
        {"person": str(story.place)},
    )
    for other in refused:
        answer = client.post("/traces/orders/new/", sent(story, **other))
        assert answer.status_code == 422, other
        assert f'value="{REFERENCE}"' in answer.content.decode(), other
    unsigned = client.post("/traces/orders/new/", sent(story))
    assert unsigned.status_code == 422
    assert "No browser signs for you yet." in unsigned.content.decode()
    found = client.post("/traces/orders/new/", sent(story, find="name", find_text=NAME)).content.decode()
    assert str(story.people["case"]) in found
    assert f'value="{AUTHORITY}"' in found
    assert "error-summary" not in found
    searched = story.parts.vault.accesses()[0]
    assert (searched.kind, searched.purpose) == ("search", "data-export")


def test_only_statutes_in_force_on_the_day_are_offered(story):
    asker = signed_in(account("asker-1", "investigator"), HTTP_ACCEPT_LANGUAGE="en")
    page = asker.get("/traces/orders/new/").content.decode()
    assert NOW.year == 2022
    assert 'value="cn-infectious-diseases-54"' in page
    refused = asker.post("/traces/orders/new/", sent(story, statute="one-that-ended")).content.decode()
    assert "This statute is not in force today. Choose another one." in refused
    assert "one-that-ended" not in refused
