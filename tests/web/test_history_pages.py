"""Where a case itself was, in the browser: asked from the case's page, approved in another, shown by kind of place."""

import pytest
from tests.tracing.searches import MARKET, playing
from tests.web.staff import account, signed_in
from tests.web.test_look import violations, wider_than_the_screen
from tests.web.test_tracing_pages import enter, let_sign

from epiloop.project.demonstration.laboratory import let_anybody_sign


@pytest.fixture
def story(database):
    settings = database.keyservice.settings_file
    before = settings.read_text("utf-8")
    let_anybody_sign(database.keyservice)
    with playing(database) as made:
        yield made
    settings.write_text(before, "utf-8")


@pytest.mark.browser
def test_the_places_of_a_case_are_asked_for_approved_by_another_unit_and_shown(story, site, chromium):
    staff = account("asker-1", "investigator"), account("approver-1", "duty-officer")
    asker, approver = (enter(chromium, site, who) for who in staff)
    let_sign(asker, site, "county office")
    asker.goto(f"{site}/cases/{story.people['case']}/")
    asker.get_by_role("link", name="Where the case was").click()
    asker.get_by_role("button", name="Sign and ask for approval").wait_for()
    assert violations(asker) == []
    assert wider_than_the_screen(asker) <= 0
    with asker.expect_navigation():
        asker.get_by_role("button", name="Sign and ask for approval").click()
    asker.get_by_text("Another person has to approve it now.").wait_for()
    request = asker.url
    assert asker.get_by_role("button", name="Show the visits").count() == 0
    let_sign(approver, site, "city office")
    approver.goto(f"{site}/today/")
    with approver.expect_navigation():
        approver.get_by_role("link", name="asked to open the places of a case").click()
    approver.get_by_role("button", name="Sign and approve").wait_for()
    assert "the visits of the case itself" in approver.locator("main").inner_text()
    assert violations(approver) == []
    approver.get_by_role("button", name="Sign and approve").click()
    approver.get_by_text("Your approval is recorded.").wait_for()
    asker.goto(request)
    with asker.expect_navigation():
        asker.get_by_role("button", name="Show the visits").click()
    asker.get_by_role("heading", name="Visits").wait_for()
    assert asker.locator("tbody tr").count() == 1
    assert "Market" in asker.locator("tbody").inner_text()
    assert MARKET not in asker.content()
    for page in (asker, approver):
        page.context.close()
    listed = signed_in(staff[0], HTTP_ACCEPT_LANGUAGE="zh-hans").get("/traces/").content.decode()
    assert "病例到过的地点" in listed
