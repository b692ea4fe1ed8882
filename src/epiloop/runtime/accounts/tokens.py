"""API tokens: keys for programs, narrower than the account they belong to."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from epiloop.core.errors import N_, InvalidInput, NotAllowed
from epiloop.core.rights import AccountView, rights
from epiloop.runtime.accounts.confirmed import LATELY
from epiloop.runtime.accounts.records import record
from epiloop.runtime.accounts.signing_in import check_code_step
from epiloop.runtime.accounts.views import account_view
from epiloop.store.models import Account, AccountRecord, ApiToken

PREFIX = "epl_"
LONGEST_LIFE = timedelta(days=365)
USE_NOTED_EVERY = timedelta(minutes=5)
CONFIRMED = "confirmed"


@transaction.atomic
def issue_token(account: Account, name: str, scopes: Iterable[str], *, life: timedelta, at: datetime) -> str:
    """A new token, shown once. Raises InvalidInput for an unknown right or a life over a year."""
    if not timedelta() < life <= LONGEST_LIFE:
        raise InvalidInput(N_("A token lives one to %(days)d days."), days=LONGEST_LIFE.days)
    text = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        id=uuid4(),
        account=account,
        name=name,
        digest=_digest(text),
        scopes=sorted(rights(scopes)),
        made_at=at,
        expires_at=at + life,
    )
    record(account.id, "token-issued", at=at, by=account.id, token=str(row.id))
    return text


@transaction.atomic
def withdraw_token(row: ApiToken, *, by: Account, at: datetime) -> None:
    """The token opens nothing from now on."""
    ApiToken.objects.filter(pk=row.pk).update(withdrawn_at=at)
    record(row.account_id, "token-withdrawn", at=at, by=by.id, token=str(row.id))


def token_view(text: str, at: datetime) -> AccountView:
    """Whom a token speaks for, narrowed to its scopes. Raises NotAllowed for one unknown, expired or withdrawn."""
    row = _valid(text, at)
    if row.used_at is None or at - row.used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(used_at=at)
    return replace(account_view(row.account, at), within=frozenset(rights(row.scopes)))


def confirm_token(text: str, code: str, address: str, at: datetime) -> datetime:
    """The second factor of the token's account was given with it: until when that counts. A code works once; wrong ones
    count towards the lock. Raises NotAllowed for a wrong code or token, Refused while locked.
    """
    row = _valid(text, at)
    check_code_step(row.account, code, address, at)
    record(row.account_id, CONFIRMED, at=at, by=row.account_id, token=str(row.id))
    return at + LATELY


def is_token_confirmed(text: str, at: datetime) -> bool:
    """Whether the second factor was given with this token lately, as in a session (PRIVACY R26)."""
    lately = AccountRecord.objects.filter(what=CONFIRMED, at__gt=at - LATELY, at__lte=at)
    token = _valid(text, at)
    return lately.filter(account=token.account_id, detail__token=str(token.id)).exists()


def _valid(text: str, at: datetime) -> ApiToken:
    row = ApiToken.objects.select_related("account").filter(digest=_digest(text)).first()
    if row is None or row.withdrawn_at is not None or row.expires_at <= at or not row.account.is_active:
        raise NotAllowed(N_("This token is not valid."), remedy=N_("Issue a new one on the page of your account."))
    return row


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
