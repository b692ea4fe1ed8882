"""The steps of a sign-in: name and password, then a second factor. Each failure counts towards the lock."""

from datetime import datetime

from django.contrib.auth.hashers import make_password

from epiloop.core.errors import N_, NotAllowed
from epiloop.runtime.accounts import lockout
from epiloop.runtime.accounts.factors import check_totp, use_recovery_code
from epiloop.runtime.accounts.known_devices import known_device
from epiloop.runtime.accounts.lockout import Attempt
from epiloop.runtime.accounts.records import record
from epiloop.store.models import Account
from epiloop.store.models.accounts import normal_login


def check_password_step(login: str, password: str, address: str, at: datetime, marks: str = "") -> Account:
    """The account of a right name and password. Raises Refused while locked, NotAllowed for anything wrong.

    `marks` are those of the browser (`known_devices`). An unknown name costs the same time and gives the same answer
    as a wrong password.
    """
    attempt = Attempt(address, login, known_device(marks, login, at))
    lockout.check_not_locked(attempt, at)
    account = Account.objects.filter(login=normal_login(login)).first()
    if account is None:
        make_password(password)
    elif account.check_password(password) and account.is_active:
        return account
    _fail(attempt, account, at)
    raise NotAllowed(N_("The login name or the password is not right."), remedy=N_("Check both and try again."))


def check_code_step(account: Account, typed: str, address: str, at: datetime, marks: str = "") -> None:
    """Pass with a right code of the authenticator app, or an unused recovery code. Raises as the password step."""
    attempt = Attempt(address, account.login, known_device(marks, account.login, at), "code")
    lockout.check_not_locked(attempt, at)
    if not (check_totp(account, typed, at) or use_recovery_code(account, typed, at)):
        _fail(attempt, account, at)
        raise NotAllowed(
            N_("This code is not right, or it was used already."), remedy=N_("Wait for the next one and type it in.")
        )
    lockout.succeeded(attempt)


def _fail(attempt: Attempt, account: Account | None, at: datetime) -> None:
    locked = lockout.failed(attempt, at)
    if account is not None:
        record(account.id, "locked" if locked else "refused", at=at)
