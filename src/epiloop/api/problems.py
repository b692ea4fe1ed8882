"""Errors as problem+json (RFC 9457): a stable `code`, and words in the language the client accepts."""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.translation import get_language, gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from epiloop.core.errors import N_, EpiloopError, InvalidInput, NotAllowed, NotFound, Refused, Unavailable

log = logging.getLogger("epiloop.api")

TITLES: dict[str, str] = {
    "invalid-input": N_("What was sent cannot be read"),
    "not-signed-in": N_("Nobody is signed in"),
    "not-allowed": N_("No right to this"),
    "not-found": N_("Not found"),
    "method-not-allowed": N_("Not possible at this address"),
    "refused": N_("Refused"),
    "conflict": N_("Somebody else was faster"),
    "unavailable": N_("Not available now"),
    "rulebook-invalid": N_("The rulebook has mistakes"),
    "broken": N_("Something is not what it must be"),
    "error": N_("Something went wrong"),
}
NOT_SIGNED_IN = NotAllowed(
    N_("No valid token, and nobody is signed in."), remedy=N_("Send a token as `Authorization: Bearer`.")
)


def problem(error: EpiloopError, *, status: int | None = None, code: str = "", **more: Any) -> HttpResponse:
    """The response for an error."""
    name = code or error.code
    body = {
        "type": f"urn:epiloop:problem:{name}",
        "title": gettext(TITLES.get(name, TITLES["error"])),
        "status": status or error.http_status,
        "code": name,
        "detail": error.render(gettext),
        **more,
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=body["status"],
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", "Content-Language": get_language() or "en"},
    )


def handle_problems(api: NinjaAPI) -> None:
    """Let the interface answer every error as a problem."""
    handlers: tuple[tuple[type[Exception], Any], ...] = (
        (Exception, _unforeseen),
        (OperationalError, _unavailable),
        (PoolTimeout, _unavailable),
        (EpiloopError, lambda _request, error: problem(error)),
        (ValidationError, _invalid),
        (AuthenticationError, lambda _request, _error: unauthenticated()),
        (HttpError, _http_error),
        (Http404, lambda request, _error: not_found(request)),
    )
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)


def unauthenticated() -> HttpResponse:
    """401: no token, no session, or one that is no longer valid."""
    response = problem(NOT_SIGNED_IN, status=401, code="not-signed-in")
    response.headers["WWW-Authenticate"] = 'Bearer realm="epiloop"'
    return response


def not_found(_request: HttpRequest, _rest: str = "") -> HttpResponse:
    """404 for an address nobody answers at."""
    return problem(NotFound(N_("There is nothing at this address.")))


def as_problem(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view, which answers a method that its address does not have with a problem too."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        response = view(request, *args, **values)
        return _not_possible(response.headers["Allow"]) if isinstance(response, HttpResponseNotAllowed) else response

    return answered


def _not_possible(allowed: str) -> HttpResponse:
    what, remedy = N_("This address does not take this method."), N_("It takes: %(allowed)s")
    response = problem(InvalidInput(what, remedy=remedy, allowed=allowed), status=405, code="method-not-allowed")
    response.headers["Allow"] = allowed
    return response


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    """422, naming each part that cannot be read, and why; never what stood in it."""
    parts = [{"where": ".".join(str(step) for step in one["loc"]), "why": str(one["type"])} for one in error.errors]
    where = ", ".join(dict.fromkeys(part["where"] for part in parts))
    return problem(InvalidInput(N_("Part of the request cannot be read: %(names)s."), names=where), parts=parts)


def _http_error(_request: HttpRequest, error: Any) -> HttpResponse:
    if error.status_code == Refused.http_status:
        return problem(Refused(N_("Refused.")))
    if error.status_code == NotAllowed.http_status:
        what = NotAllowed(N_("The session's token against forged requests is missing."), remedy=N_("Send X-CSRFToken."))
        return problem(what)
    return problem(InvalidInput(N_("The body is no JSON.")), status=error.status_code, code="invalid-input")


def _unavailable(_request: HttpRequest, error: Exception) -> HttpResponse:
    log.warning("A part this needs does not answer: %s", type(error).__name__)
    return problem(Unavailable(N_("The database does not answer."), remedy=N_("Try again in a moment.")))


def _unforeseen(_request: HttpRequest, error: Exception) -> HttpResponse:
    """500 without any detail: the log names the kind of error and where, never its text, which may hold a person."""
    trace, frame = error.__traceback__, None
    while trace is not None:
        frame, trace = trace.tb_frame.f_code, trace.tb_next
    place = f"{frame.co_filename}:{frame.co_name}" if frame else "?"
    log.error("Unforeseen: %s in %s", type(error).__name__, place)
    return problem(EpiloopError(N_("An error that nobody foresaw. It was noted.")), status=500)
