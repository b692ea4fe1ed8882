"""The state of a sign-in in the session: password given, second factor given, confirmed again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from epiloop.core.addresses import whose
from epiloop.runtime.accounts.confirmed import CONFIRMED_AT, is_confirmed
from epiloop.runtime.accounts.known_devices import KNOWN_FOR, marked
from epiloop.runtime.accounts.records import record
from epiloop.store.models import Account
from epiloop.web.acting import real_instant
from epiloop.web.sessions import DEVICE, MADE_AT

P = ParamSpec("P")
Answer = TypeVar("Answer", bound=HttpResponse)
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

PENDING, NEXT = "pending", "next"
KNOWN = "known"
"""The cookie of a browser in which somebody signed in before."""
PENDING_FOR = timedelta(minutes=10)
BACKEND = "epiloop.web.accounts.backend.Accounts"

BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("MicroMessenger", "WeChat"), ("Chrome/", "Chrome"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"))


def begin(request: HttpRequest, account: Account, following: str) -> None:
    """The password was right: remember who, for ten minutes, under a fresh session key."""
    request.session.cycle_key()
    request.session[PENDING] = {"account": str(account.id), "at": real_instant(request).isoformat()}
    request.session[NEXT] = following


def pending_account(request: HttpRequest) -> Account | None:
    """Whose second factor is awaited; None if nobody's or for too long."""
    pending = request.session.get(PENDING)
    if not pending or real_instant(request) - datetime.fromisoformat(pending["at"]) > PENDING_FOR:
        return None
    return Account.objects.filter(pk=pending["account"], disabled_at=None).first()


def finish(request: HttpRequest, account: Account, how: str) -> str:
    """Sign in after the second factor. Returns the path to go to."""
    at = real_instant(request)
    following = request.session.get(NEXT, "")
    login(request, account, backend=BACKEND)
    for key in (PENDING, NEXT):
        request.session.pop(key, None)
    request.session[CONFIRMED_AT] = request.session[MADE_AT] = at.isoformat()
    request.session[DEVICE] = device(request.headers.get("User-Agent", ""))
    record(account.id, "signed-in", at=at, by=account.id, how=how)
    return safe_path(request, following)


def remember(request: HttpRequest, account: Account, answer: Answer) -> Answer:
    """The answer, which has the browser keep that this account signed in there."""
    text = marked(marks(request), account.login, real_instant(request))
    answer.set_cookie(
        KNOWN, text, max_age=KNOWN_FOR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )
    return answer


def marks(request: HttpRequest) -> str:
    """What the browser kept of those who signed in there."""
    return request.COOKIES.get(KNOWN, "")


def confirm(request: HttpRequest, account: Account) -> None:
    """The second factor was given again."""
    at = real_instant(request)
    request.session[CONFIRMED_AT] = at.isoformat()
    record(account.id, "confirmed", at=at, by=account.id)


def confirmed_within(request: HttpRequest, minutes: int) -> bool:
    """Whether the second factor was given in this session within so many minutes."""
    return is_confirmed(request.session, real_instant(request), timedelta(minutes=minutes))


def step_up_required(minutes: int = 10) -> Callable[[Page[P]], Page[P]]:
    """A page that asks for the second factor again if it was not given within so many minutes (R26).

    Place it under `signed_in` or `right_required`. A form sent too late is lost to the confirmation: put the decorator
    on the page that shows the form as well.
    """

    def decorate(page: Page[P]) -> Page[P]:
        @wraps(page)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if confirmed_within(request, minutes):
                return page(request, *args, **kwargs)
            following = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "/")
            return redirect(f"{reverse('confirm')}?{urlencode({'next': safe_path(request, following)})}")

        return guarded

    return decorate


def safe_path(request: HttpRequest, following: str | None) -> str:
    """A path of this site to go on to; the start page for anything else."""
    ok = url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure())
    return following if following and ok else "/"


def address(request: HttpRequest) -> str:
    """Where the request came from, as the server sees it or the one that hands requests on; only ever stored as a keyed
    digest.
    """
    return whose(str(request.META.get("REMOTE_ADDR", "")), request.headers.get("X-Forwarded-For", ""))


def device(agent: str) -> str:
    """A browser in two words for the list of sessions: "Chrome, Windows"; the full text is not kept."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "Safari" if "Safari/" in agent else "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "Linux" if "Linux" in agent else "")
    return ", ".join(part for part in (browser, system) if part)
