"""The page of one's own account: second factors, sessions, password, what happened with it."""

from base64 import b64decode, b64encode

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import N_, EpiloopError, NotAllowed
from epiloop.runtime.accounts.factors import (
    add_authenticator,
    has_second_factor,
    new_recovery_codes,
    new_secret,
    provisioning_uri,
)
from epiloop.runtime.accounts.passwords import check_password_rules
from epiloop.runtime.accounts.records import WHAT, record
from epiloop.runtime.accounts.sealing import seal, unseal
from epiloop.store.models import Account, AccountRecord, AccountSession
from epiloop.web.accounts import ceremony
from epiloop.web.accounts.forms import NewCodeForm, NewPasswordForm
from epiloop.web.acting import acting, real_instant, signed_in
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.sessions import stored_key

NEW_SECRET = "new_authenticator"  # noqa: S105 - the name of a session key
SHOWN_RECORDS = 20


def current(request: HttpRequest) -> Account:
    """The account that is signed in. Raises NotAllowed for nobody."""
    if not isinstance(request.user, Account):
        raise NotAllowed(N_("Nobody is signed in."), remedy=N_("Sign in first."))
    return request.user


@signed_in
def account_page(request: HttpRequest) -> HttpResponse:
    """Everything about one's own account."""
    account, at, who = current(request), real_instant(request), acting(request)
    live = AccountSession.objects.filter(account=account.id, expire_date__gt=at).order_by("-seen_at")
    records = AccountRecord.objects.filter(account=account.id).order_by("-at")[:SHOWN_RECORDS]
    context = {
        "at": at,
        "account": account,
        "grants": who.account.grants,
        "place_names": named((grant.jurisdiction for grant in who.account.grants), who),
        "authenticator": getattr(account, "authenticator", None),
        "passkeys": account.passkeys.order_by("made_at"),
        "codes_left": account.recovery_codes.count(),
        "sessions": live,
        "this_session": stored_key(request.session.session_key or ""),
        "records": [(row, WHAT.get(row.what, row.what)) for row in records],
    }
    return render(request, "account/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_set_up(request: HttpRequest) -> HttpResponseBase:
    """Add an authenticator app: while signing in for the first time, or later after confirming."""
    pending = None if isinstance(request.user, Account) else ceremony.pending_account(request)
    account = pending or (request.user if isinstance(request.user, Account) else None)
    if account is None or (pending is not None and has_second_factor(pending)):
        return redirect("sign-in")
    if pending is None and not ceremony.confirmed_within(request, 10):
        return redirect("/account/confirm/?next=/account/second-factor/")
    return _enrol(request, account, first=pending is not None)


@require_POST
@signed_in
@ceremony.step_up_required()
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten fresh recovery codes, shown once."""
    codes = new_recovery_codes(current(request), real_instant(request))
    return render(request, "account/recovery_codes.html", {"codes": codes, "following": "/account/"})


@require_POST
@signed_in
@ceremony.step_up_required()
def passkey_remove(request: HttpRequest, number: int) -> HttpResponse:
    """Remove a passkey, unless nothing else would be left to sign in with."""
    account = current(request)
    others = account.passkeys.exclude(pk=number).exists() or hasattr(account, "authenticator")
    if not others:
        messages.error(request, gettext("This is your only second factor. Add another one first."))
    elif account.passkeys.filter(pk=number).delete()[0]:
        record(account.id, "passkey-removed", at=real_instant(request), by=account.id)
    return redirect("account")


@require_POST
@signed_in
def session_end(request: HttpRequest, key: str) -> HttpResponse:
    """End another session of the same account."""
    account = current(request)
    if AccountSession.objects.filter(account=account.id, session_key=key).delete()[0]:
        record(account.id, "session-ended", at=real_instant(request), by=account.id)
        messages.success(request, gettext("The session was ended."))
    return redirect("account")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@ceremony.step_up_required()
def password(request: HttpRequest) -> HttpResponseBase:
    """A new password; all other sessions end."""
    account, form = current(request), NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _change_password(request, account, form.cleaned_data["old"], form.cleaned_data["new"])
        except EpiloopError as error:
            form.add_error("old" if isinstance(error, NotAllowed) else "new", words(error))
        else:
            messages.success(request, gettext("The password was changed; other sessions were ended."))
            return redirect("account")
    return render(request, "account/password.html", {"form": form}, status=422 if form.errors else 200)


def _change_password(request: HttpRequest, account: Account, old: str, new: str) -> None:
    if not account.check_password(old):
        raise NotAllowed(N_("The old password is not right."))
    check_password_rules(new, account.login)
    account.set_password(new)
    account.save(update_fields=["password"])
    AccountSession.objects.filter(account=account.id).exclude(
        session_key=stored_key(request.session.session_key or "")
    ).delete()
    update_session_auth_hash(request, account)
    record(account.id, "password-changed", at=real_instant(request), by=account.id)


def _enrol(request: HttpRequest, account: Account, *, first: bool) -> HttpResponse:
    secret = _new_secret(request, account)
    form, at = NewCodeForm(request.POST or None), real_instant(request)
    if request.method == "POST" and form.is_valid():
        if add_authenticator(account, secret, form.cleaned_data["code"], at):
            del request.session[NEW_SECRET]
            return _enrolled(request, account, first=first)
        form.add_error("code", gettext("This code does not belong to the new secret. Wait for the next one."))
    picture = segno.make(provisioning_uri(secret, account.login), error="m").svg_data_uri(scale=4, border=1)
    context = {"form": form, "secret": secret, "qr": picture, "first": first, "login": account.login}
    return render(request, "account/second_factor_set_up.html", context, status=422 if form.errors else 200)


def _enrolled(request: HttpRequest, account: Account, *, first: bool) -> HttpResponse:
    following = ceremony.finish(request, account, "new authenticator") if first else "/account/"
    codes = new_recovery_codes(account, real_instant(request))
    answer = render(request, "account/recovery_codes.html", {"codes": codes, "following": following})
    return ceremony.remember(request, account, answer) if first else answer


def _new_secret(request: HttpRequest, account: Account) -> str:
    """The secret being set up, kept sealed in the session until a code proves that the app has it."""
    kept = request.session.get(NEW_SECRET)
    if kept is not None:
        return unseal(b64decode(kept), bound_to=account.id.bytes).decode()
    secret = new_secret()
    request.session[NEW_SECRET] = b64encode(seal(secret.encode(), bound_to=account.id.bytes)).decode()
    return secret
