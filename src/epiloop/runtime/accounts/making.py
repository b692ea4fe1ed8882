"""Make accounts, grant and withdraw roles, disable and enable; the first administrator of an installation."""

import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from epiloop.core.errors import N_, InvalidInput, NotAllowed, Refused
from epiloop.core.instants import Interval
from epiloop.core.rights import EVERYWHERE, AccountView, Grant, can_grant
from epiloop.runtime.accounts.passwords import check_password_rules
from epiloop.runtime.accounts.records import record
from epiloop.store.models import Account, AccountSession, Authenticator, RoleGrant, SetupToken


@transaction.atomic
def make_account(
    login: str,
    password: str,
    *,
    at: datetime,
    by: UUID | None = None,
    language: str = "",
    grants: tuple[Grant, ...] = (),
) -> Account:
    """A new account. Raises InvalidInput for a bad login name or password, Refused if the name is taken."""
    _check_login(login)
    check_password_rules(password, login)
    try:
        with transaction.atomic():
            account = Account.objects.add(uuid4(), login, password, at=at, language=language)
    except IntegrityError:
        raise Refused(N_("This login name is taken."), remedy=N_("Choose another one.")) from None
    record(account.id, "made", at=at, by=by)
    for grant in grants:
        _add(account, grant, at=at, by=by)
    return account


def grant_role(account: Account, grant: Grant, *, giver: AccountView, at: datetime) -> None:
    """Grant a role. Raises NotAllowed if the giver does not manage accounts in that whole jurisdiction."""
    if not can_grant(giver, grant):
        raise NotAllowed(N_("You can grant roles only inside your own jurisdiction."))
    with transaction.atomic():
        _add(account, grant, at=at, by=giver.id)


def withdraw_role(row: RoleGrant, *, giver: AccountView, at: datetime) -> None:
    """End a grant now; it counts from the next request. Raises NotAllowed as `grant_role`."""
    if not can_grant(giver, row.as_grant()):
        raise NotAllowed(N_("You can withdraw roles only inside your own jurisdiction."))
    with transaction.atomic():
        RoleGrant.objects.filter(pk=row.pk).update(ends_at=max(at, row.starts_at))
        record(row.account_id, "withdrawn", at=at, by=giver.id, role=row.role, jurisdiction=row.jurisdiction)


@transaction.atomic
def disable(account: Account, *, by: UUID, at: datetime) -> None:
    """Disable at once: sessions end, tokens stop."""
    Account.objects.filter(pk=account.pk).update(disabled_at=at)
    AccountSession.objects.filter(account=account.pk).delete()
    record(account.id, "disabled", at=at, by=by)


@transaction.atomic
def enable(account: Account, *, by: UUID, at: datetime) -> None:
    """Let a disabled account sign in again."""
    Account.objects.filter(pk=account.pk).update(disabled_at=None)
    record(account.id, "enabled", at=at, by=by)


@transaction.atomic
def reset_second_factor(account: Account, *, by: UUID, at: datetime) -> None:
    """Remove authenticator, passkeys, recovery codes and sessions; the next sign-in sets up a new second factor."""
    Authenticator.objects.filter(account=account).delete()
    account.passkeys.all().delete()
    account.recovery_codes.all().delete()
    AccountSession.objects.filter(account=account.pk).delete()
    record(account.id, "second-factor-reset", at=at, by=by)


def new_setup_token(at: datetime) -> str | None:
    """A fresh token for the set-up page, replacing an older one; None once there is an account."""
    if Account.objects.exists():
        return None
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        SetupToken.objects.all().delete()
        SetupToken.objects.create(digest=hashlib.sha256(token.encode()).digest(), made_at=at)
    return token


@transaction.atomic
def make_first_administrator(token: str, login: str, password: str, *, at: datetime, language: str = "") -> Account:
    """The administrator of everything. Raises Refused for a wrong token or if there is an account already."""
    row = SetupToken.objects.select_for_update().first()
    given = hashlib.sha256(token.strip().encode()).digest()
    if Account.objects.exists() or row is None or not hmac.compare_digest(bytes(row.digest), given):
        raise Refused(
            N_("This set-up token is not valid."), remedy=N_("Use the one that `epiloop up` printed when it started.")
        )
    everything = Grant("administrator", EVERYWHERE, Interval(at))
    account = make_account(login, password, at=at, language=language, grants=(everything,))
    row.delete()
    return account


def _add(account: Account, grant: Grant, *, at: datetime, by: UUID | None) -> None:
    RoleGrant.objects.create(
        account=account,
        role=grant.role,
        jurisdiction=grant.jurisdiction,
        starts_at=grant.held.start,
        ends_at=grant.held.end,
        granted_by=by,
    )
    record(account.id, "granted", at=at, by=by, role=grant.role, jurisdiction=grant.jurisdiction)


def _check_login(login: str) -> None:
    plain = login.strip()
    if not 3 <= len(plain) <= 64 or not all(sign.isascii() and (sign.isalnum() or sign in "-._") for sign in plain):
        raise InvalidInput(
            N_("A login name has 3 to 64 letters, digits, points, hyphens or underscores."),
            remedy=N_("Take the name of the post, not of the person."),
        )
