"""The interface on the real installation: accounts, tokens, a client that sends and reads JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.utils import timezone
from tests.rules.cast import book

from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import code
from epiloop.core.rights import EVERYWHERE, RIGHTS, Grant
from epiloop.project.django_parts import set_up
from epiloop.project.home import Installation, current_installation
from epiloop.project.languages import compile_changed

set_up(current_installation())
compile_changed()

from epiloop.runtime import present  # noqa: E402 - models load after Django is set up
from epiloop.runtime.accounts.making import make_account  # noqa: E402
from epiloop.runtime.accounts.sealing import seal  # noqa: E402
from epiloop.runtime.accounts.tokens import issue_token  # noqa: E402
from epiloop.runtime.acts import Asked  # noqa: E402
from epiloop.runtime.adopting import adopt  # noqa: E402
from epiloop.store.models import Account, Authenticator  # noqa: E402

COUNTY, HERE, ELSEWHERE = code("450226"), "450226001001", "320412001001"
PASSWORD = "nine quiet herons at dusk"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
BASE = "/api/v1"


@dataclass
class Asker:
    """A program with a token."""

    account: Account
    token: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    keys: Iterator[int] = field(default_factory=count)

    def get(self, path: str, *, status: int = 200, language: str = "en", **query: Any) -> Any:
        answer = self.client.get(f"{BASE}{path}", query, headers=self.headers(language))
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    def post(self, path: str, body: Any, *, status: int = 200, key: str = "", language: str = "en") -> Any:
        headers = {**self.headers(language), "Idempotency-Key": key or f"test-key-{next(self.keys)}"}
        answer = self.client.post(f"{BASE}{path}", json.dumps(body), content_type="application/json", headers=headers)
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    def confirm(self) -> "Asker":
        """Give the second factor with the token, as for what opens visits."""
        sealed = seal(SECRET.encode(), bound_to=self.account.id.bytes)
        kept = {"sealed_secret": sealed, "made_at": timezone.now(), "last_step": 0}
        Authenticator.objects.update_or_create(account=self.account, defaults=kept)
        self.post("/second-factor", {"code": pyotp.TOTP(SECRET).now()})
        return self

    def headers(self, language: str = "en") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": language}


def asker(login: str, role: str, where: int = COUNTY, scopes: Any = RIGHTS) -> Asker:
    account = make_account(login, PASSWORD, at=timezone.now(), grants=(Grant(role, where, Interval(LONG_AGO)),))
    token = issue_token(account, "test", scopes, life=timedelta(days=1), at=timezone.now())
    return Asker(account, token)


@pytest.fixture(scope="session", autouse=True)
def quick(quick_django: None) -> None:
    """Accounts of tests have passwords that cost nothing."""


@pytest.fixture
def lawful(clean: Installation) -> Installation:
    """The installation with the national rules in force."""
    present.forget()
    adopt(present.parts(), Asked("test", "rule-keeping", "adopt:cn"), book("cn"), jurisdiction=code("45"))
    return clean


@pytest.fixture
def investigator(lawful: Installation) -> Asker:
    return asker("investigator-1", "investigator")


@pytest.fixture
def registrar(lawful: Installation) -> Asker:
    return asker("registrar-1", "registrar")


@pytest.fixture
def outsider(lawful: Installation) -> Asker:
    return asker("investigator-2", "investigator", code("320412"))


@pytest.fixture
def everything(lawful: Installation) -> Asker:
    """An account with every role everywhere."""
    made = asker("everything-1", "investigator", EVERYWHERE)
    from epiloop.core.rights import ROLES
    from epiloop.store.models import RoleGrant

    for role in ROLES:
        RoleGrant.objects.create(account=made.account, role=role, jurisdiction=EVERYWHERE, starts_at=LONG_AGO)
    return made.confirm()
