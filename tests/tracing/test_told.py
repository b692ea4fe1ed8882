"""Reasons of refusals and emergencies, notes of reviews: read by whom they concern, logged first, in both languages."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from tests.tracing.searches import KEYS, playing
from tests.tracing.test_searches import asked
from tests.web.staff import account, signed_in

from epiloop.core.errors import NotAllowed
from epiloop.operations.tracing.events import GlassReviewed
from epiloop.runtime.requests.tracing import emergencies as glass
from epiloop.runtime.requests.tracing.deciding import refuse
from epiloop.runtime.requests.tracing.told import said
from epiloop.store.models import Account
from epiloop.vault import grants
from epiloop.vault.signatures import signed

REASON, NOTE = "The sample is 40 days old.", "The child was found at 9; it was right."


@pytest.fixture
def story(clean):
    with playing(clean) as made:
        yield made


def emergency(story) -> UUID:
    by, told = story.by("asker", "glass"), glass.Emergency(story.people["case"], "A child is missing.", "county office")
    text = glass.text_of(story.parts, by, told, at=story.parts.now(), id_=story.parts.new_id())
    return UUID(str(glass.break_glass(story.parts, by, text, signed(text, KEYS["asker"])).result["trace"]))


def reviewed(story, request: UUID) -> None:
    by = story.by("approver", "review", "duty-officer")
    text = grants.review_text(request, justified=True)
    told = GlassReviewed(by.actor, "city office", True, NOTE)
    glass.review(story.parts, by, request, told, signed(text, KEYS["approver"]))


def page(client, request: UUID, language: str = "en") -> str:
    client.post("/language/", {"language": language})
    text = client.post(f"/traces/{request}/told/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.split("<main")[1].split("</main")[0]))


def test_who_asked_reads_why_it_was_refused_and_the_look_is_in_the_log(story):
    request, _ = asked(story)
    refuse(story.parts, story.by("approver", "no", "duty-officer"), request, REASON)
    asker = story.by("asker", "why")
    (one,) = said(story.parts, asker, request)
    assert (one.kind, one.by, one.texts) == ("trace-refused", story.by("approver", "x").actor, {"reason": REASON})
    assert REASON not in repr(one)
    looks = story.parts.vault.accesses(subject=request)
    assert [look.asker for look in looks] == [asker.actor]


def test_a_colleague_whom_it_does_not_concern_reads_nothing_and_nothing_is_logged(story):
    request, _ = asked(story)
    refuse(story.parts, story.by("approver", "no", "duty-officer"), request, REASON)
    with pytest.raises(NotAllowed):
        said(story.parts, story.by("colleague", "why"), request)
    assert story.parts.vault.accesses(subject=request) == []
    assert [one.texts for one in said(story.parts, story.by("colleague", "why", "inspector"), request)] == [
        {"reason": REASON}
    ]


def test_a_request_that_nobody_said_anything_about_opens_nothing(story):
    request, _ = asked(story)
    assert said(story.parts, story.by("asker", "why"), request) == ()
    assert story.parts.vault.accesses(subject=request) == []


def test_reason_and_review_of_an_emergency_stand_on_a_page_of_their_own_in_both_languages(story):
    request = emergency(story)
    reviewer, other = signed_in(account("officer-8", "duty-officer")), signed_in(account("other-1", "investigator"))
    first = page(reviewer, request)
    assert "Opened without approval, because" in first
    assert "A child is missing." in first
    reviewed(story, request)
    assert "Read the reason and the review" in reviewer.get(f"/traces/{request}/").content.decode()
    both = page(reviewer, request)
    assert "The review says" in both
    assert NOTE.replace("'", "&#x27;") in both
    assert "未经批准打开，理由" in page(reviewer, request, "zh-hans")
    assert f"/traces/{request}/told/" not in other.get(f"/traces/{request}/").content.decode()
    assert other.post(f"/traces/{request}/told/").status_code == 302, "back, with why"
    asks = story.parts.vault.accesses(subject=request)
    assert {look.asker for look in asks} == {str(Account.objects.get(login="officer-8").id)}


def test_what_was_said_is_read_with_the_second_factor_given_lately(story):
    request = emergency(story)
    client = signed_in(account("officer-8", "duty-officer"))
    session = client.session
    session["confirmed_at"] = (story.parts.now() - timedelta(days=2000)).isoformat()
    session.save()
    answer = client.post(f"/traces/{request}/told/")
    assert answer["Location"].startswith("/account/confirm/")
