"""The key service's database came from a backup: what was ended or reviewed since is so again within a minute."""

from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from tests.tracing.searches import KEYS, account_id, playing
from tests.tracing.test_deciding_together import there
from tests.tracing.test_lost_emergencies import emergency
from tests.tracing.test_searches import approved, asked

from epiloop.core.errors import Refused
from epiloop.operations.tracing.events import GlassReviewed
from epiloop.project.keyservice import enrolling
from epiloop.runtime.requests.tracing.answers import search
from epiloop.runtime.requests.tracing.deciding import approve, refuse, standing, withdraw
from epiloop.runtime.requests.tracing.emergencies import break_glass, review
from epiloop.runtime.requests.tracing.lost import agree_on_ends, agree_on_reviews
from epiloop.vault import grants
from epiloop.vault.results import Found
from epiloop.vault.signatures import signed
from keyservice import enrolment


@pytest.fixture
def story(clean):
    with playing(clean) as made:
        made.attest(Found.CONFIRMED)
        yield made


@contextmanager
def own(installation):
    with psycopg.connect(installation.dsn("vault"), autocommit=True) as connection:
        yield connection


def forgotten(installation):
    """The authorisations as a backup from before has them."""
    with own(installation) as connection:
        connection.execute("UPDATE authorisation SET withdrawn_at = NULL, withdrawn_by = NULL")
        connection.execute("UPDATE authorisation SET reviewed_at = NULL, reviewer = NULL, justified = NULL")


def test_what_was_ended_since_the_backup_opens_nothing_and_is_ended_again(story, clean):
    ended, refused = approved(story, "one"), asked(story, "two")[0]
    withdraw(story.parts, story.by("asker", "end"), ended)
    refuse(story.parts, story.by("approver", "refuse", "duty-officer"), refused, "no need")
    running, text = asked(story, "three")
    approve(
        story.parts, story.by("approver", "3", "duty-officer"), running, "city office", signed(text, KEYS["approver"])
    )
    forgotten(clean)
    assert [there(story, one) for one in (ended, refused, running)] == ["open", "proposed", "open"]
    with pytest.raises(Refused):
        search(story.made, story.by("asker", "search"), ended)
    assert agree_on_ends(story.parts) == 2
    assert [there(story, one) for one in (ended, refused, running)] == ["withdrawn", "withdrawn", "open"]
    with pytest.raises(Refused):
        story.parts.vault.trace(ended, str(account_id("asker")))
    assert agree_on_ends(story.parts) == 0
    assert search(story.made, story.by("asker", "search three"), running).first == 2


def reviewed(story):
    """An emergency that somebody of another unit found justified."""
    id_, text = emergency(story)
    break_glass(story.parts, story.by("asker", "glass"), text, signed(text, KEYS["asker"]))
    reviewer = story.by("approver", "review", "duty-officer")
    said = signed(grants.review_text(id_, justified=True), KEYS["approver"])
    review(story.parts, reviewer, id_, GlassReviewed(reviewer.actor, "city office", True), said)
    return id_


def test_a_review_is_handed_in_again_so_that_nobody_stays_suspended(story, clean):
    id_ = reviewed(story)
    assert agree_on_reviews(story.parts) == 0
    forgotten(clean)
    assert agree_on_reviews(story.parts) == 1
    assert agree_on_reviews(story.parts) == 0
    assert next(one.review_due for one in story.parts.vault.grants() if one.id == id_) is None
    assert standing(story.parts, id_)[0].justified is True


def test_a_review_whose_key_has_ended_holds_up_nobody(story, clean):
    reviewed(story)
    forgotten(clean)
    with enrolling.database(clean.keyservice) as connection:
        enrolment.end(connection, "person", str(account_id("approver")), story.parts.now() - timedelta(minutes=1))
    assert agree_on_reviews(story.parts) == 0
