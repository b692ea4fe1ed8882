"""From a request to who is acting: account, rights, language, zone, one instant; and the decorators pages use.

Grants are read again for every request, so a withdrawn right or a disabled account works at once (PRIVACY R26).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from psycopg import Connection

from epiloop.core import rights
from epiloop.core.errors import N_, NotAllowed
from epiloop.core.jurisdictions import Code, Scope
from epiloop.runtime import present
from epiloop.runtime.accounts.views import account_view
from epiloop.runtime.laws import Laws
from epiloop.runtime.requests.asking import laws_of
from epiloop.store.models import Account
from epiloop.store.scoped import Reader
from epiloop.store.tables import DivisionRow

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

JURISDICTION = "jurisdiction"
"""Session key of the jurisdiction chosen in the header."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Who is acting in this request, what they may do, and the instant every answer of the request is for.

    `at` is the installation's clock (a demonstration may play on other days). Sign-in, sessions and grants go by the
    real clock, `real_instant`.
    """

    account: rights.AccountView
    login: str
    language: str
    zone: tzinfo
    at: datetime
    jurisdiction: Code | None
    """The jurisdiction looked at: chosen in the header, else the first one granted; None without any grant."""
    reader: Reader = field(compare=False, repr=False, kw_only=True)
    """What the request reads with: pages that only look read all in one transaction."""
    divisions: dict[int, DivisionRow | None] = field(default_factory=dict, compare=False, repr=False)
    """The jurisdictions that this request asked for already."""
    _laws: list[Laws] = field(default_factory=list, compare=False, repr=False)

    @property
    def actor(self) -> str:
        """What an act names as its actor: the id of the account."""
        return str(self.account.id)

    def can(self, right: str, jurisdiction: int | None = None) -> bool:
        """Whether the right is held in the jurisdiction (None: anywhere)."""
        return rights.can(self.account, right, jurisdiction)

    def check(self, right: str, jurisdiction: int | None = None) -> None:
        """Raise NotAllowed unless `can`."""
        rights.check_right(self.account, right, jurisdiction)

    def scope(self, right: str) -> Scope:
        """Everywhere the right is held: what a reading transaction is opened with."""
        return rights.scope_of(self.account, right)

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[Connection[Any]]:
        """A connection of role app that sees what lies in the scope, at the one moment of this request."""
        with self.reader.reading(scope) as connection:
            yield connection

    @property
    def laws(self) -> Laws:
        """The laws as adopted now, asked for once per request."""
        if not self._laws:
            with self.reading(Scope()) as connection:
                compiled = present.parts().shelf.compiled(connection)
            self._laws.append(compiled or laws_of(present.parts()))
        return self._laws[0]


def acting(request: HttpRequest) -> Acting:
    """Who is acting, read once per request. Raises NotAllowed if nobody is signed in."""
    known = cast("Acting | None", getattr(request, "epiloop_acting", None))
    if known is None:
        known = _read(request)
        request.epiloop_acting = known  # type: ignore[attr-defined]
    return known


def read_together(request: HttpRequest) -> None:
    """From now on, until `done_reading`, all that this request reads is one transaction."""
    request.epiloop_together = True  # type: ignore[attr-defined]


def done_reading(request: HttpRequest) -> None:
    """Give back what the request read with."""
    known = cast("Acting | None", getattr(request, "epiloop_acting", None))
    if known is not None:
        known.reader.close()


def request_instant(request: HttpRequest) -> datetime:
    """The one instant of a request on the installation's clock, read the first time it is asked for."""
    if not hasattr(request, "at"):
        request.at = present.now()  # type: ignore[attr-defined]
    return cast("datetime", request.at)  # type: ignore[attr-defined]


def real_instant(request: HttpRequest) -> datetime:
    """The one instant of a request on the real clock: what sign-in, sessions and grants go by."""
    if not hasattr(request, "real_at"):
        request.real_at = timezone.now()  # type: ignore[attr-defined]
    return cast("datetime", request.real_at)  # type: ignore[attr-defined]


def right_required(right: str) -> Callable[[Page[P]], Page[P]]:
    """A page for those who hold the right anywhere; others get the sign-in page or an error that says which right."""

    def decorate(page: Page[P]) -> Page[P]:
        @wraps(page)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
            acting(request).check(right)
            return page(request, *args, **kwargs)

        return guarded

    return decorate


def signed_in(page: Page[P]) -> Page[P]:
    """A page for everybody who is signed in, whatever their rights."""

    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        return page(request, *args, **kwargs)

    return guarded


def _read(request: HttpRequest) -> Acting:
    account = request.user
    if not isinstance(account, Account):
        raise NotAllowed(N_("Nobody is signed in."), remedy=N_("Sign in first."))
    view = account_view(account, real_instant(request))
    return Acting(
        account=view,
        login=account.login,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        zone=timezone.get_default_timezone(),
        at=request_instant(request),
        jurisdiction=_jurisdiction(request, view),
        reader=Reader(present.readers(), keep=getattr(request, "epiloop_together", False)),
    )


def _jurisdiction(request: HttpRequest, view: rights.AccountView) -> Code | None:
    granted = [grant.jurisdiction for grant in view.grants if grant.jurisdiction != rights.EVERYWHERE]
    chosen = request.session.get(JURISDICTION)
    if isinstance(chosen, int) and any(chosen in rights.scope_of(view, right) for right in rights.RIGHTS):
        return Code(chosen)
    return min(granted, default=None)
