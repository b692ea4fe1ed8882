"""An emergency that was handed in at the key service, while the application was killed before it noted it."""

from datetime import timedelta

import pytest
from tests.tracing.searches import HERE, KEYS, NOW, account_id, playing

from epiloop.core.errors import Refused
from epiloop.operations.tracing.events import GlassReviewed
from epiloop.runtime.requests.tracing.deciding import standing
from epiloop.runtime.requests.tracing.emergencies import Emergency, break_glass, review, text_of
from epiloop.runtime.requests.tracing.histories import visits
from epiloop.runtime.requests.tracing.lost import take_up_lost
from epiloop.vault import grants
from epiloop.vault.signatures import signed


@pytest.fixture
def story(clean):
    with playing(clean) as made:
        yield made


def emergency(story):
    by, id_ = story.by("asker", "glass"), story.parts.new_id()
    told = Emergency(story.people["case"], "A child is missing.", "county office")
    return id_, text_of(story.parts, by, told, at=story.parts.now(), id_=id_)


def test_what_only_the_key_service_knows_is_noted_can_be_reviewed_and_is_noted_once(story):
    id_, text = emergency(story)
    story.parts.vault.propose(text, signed(text, KEYS["asker"]))
    assert take_up_lost(story.parts) == 1
    assert take_up_lost(story.parts) == 0
    state, where = standing(story.parts, id_)
    assert (state.kind, state.step, state.by, where) == ("glass", "broken", str(account_id("asker")), HERE)
    assert NOW < state.due <= story.parts.now() + timedelta(hours=24)
    reviewer = story.by("approver", "review", "duty-officer")
    said = grants.review_text(id_, justified=False)
    review(story.parts, reviewer, id_, GlassReviewed(reviewer.actor, "city office", False), signed(said, KEYS["approver"]))  # fmt: skip  # noqa: E501
    assert standing(story.parts, id_)[0].justified is False


def test_whoever_hands_in_after_the_clock_changes_nothing_and_looks(story):
    id_, text = emergency(story)
    story.parts.vault.propose(text, signed(text, KEYS["asker"]))
    take_up_lost(story.parts)
    by = story.by("asker", "later")
    assert break_glass(story.parts, by, text, signed(text, KEYS["asker"])).result["trace"] == str(id_)
    assert len(visits(story.parts, by, id_)) == 1


def test_what_was_noted_withdrawn_or_reviewed_is_left_alone(story):
    _, text = emergency(story)
    break_glass(story.parts, story.by("asker", "glass"), text, signed(text, KEYS["asker"]))
    assert take_up_lost(story.parts) == 0
    other, text = emergency(story)
    story.parts.vault.propose(text, signed(text, KEYS["asker"]))
    story.parts.vault.withdraw(other, "asker")
    assert take_up_lost(story.parts) == 0
    with pytest.raises(Refused):
        break_glass(story.parts, story.by("asker", "more"), text, signed(text, KEYS["asker"]))
