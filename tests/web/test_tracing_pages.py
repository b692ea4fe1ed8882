"""Contact searches in the browser: signed by one, approved in another browser, confirmed; notices without a name."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.tracing.searches import CARD, HERE, MARKET, NAME, NOW, STRANGER, enrol, playing
from tests.tracing.test_searches import approved, asked
from tests.web.staff import account, signed_in
from tests.web.test_look import DESK, PHONE, violations, wider_than_the_screen
from tests.web.test_work_look import sign_in_quietly

from epiloop.core.jurisdictions import code
from epiloop.operations.investigation.events import CaseDetermined, Classification
from epiloop.project.demonstration.laboratory import let_anybody_sign
from epiloop.runtime.accounts.suspending import suspend_unreviewed
from epiloop.runtime.requests.people import tell
from epiloop.runtime.requests.tracing.answers import search
from epiloop.runtime.requests.tracing.confirming import Source, confirm
from epiloop.runtime.requests.tracing.deciding import standing
from epiloop.store.models import Account
from epiloop.vault import grants
from epiloop.vault.reach import ReachKind, code_of
from epiloop.vault.results import Found
from epiloop.vault.spots import spot
from epiloop.web.accounts import ceremony
from epiloop.web.titles import short_code
from epiloop.web.tracing import results

KEY = bytes([9]) * 32


@pytest.fixture
def story(database):
    settings = database.keyservice.settings_file
    before = settings.read_text("utf-8")
    let_anybody_sign(database.keyservice)
    with playing(database) as made:
        yield made
    settings.write_text(before, "utf-8")


@pytest.fixture
def staff(story):
    return account("asker-1", "investigator"), account("approver-1", "duty-officer")


def enter(chromium, site, who, **more):
    """A browser of its own, signed in."""
    context = chromium.new_context(
        locale="en-GB", bypass_csp=True, **(more or {"viewport": {"width": 1280, "height": 900}})
    )
    page = context.new_page()
    sign_in_quietly(page, site, who)
    return page


def let_sign(page, site, unit):
    """The browser makes a key and has it enrolled."""
    page.goto(f"{site}/traces/key/")
    page.get_by_label("Your unit").fill(unit)
    page.get_by_role("button", name="Let this browser sign for me").click()
    page.wait_for_url(f"{site}/traces/")
    page.get_by_text("This browser signs for you from now on.").wait_for()


def ask(page, site, case):
    page.goto(f"{site}/cases/{case}/")
    page.get_by_role("link", name="Find contacts").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign and ask for approval").click()
    page.get_by_text("Another person has to approve it now.").wait_for()
    return page.url


def approve(page, site, read_out):
    """Approve the request whose fingerprint the asker reads out on the telephone."""
    page.goto(f"{site}/board/")
    page.get_by_role("link", name="asked for a contact search").click()
    page.get_by_role("button", name="Sign and approve").wait_for()
    page.get_by_text(read_out).wait_for()
    looked_at(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign and approve").click()
    page.get_by_text("Approved. Whoever asked can search now.").wait_for()


@pytest.mark.browser
def test_two_browsers_sign_and_the_contact_has_a_loop(story, staff, site, chromium):
    story.attest(Found.CONFIRMED)
    asker, approver = (enter(chromium, site, who) for who in staff)
    let_sign(asker, site, "county office")
    request = ask(asker, site, story.people["case"])
    assert asker.get_by_role("button", name="Sign and approve").count() == 0, "nobody approves their own request"
    looked_at(asker)
    let_sign(approver, site, "city office")
    approve(approver, site, asker.locator("dd > .code").inner_text())
    asker.goto(request)
    with asker.expect_navigation():
        asker.get_by_role("button", name="Search now").click()
    asker.get_by_role("button", name="Confirm all 2").wait_for()
    rows = asker.locator("tbody tr")
    assert rows.count() == 2
    text = asker.locator("main").inner_text()
    assert re.search(r"\t30\t+Market\t", text), "minutes together, and the kind of place"
    assert "not registered yet" in text
    for hidden in (NAME, CARD, STRANGER, MARKET):
        assert hidden not in asker.content()
    with asker.expect_navigation():
        asker.get_by_role("button", name="Confirm all 2").click()
    asker.get_by_text("2 contacts were confirmed.").wait_for()
    asker.goto(f"{site}/people/{story.people['known']}/")
    assert "Close contact" in asker.locator("main").inner_text()
    asker.context.close()
    approver.context.close()


@pytest.mark.browser
def test_somebody_of_the_same_unit_is_told_that_they_cannot_approve(story, staff, site, chromium):
    asker, approver = (enter(chromium, site, who) for who in staff)
    for page in (asker, approver):
        let_sign(page, site, "county office")
    request = ask(asker, site, story.people["case"])
    approver.goto(request)
    approver.get_by_text("Whoever approves is of another unit.").wait_for()
    assert approver.get_by_role("button", name="Sign and approve").count() == 0
    for page in (asker, approver):
        page.context.close()


@pytest.mark.browser
def test_an_emergency_is_told_to_everybody_who_reviews_and_suspends_the_account_if_nobody_does(
    story, staff, site, chromium
):
    asker, approver = (enter(chromium, site, who) for who in staff)
    let_sign(asker, site, "county office")
    asker.goto(f"{site}/emergencies/new/{story.people['case']}/")
    asker.get_by_label("Why can it not wait?").fill("A child is missing.")
    asker.get_by_role("button", name="Go on").click()
    asker.get_by_role("button", name="Sign and open").click()
    asker.get_by_text("It is open for 60 minutes.").wait_for()
    with asker.expect_navigation():
        asker.get_by_role("button", name="Show the visits").click()
    asker.get_by_role("heading", name="Visits").wait_for()
    looked_at(asker)
    assert asker.locator("tbody tr").count() == 1
    assert asker.locator("tbody td").last.inner_text() == "Market"
    approver.goto(f"{site}/today/")
    approver.get_by_role("link", name="opened a person's visits in an emergency").click()
    approver.get_by_role("button", name="Sign: it was justified").wait_for()
    looked_at(approver)
    approver.goto(f"{site}/traces/?kind=trace")
    assert approver.get_by_text("None of this kind yet").count() == 1
    with approver.expect_navigation():
        approver.get_by_role("link", name="Emergencies", exact=True).click()
    assert approver.locator("table.list tbody tr").count() == 1
    later = NOW + timedelta(hours=25)
    assert suspend_unreviewed(story.parts) == 0
    assert suspend_unreviewed(replace(story.parts, now=lambda: later)) == 1
    assert not Account.objects.get(login="asker-1").is_active
    assert suspend_unreviewed(replace(story.parts, now=lambda: later)) == 0
    for page in (asker, approver):
        page.context.close()


def looked_at(page, *ways):
    """As it stands now, at other sizes and in the dark; a page that has an address in Chinese too."""
    for size, scheme in ways or ((PHONE, "dark"), (DESK, "light")):
        page.set_viewport_size(size["viewport"])
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], page.url
        assert wider_than_the_screen(page) <= 0, page.url


@pytest.mark.browser
def test_pages_of_searches_are_accessible_and_fit_the_screen(story, staff, site, chromium, database):
    story.attest(Found.CONFIRMED)
    asker, case = staff[0], story.people["case"]
    enrol(database, KEY, "person", str(asker.id), "county office")
    by = replace(story.by("asker", "ask"), actor=str(asker.id))
    request = approved(story, by=by, private=KEY)
    found = search(story.made, replace(by, key="search"), request)
    confirm(story.made, replace(by, key="confirm"), Source(request, case, "covid-19", HERE), found.people[:1])
    forms = (
        f"traces/new/{case}",
        f"traces/places/{case}",
        f"emergencies/new/{case}",
    )
    of_request = [f"traces/{request}/{part}" for part in ("", "notices/")]
    for language, size, scheme in (("zh-CN", PHONE, "dark"), ("en-GB", DESK, "light")):
        context = chromium.new_context(locale=language, color_scheme=scheme, bypass_csp=True, **size)
        page = context.new_page()
        sign_in_quietly(page, site, asker)
        for path in ("traces/", "emergencies/", "traces/key/", "traces/orders/new/", *forms, *of_request):
            assert page.goto(f"{site}/{path}").status == 200, path
            looked_at(page, (size, scheme))
        page.goto(f"{site}/traces/{request}/")
        page.locator("form[action$='/people/'] button.main").click()
        page.locator("table.met").wait_for()
        looked_at(page, (size, scheme))
        context.close()


def test_who_else_may_look_is_signed_and_stands_in_no_address(story, staff, database):
    asker, colleague = staff
    case = story.people["case"]
    enrol(database, KEY, "person", str(asker.id), "county office")
    client = signed_in(asker, HTTP_ACCEPT_LANGUAGE="en")
    address = f"/traces/new/{case}/"
    wrong = client.post(address, {"ring": "1", "staff": "nobody-9"})
    assert "Nobody signs in as nobody-9." in wrong.content.decode()
    assert "data-sign=" not in wrong.content.decode()
    page = client.post(address, {"ring": "1", "staff": " Approver-1,"}).content.decode()
    given = grants.read(bytes.fromhex(re.search(r'data-sign="([0-9a-f]+)"', page)[1]))
    assert given.staff == tuple(sorted([str(asker.id), str(colleague.id)]))
    assert not [one for one in re.findall(r'(?:href|action|src)="([^"]*)"', page) if "approver-1" in one.casefold()]
    from_address = client.get(f"{address}?staff=approver-1").content.decode()
    assert grants.read(bytes.fromhex(re.search(r'data-sign="([0-9a-f]+)"', from_address)[1])).staff == (str(asker.id),)


def test_who_is_doubtful_is_marked_in_both_languages_and_in_no_button_for_all(story, staff, database):
    asker, known = staff[0], code_of(ReachKind.PHONE, "13800002222")
    story.attest(Found.CONFIRMED)
    story.visits((known, NOW - timedelta(days=2), 5), zone=spot(code("320412100"), b"shop"))
    enrol(database, KEY, "person", str(asker.id), "county office")
    by = replace(story.by("asker", "ask"), actor=str(asker.id))
    request = approved(story, by=by, private=KEY)
    for language, word in (("en", "doubtful"), ("zh-hans", "存疑")):
        client = signed_in(asker, HTTP_ACCEPT_LANGUAGE=language)
        page = client.post(f"/traces/{request}/people/").content.decode()
        first, second = page.split("<tr><td")[1:]
        assert (f'<span class="due">{word}</span>' in first, f'<span class="due">{word}</span>' in second) == (
            False,
            True,
        ), "doubtful last"
        assert " checked" not in page
    client.post(f"/traces/{request}/confirm/", {"all": "1", "key": "all"})
    assert standing(story.parts, request)[0].confirmed == 1


def test_an_answer_is_paged_by_rank_and_everything_about_it_counts_everybody(story, staff, database, monkeypatch):
    asker = staff[0]
    story.attest(Found.CONFIRMED)
    enrol(database, KEY, "person", str(asker.id), "county office")
    by = replace(story.by("asker", "ask"), actor=str(asker.id))
    request = approved(story, by=by, private=KEY)
    client = signed_in(asker, HTTP_ACCEPT_LANGUAGE="en")
    monkeypatch.setattr(results, "PAGE", 1)

    def page(after=""):
        return client.post(f"/traces/{request}/people/", {"after": after}).content.decode()

    first, second = page(), page("1")
    for number, shown in enumerate((first, second), start=1):
        assert re.findall(r'aria-label="Rank (\d)"', shown) == [str(number)]
        assert f"From rank {number}: 1 of 2 people." in shown
    assert 'name="after" value="1"' in first
    assert 'name="after"' not in second
    (one,), (other,) = (re.findall(r'name="met" value="(\w+)"', shown) for shown in (first, second))
    told = client.post(f"/traces/{request}/confirm/", {"met": one, "key": "k"}, follow=True).content.decode()
    assert "1 contact was confirmed." in told
    for differs in ({"met": other}, {"met": [one, other]}, {"all": "1"}):
        told = client.post(f"/traces/{request}/confirm/", {**differs, "key": "k"}, follow=True).content.decode()
        assert "used for another request" in told
    assert standing(story.parts, request)[0].confirmed == 1
    for sent, said in (
        ({}, "Nobody was chosen, so nobody was confirmed."),
        ({"met": "stale"}, "1 of those you chose is not in the answer any more."),
        ({"met": one}, "Nothing new: whoever was chosen is a contact already."),
    ):
        told = client.post(f"/traces/{request}/confirm/", {**sent, "key": f"k {said}"}, follow=True).content.decode()
        assert ("Nothing new" in told, said in told) == ("met" in sent and sent["met"] == one, True)
    assert ">contact of this case<" in page()
    assert client.get(f"/traces/{request}/notices/").content.decode().count("<article") == 1
    assert len(client.post(f"/traces/{request}/notices/").content.splitlines()) == 2


def test_why_somebody_was_not_confirmed_is_said_in_whole_words(story, staff, database):
    asker = staff[0]
    story.attest(Found.CONFIRMED)
    enrol(database, KEY, "person", str(asker.id), "county office")
    by = replace(story.by("asker", "ask"), actor=str(asker.id))
    request = approved(story, by=by, private=KEY)
    case = CaseDetermined(UUID(int=8), "covid-19", Classification.CONFIRMED, onset=NOW.date())
    tell(story.parts, story.operator("known-is-ill"), story.people["known"], case)
    client = signed_in(asker, HTTP_ACCEPT_LANGUAGE="zh-hans")
    shown = client.post(f"/traces/{request}/people/").content.decode()
    ticked = re.findall(r'name="met" value="([^"]+)"', shown)
    page = client.post(f"/traces/{request}/confirm/", {"met": ticked, "key": "k"}, follow=True).content.decode()
    said = re.findall(r'<p class="message warning">(.*?)</p>', page)
    assert said == ["未确认 1 人（此人已是病例（新冠肺炎））"]


def test_what_names_people_asks_for_the_second_factor_again(story, staff):
    request = asked(story)[0]
    client = signed_in(staff[0])
    session = client.session
    session[ceremony.CONFIRMED_AT] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()
    sent = [client.get(f"/traces/{request}/")]
    sent += [client.post(f"/traces/{request}/{what}/") for what in ("people", "confirm")]
    sent += [client.post(reverse("visits", args=[request]))]
    assert [answer.url.partition("?")[0] for answer in sent] == [reverse("confirm")] * 4


def test_a_notice_names_neither_case_nor_place_nor_anybody_and_the_list_has_no_formula(story, staff):
    story.attest(Found.CONFIRMED)
    request = approved(story)
    found = search(story.made, story.by("asker", "search"), request)
    case = story.people["case"]
    confirm(story.made, story.by("asker", "confirm"), Source(request, case, "covid-19", HERE), found.people)
    client = signed_in(staff[0], HTTP_ACCEPT_LANGUAGE="zh-hans")
    page = client.get(f"/traces/{request}/notices/").content.decode()
    notices = page[page.index("<article") : page.rindex("</article>")]
    assert notices.count("<article") == 2
    assert "健康告知书" in notices
    assert "Notice for your health" in notices
    assert "stages." not in notices, "the law is named as its readers call it"
    answer = client.post(f"/traces/{request}/notices/")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row[2] for row in rows[1:]} == {STRANGER, "13800002222"}
    for told in (notices, answer.content.decode()):
        for hidden in (
            str(case),
            short_code(case),
            NAME,
            CARD,
            MARKET,
            "金丝雀市场",
            str(story.place),
            str(UUID(int=7)),
        ):
            assert hidden not in told
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
