"""Passkeys (WebAuthn): the JSON half of the ceremony; the browser half is frontend/src/passkey.ts."""

import json
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.runtime.accounts import passkeys
from epiloop.store.models import Account
from epiloop.web.accounts import ceremony
from epiloop.web.acting import real_instant, signed_in
from epiloop.web.errors import words

STATE = "passkey_state"


@require_POST
def sign_in_options(request: HttpRequest) -> HttpResponse:
    """What the browser asks a passkey for: signing in, the second factor, or confirming."""
    account = _known(request)
    options, state = passkeys.begin_sign_in(_site(request), account)
    request.session[STATE] = state
    return JsonResponse(options)


@require_POST
def sign_in_answer(request: HttpRequest) -> HttpResponse:
    """The passkey's answer: signs in, or confirms for the account that is signed in."""
    try:
        known, state = _known(request), request.session.pop(STATE, None)
        at, address = real_instant(request), ceremony.address(request)
        account = passkeys.finish_sign_in(_site(request), state, _body(request), known, at=at, address=address)
    except EpiloopError as error:
        return _refused(error)
    if isinstance(request.user, Account):
        ceremony.confirm(request, account)
        return JsonResponse({"next": ceremony.safe_path(request, request.GET.get("next"))})
    return ceremony.remember(request, account, JsonResponse({"next": ceremony.finish(request, account, "passkey")}))


@require_POST
@signed_in
@ceremony.step_up_required()
def register_options(request: HttpRequest) -> HttpResponse:
    """What the browser makes a new passkey with."""
    try:
        options, state = passkeys.begin_registration(_site(request), cast("Account", request.user))
    except EpiloopError as error:
        return _refused(error)
    request.session[STATE] = state
    return JsonResponse(options)


@require_POST
@signed_in
@ceremony.step_up_required()
def register_answer(request: HttpRequest) -> HttpResponse:
    """Keep the new passkey."""
    try:
        name = ceremony.device(request.headers.get("User-Agent", ""))
        state, at = request.session.pop(STATE, None), real_instant(request)
        account = cast("Account", request.user)
        passkeys.finish_registration(_site(request), state, _body(request), account, name=name, at=at)
    except EpiloopError as error:
        return _refused(error)
    return JsonResponse({"next": "/account/"})


def _known(request: HttpRequest) -> Account | None:
    return request.user if isinstance(request.user, Account) else ceremony.pending_account(request)


def _site(request: HttpRequest) -> str:
    return request.get_host().partition(":")[0]


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise InvalidInput(N_("The browser's answer cannot be read."))
    return body


def _refused(error: EpiloopError) -> JsonResponse:
    return JsonResponse({"error": words(error)}, status=error.http_status)
