"""Where a case itself was, opened with another unit's approval; and by legal order, with two."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.tracing.searches import KEYS, NOW, account_id, enrol, playing

from epiloop.core.errors import NotAllowed, NotFound, Refused
from epiloop.runtime.requests.tracing.answers import search
from epiloop.runtime.requests.tracing.asking import propose as propose_search
from epiloop.runtime.requests.tracing.deciding import approve, standing, withdraw
from epiloop.runtime.requests.tracing.histories import Opening, Order, propose, text_of, visits
from epiloop.vault import grants
from epiloop.vault.signatures import signed

JUDGE = bytes([77]) * 32


@pytest.fixture
def story(clean):
    with playing(clean) as made:
        enrol(clean, JUDGE, "person", str(account_id("judge")), "court")
        yield made


def asked(story, **opening):
    by = story.by("asker", "ask")
    told = Opening(story.people["case"], "county office", **opening)
    text = text_of(story.parts, by, told, at=story.parts.now(), id_=story.parts.new_id())
    return UUID(str(propose(story.parts, by, text, signed(text, KEYS["asker"])).result["trace"])), text


def approved(story, request, text, who="approver", unit="city office", key=KEYS["approver"], form=""):
    by = story.by(who, f"approve {request} {form}", "duty-officer")
    approve(story.parts, by, request, unit, signed(text, key))


def looked(story, who="asker"):
    return lambda request: visits(story.parts, story.by(who, "look"), request)


def test_a_cases_own_visits_are_opened_after_another_unit_approved_and_stand_in_its_log(story):
    request, text = asked(story)
    with pytest.raises(Refused):
        looked(story)(request)
    with pytest.raises(NotAllowed):
        approved(story, request, text, "colleague", "county office", KEYS["colleague"])
    approved(story, request, text)
    (stay,) = looked(story)(request)
    assert (stay.kind, stay.entered, stay.zone) == ("market", NOW - timedelta(days=2), b"")
    looks = [one.kind for one in story.parts.vault.accesses(subject=story.people["case"])]
    assert "history" in looks
    with pytest.raises(NotAllowed):
        looked(story, "colleague")(request)
    with pytest.raises(NotFound):
        search(story.made, story.by("asker", "search"), request)
    withdraw(story.parts, story.by("asker", "end"), request)
    with pytest.raises(Refused):
        looked(story)(request)


def test_a_legal_order_needs_two_further_units_and_is_counted_for_everybody(story):
    request, text = asked(story, order=Order("ihr-2005-45", "Focal Point", "2022/17", NOW - timedelta(days=5), NOW, 1))
    approved(story, request, text)
    assert standing(story.parts, request)[0].step == "asked"
    with pytest.raises(Refused):
        looked(story)(request)
    with pytest.raises(NotAllowed):
        approved(story, request, text, form="again")
    approved(story, request, text, "judge", "court", JUDGE)
    assert standing(story.parts, request)[0].step == "approved"
    assert len(looked(story)(request)) == 1
    (day,) = [one for one in story.parts.vault.counts() if one.legal_orders]
    assert (day.legal_orders, day.histories, day.openings) == (1, 0, 1)


def test_who_is_no_case_has_no_history_and_a_wider_window_is_not_handed_in(story):
    by = story.by("asker", "ask")
    told = Opening(story.people["known"], "county office")
    with pytest.raises(NotFound):
        text_of(story.parts, by, told, at=story.parts.now(), id_=story.parts.new_id())
    _, text = asked(story)
    given = grants.read(text)
    wider = grants.write(replace(given, id=story.parts.new_id(), since=given.since - timedelta(days=3)))
    for hand_in in (propose, propose_search):
        with pytest.raises(Refused):
            hand_in(story.parts, by, wider, signed(wider, KEYS["asker"]))
