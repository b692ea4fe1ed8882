"""API tokens: narrower than their account, stopped by everything that stops the account."""

from datetime import timedelta

import pytest
from django.utils import timezone

from epiloop.core.errors import InvalidInput, NotAllowed
from epiloop.core.rights import can
from epiloop.runtime.accounts import making
from epiloop.runtime.accounts.tokens import issue_token, token_view, withdraw_token
from epiloop.store.models import ApiToken

DAY = timedelta(days=1)


def test_a_token_speaks_for_its_account_within_its_scopes(cast):
    text = issue_token(cast.officer, "wall", ["board.read"], life=DAY, at=timezone.now())
    view = token_view(text, timezone.now())
    assert view.id == cast.officer.id
    assert can(view, "board.read", None)
    assert not can(view, "person.read", None)
    assert text.encode() not in bytes(ApiToken.objects.get().digest)


def issued(cast):
    text = issue_token(cast.officer, "wall", ["board.read"], life=DAY, at=timezone.now())
    token_view(text, timezone.now())
    return text


def test_a_token_ends_by_itself(cast):
    text = issued(cast)
    with pytest.raises(NotAllowed):
        token_view(text, timezone.now() + DAY)


def test_a_withdrawn_token_opens_nothing(cast):
    text = issued(cast)
    withdraw_token(ApiToken.objects.get(), by=cast.officer, at=timezone.now())
    with pytest.raises(NotAllowed):
        token_view(text, timezone.now())


def test_the_token_of_a_disabled_account_opens_nothing(cast):
    text = issued(cast)
    making.disable(cast.officer, by=cast.admin.id, at=timezone.now())
    with pytest.raises(NotAllowed):
        token_view(text, timezone.now())


@pytest.mark.parametrize(("scopes", "life"), [(["status.write"], DAY), (["board.read"], timedelta(days=400))])
def test_a_token_with_an_unknown_right_or_a_life_over_a_year_is_refused(cast, scopes, life):
    with pytest.raises(InvalidInput):
        issue_token(cast.officer, "wall", scopes, life=life, at=timezone.now())


def test_an_unknown_token_opens_nothing(cast):
    with pytest.raises(NotAllowed):
        token_view("epl_guess", timezone.now())
