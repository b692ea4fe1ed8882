"""The cast of the page tests: accounts, their secrets, and how they sign in."""

from dataclasses import dataclass
from datetime import datetime

import pyotp
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.utils import timezone

from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import code
from epiloop.core.rights import Grant
from epiloop.project.django_parts import set_up
from epiloop.project.home import current_installation
from epiloop.project.languages import compile_changed

set_up(current_installation())
compile_changed()

from epiloop.runtime.accounts import factors, making  # noqa: E402 - models load after Django is set up
from epiloop.runtime.accounts.sealing import seal  # noqa: E402
from epiloop.store.models import Account, Authenticator  # noqa: E402

PASSWORD = "nine quiet herons at dusk"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
COUNTY = code("450226")


class QuickArgon2(Argon2PasswordHasher):
    """The same hash with parameters that cost nothing."""

    time_cost, memory_cost, parallelism = 1, 64, 1


@dataclass(frozen=True)
class Cast:
    """Accounts of a test: an administrator of everything, a duty officer and a worker of one county, an outsider."""

    admin: Account
    officer: Account
    worker: Account
    outsider: Account


def account(login: str, role: str = "", where: int = COUNTY) -> Account:
    at = timezone.now()
    grants = (Grant(role, where, Interval(at)),) if role else ()
    made = making.make_account(login, PASSWORD, at=at, grants=grants)
    sealed = seal(SECRET.encode(), bound_to=made.id.bytes)
    Authenticator.objects.create(account=made, sealed_secret=sealed, made_at=at)
    return made


def totp(at: datetime | None = None) -> str:
    return pyotp.TOTP(SECRET).generate_otp(int((at or timezone.now()).timestamp()) // factors.STEP)


def reuse_codes(one: Account) -> None:
    """Let the current code be used once more, instead of waiting 30 seconds for the next."""
    Authenticator.objects.filter(account=one).update(last_step=0)


def signed_in(one: Account, **more) -> Client:
    """A client that went through the whole sign-in."""
    client = Client(**more)
    reuse_codes(one)
    client.post("/sign-in/", {"login": one.login, "password": PASSWORD})
    answer = client.post("/sign-in/second/", {"code": totp()})
    assert answer.status_code == 302, answer.content.decode()
    return client
