"""Codes of a place step by step, and the keys of an installation: made once, replaced, dropped."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.checkins.test_codes import AT, CLAIMS, PLACE
from tests.histories import recorded

from epiloop.core.errors import InvalidInput, NotFound, Refused
from epiloop.ledger.events import Draft
from epiloop.operations.checkins import actions, codes
from epiloop.operations.checkins import events as e
from epiloop.operations.checkins.codes import Verifier
from epiloop.operations.checkins.state import STEPS, Codes, fold
from epiloop.project.home import Installation, installation_at
from epiloop.project.venue_keys import SIGNING, TRUSTED, replace_signing, venue_keys

DAY = timedelta(days=1)
ISSUED, ENDS = e.VenueCodeIssued("hall", 1), e.VenueCodeEnded("hall", 1, AT + 7 * DAY)


def after(*bodies: object) -> Codes:
    return fold(PLACE, recorded([Draft(PLACE, body, AT, 1) for body in bodies]))


STATES = {"unknown": (), "holding": (ISSUED,), "ending": (ISSUED, ENDS)}


@pytest.mark.parametrize("now", STATES)
@pytest.mark.parametrize("wanted", ["holding", "ending"])
def test_a_code_goes_only_where_the_table_says(now: str, wanted: str) -> None:
    state = after(*STATES[now])
    sooner = e.VenueCodeEnded("hall", 1, AT + DAY, e.Ending.COPIED)
    if wanted == "holding":
        if now == "holding":
            with pytest.raises(Refused):
                actions.issue(state, "hall", jurisdiction=1, at=AT)
            return
        [draft] = actions.issue(state, "hall", jurisdiction=1, at=AT)
        assert draft.body.number == 1 + len(state.codes), "one that ended never holds again: the next number does"
        return
    if wanted in STEPS[now]:
        reached = after(*STATES[now], *[draft.body for draft in actions.end(state, sooner, jurisdiction=1, at=AT)])
        assert (reached.codes[0].step, reached.codes[0].ends, reached.codes[0].reason) == ("ending", AT + DAY, "copied")
    else:
        with pytest.raises(NotFound):
            actions.end(state, sooner, jurisdiction=1, at=AT)


def test_missing_codes_are_issued_and_no_others() -> None:
    state = after(ISSUED, e.VenueCodeIssued("yard", 1), e.VenueCodeEnded("yard", 1, AT + DAY))
    drafts = actions.issue_missing(state, ("hall", "yard", "roof"), jurisdiction=1, at=AT)
    assert [(draft.body.zone, draft.body.number) for draft in drafts] == [("yard", 2), ("roof", 1)]


@pytest.fixture
def made(tmp_path) -> Installation:
    return installation_at(tmp_path / "home").lay_out()


def holds(home: Installation, code: str) -> bool:
    try:
        return Verifier(venue_keys(home).trusted).verify(code, AT + DAY) == CLAIMS
    except Refused:
        return False


def test_a_replaced_key_is_believed_for_what_it_signed_until_then(made: Installation) -> None:
    first = venue_keys(made).signer
    old = codes.signed(CLAIMS, first)
    assert venue_keys(made).signer.key_id == first.key_id, "the key is made once"
    replace_signing(made, AT + DAY, dropped=False)
    assert venue_keys(made).signer.key_id != first.key_id
    assert holds(made, old)
    assert holds(made, codes.signed(CLAIMS, venue_keys(made).signer))
    replace_signing(made, AT + 2 * DAY, dropped=False)
    assert holds(made, old)


def test_a_stolen_key_is_believed_for_nothing(made: Installation) -> None:
    old = codes.signed(CLAIMS, venue_keys(made).signer)
    replace_signing(made, AT + DAY, dropped=True)
    assert not holds(made, old)


def test_a_key_file_is_for_its_owner_only_and_a_bad_list_names_its_line(made: Installation) -> None:
    replace_signing(made, datetime(2022, 8, 1, tzinfo=UTC), dropped=False)
    for name in (SIGNING, TRUSTED):
        assert made.key_file(name).stat().st_mode & 0o077 == 0
    made.write_key(TRUSTED, made.key_file(TRUSTED).read_bytes() + b"not a key\n")
    with pytest.raises(InvalidInput) as wrong:
        venue_keys(made)
    assert wrong.value.where.endswith("venue-trusted:2")
