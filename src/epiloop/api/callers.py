"""Who asks: a program with a bearer token, or a page with its session; and what they may read.

Rights are read again with every request, so a withdrawn one works at once (PRIVACY R26). Reading goes through
row-level security with the scope in which the caller holds the right.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyCookie, HttpBearer
from psycopg import Connection

from epiloop.core import rights
from epiloop.core.errors import N_, NotAllowed
from epiloop.core.jurisdictions import Scope
from epiloop.core.rights import AccountView
from epiloop.runtime import present
from epiloop.runtime.accounts.confirmed import is_confirmed
from epiloop.runtime.accounts.tokens import is_token_confirmed, token_view
from epiloop.runtime.accounts.views import account_view
from epiloop.runtime.requests import By
from epiloop.runtime.requests.asking import laws_of
from epiloop.store.models import Account
from epiloop.store.reading.board import Day, day_around
from epiloop.store.scoped import reading


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, with the rights held now and the one instant that every answer of the request is for."""

    account: AccountView
    at: datetime
    digest: str

    @property
    def actor(self) -> str:
        """What acts name: the account's id as text."""
        return str(self.account.id)

    def by(self, purpose: str, key: str = "") -> By:
        """The caller as an act takes it."""
        return By(self.actor, purpose, key, self.account, self.digest)

    def scope(self, right: str) -> Scope:
        """Where the right is held."""
        return rights.scope_of(self.account, right)

    @contextmanager
    def reading(self, right: str, jurisdiction: int | None = None) -> Iterator[Connection[Any]]:
        """A connection that sees what the right opens. Raises NotAllowed without the right (there, if somewhere)."""
        rights.check_right(self.account, right, jurisdiction)
        with reading(present.readers(), self.scope(right)) as connection:
            yield connection

    def day(self, jurisdiction: int | None) -> Day:
        """The calendar day around the instant, by the jurisdiction's clock."""
        return day_around(self.at, laws_of(present.parts()).zone(jurisdiction or 0))


def caller(request: HttpRequest) -> Caller:
    """Who asks; there is always somebody behind `Token` or `Session`."""
    return cast("Caller", request.auth)  # type: ignore[attr-defined]


class Token(HttpBearer):
    """A token issued for an account, narrower than its rights."""

    openapi_description = "A token of an account, with some of its rights as scopes."

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Who the token speaks for; None if it is not valid."""
        try:
            return _caller(request, token_view(token, timezone.now()))
        except NotAllowed:
            return None


class ConfirmedToken(Token):
    """A token with which the second factor of its account was given in the last ten minutes: alone it opens no visits
    and puts no rules in force, so that one who finds it does not either (PRIVACY R26).
    """

    openapi_description = "As Token; the second factor was given with it in the last ten minutes (`/second-factor`)."

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Who the token speaks for; None if it is not valid. Raises NotAllowed without the second factor."""
        found = super().authenticate(request, token)
        if found is not None and not is_token_confirmed(token, timezone.now()):
            raise NotAllowed(
                N_("This needs your second factor again."),
                remedy=N_("Send a code of your authenticator app to %(path)s, then send this again."),
                path="/second-factor",
            )
        return found


class Session(APIKeyCookie):
    """The session of a page; requests that change something need its token against forged requests."""

    param_name = "epiloop"

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        """Who is signed in, with a second factor; None if nobody is."""
        account = request.user
        if key is None or not isinstance(account, Account):
            return None
        return _caller(request, account_view(account, timezone.now()))


class Confirmed(Session):
    """The session of a page in which the second factor was given in the last ten minutes: for what pages, too, ask it
    again for (PRIVACY R26).
    """

    openapi_description = "As Session; the second factor was given in the last ten minutes."

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        """Who is signed in; None if nobody is. Raises NotAllowed if the second factor was given longer ago."""
        found = super().authenticate(request, key)
        if found is not None and not is_confirmed(request.session, timezone.now()):
            raise NotAllowed(
                N_("This needs your second factor again."), remedy=N_("Confirm it on the page, then send this again.")
            )
        return found


ANYBODY, GRAVE = (Token(), Session()), (ConfirmedToken(), Confirmed())
"""Who may ask for anything they have the right to; and for what opens visits or puts rules in force."""


def _caller(request: HttpRequest, view: AccountView) -> Caller:
    return Caller(view, present.now(), _digest(request, view.id))


def _digest(request: HttpRequest, account: UUID) -> str:
    """Stands for the whole request, under the installation's secret: a key that comes with another one is noticed."""
    if request.method in ("GET", "HEAD"):
        return ""
    hashed = hashlib.blake2b(digest_size=16, key=present.running().stamp[:64])
    for part in (account.bytes, (request.method or "").encode(), request.get_full_path().encode(), _content(request)):
        hashed.update(hashlib.sha256(part).digest())
    return hashed.hexdigest()


def _content(request: HttpRequest) -> bytes:
    """The body; of a form with files its fields and files, since their separators are drawn anew each time."""
    if not (request.content_type or "").startswith("multipart/"):
        return request.body
    parts = [f"{name}={value}".encode() for name, value in sorted(request.POST.items())]
    for name, file in sorted(request.FILES.items()):
        if isinstance(file, UploadedFile):
            parts.append(f"{name}={file.name}".encode() + file.read())
            file.seek(0)
    return b"\x00".join(parts)
