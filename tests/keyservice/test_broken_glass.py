"""An emergency opens one person for an hour, and waits for the review of another person (PRIVACY B1)."""

import pytest
from tests.keyservice.casework import FRIEND, HOUR, NOW, authorisation, propose, sign

from epiloop.core.errors import NotAllowed, Refused
from epiloop.vault import grants


def test_broken_glass_opens_one_person_for_an_hour_and_waits_for_a_review(cases, clock, vault):
    grant = propose(cases, authorisation("break-glass"))
    assert len(cases.history(grant, "maker")) == 1
    clock.at = NOW + HOUR
    with pytest.raises(Refused):
        cases.history(grant, "maker")
    with pytest.raises(NotAllowed):
        cases.review(grant, sign("maker", grants.review_text(grant, justified=True)), justified=True)
    clock.at = NOW + 25 * HOUR
    attempts = (
        lambda: vault.reveal([FRIEND], asker="maker", purpose="duty-control"),
        lambda: propose(cases, authorisation("history", 2, clock.at)),
    )
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    with pytest.raises(NotAllowed):
        cases.review(grant, sign("approver", grants.review_text(grant, justified=False)), justified=True)
    cases.review(grant, sign("approver", grants.review_text(grant, justified=True)), justified=True)
    assert attempts[0]()
    assert attempts[1]()
    assert [(one.broken_glass, one.reviews, one.unjustified) for one in cases.counts()] == [(1, 0, 0), (0, 1, 0)]


def test_whoever_breaks_the_glass_again_and_again_waits_for_a_review(cases):
    broken = [propose(cases, authorisation("break-glass", number)) for number in range(1, 1 + grants.MOST_UNREVIEWED)]
    further = authorisation("break-glass", 9)
    with pytest.raises(NotAllowed):
        propose(cases, further)
    assert propose(cases, authorisation("break-glass", 1)) == broken[0], "the same text again is the same"
    cases.review(broken[0], sign("approver", grants.review_text(broken[0], justified=True)), justified=True)
    propose(cases, further)
