"""What every response carries: a strict content policy, no-store, and errors as pages.

The policy names no nonce and no hash because templates hold no inline script and no inline style; data for scripts
stands in `<script type="application/json">`, which browsers do not run.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext

from epiloop.core.errors import EpiloopError, NotAllowed, Unavailable
from epiloop.store.models import Account
from epiloop.web.acting import done_reading, read_together
from epiloop.web.errors import values

Handler = Callable[[HttpRequest], HttpResponseBase]

ONLY_LOOKS = ("GET", "HEAD")
"""Others act, and then must read what they did."""

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self), publickey-credentials-get=(self)",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class SecurityHeaders:
    """Sets each header that the page did not set itself. Place it first, so that error pages carry them too."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class Acts:
    """The account's language, one reading for each page, Epiloop's errors as pages. Place it after sign-in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in ONLY_LOOKS:
            read_together(request)
        try:
            return self._in_own_language(request)
        finally:
            done_reading(request)

    def _in_own_language(self, request: HttpRequest) -> HttpResponseBase:
        account = request.user
        if isinstance(account, Account) and account.language:
            with translation.override(account.language):
                response = self.get_response(request)
                response.headers["Content-Language"] = account.language
                return response
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for an error of the domain: what, where, what to do. Others go on to Django's handling."""
        if not isinstance(error, EpiloopError):
            return None
        told = values(error)
        context = {
            "what": gettext(error.what) % told,
            "where": error.where,
            "refused": isinstance(error, NotAllowed),
            "remedy": gettext(error.remedy) % told if error.remedy else "",
            **(_again(request) if isinstance(error, Unavailable) else {}),
        }
        return render(request, "error.html", context, status=error.http_status)


def _again(request: HttpRequest) -> dict[str, Any]:
    """How to ask once more for what a part that is away prevented: what was sent in vain goes into a form that sends it
    again, so that nothing typed is lost; files cannot be kept."""
    if request.method != "POST":
        return {"again": True}
    sent = [(name, one) for name in request.POST if name != "csrfmiddlewaretoken" for one in request.POST.getlist(name)]
    return {"sent": sent, "files": bool(request.FILES)}
