"""Signing in and out, the second factor, and confirming it again."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import EpiloopError
from epiloop.runtime.accounts.factors import has_second_factor
from epiloop.runtime.accounts.making import make_first_administrator
from epiloop.runtime.accounts.records import record
from epiloop.runtime.accounts.signing_in import check_code_step, check_password_step
from epiloop.store.models import Account
from epiloop.web.accounts import ceremony
from epiloop.web.accounts.forms import CodeForm, SetUpForm, SignInForm
from epiloop.web.acting import real_instant, signed_in
from epiloop.web.errors import words

FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Login name and password; then on to the second factor. An empty installation goes to its set-up."""
    if not Account.objects.exists():
        return redirect("set-up")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, marks = form.cleaned_data, ceremony.marks(request)
        try:
            account = check_password_step(
                given["login"], given["password"], ceremony.address(request), real_instant(request), marks
            )
        except EpiloopError as error:
            form.add_error(None, words(error))
        else:
            ceremony.begin(request, account, request.GET.get("next", ""))
            return redirect("second-factor" if has_second_factor(account) else "second-factor-set-up")
    return _page(request, "account/sign_in.html", form)


@FORM
def second_factor(request: HttpRequest) -> HttpResponseBase:
    """The code (or passkey) of the account whose password was right."""
    account = ceremony.pending_account(request)
    if account is None:
        return redirect("sign-in")
    if not has_second_factor(account):
        return redirect("second-factor-set-up")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _code_passes(request, form, account):
        return ceremony.remember(request, account, redirect(ceremony.finish(request, account, "code")))
    return _page(request, "account/second_factor.html", form, passkeys=account.passkeys.exists())


@FORM
@signed_in
def confirm(request: HttpRequest) -> HttpResponseBase:
    """The second factor again, before something grave (step-up)."""
    account = request.user
    assert isinstance(account, Account)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _code_passes(request, form, account):
        ceremony.confirm(request, account)
        return redirect(ceremony.safe_path(request, request.GET.get("next")))
    return _page(request, "account/confirm.html", form, passkeys=account.passkeys.exists())


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    if isinstance(request.user, Account):
        record(request.user.id, "signed-out", at=real_instant(request), by=request.user.id)
    logout(request)
    return redirect("sign-in")


@FORM
def set_up(request: HttpRequest) -> HttpResponseBase:
    """The first administrator of an empty installation, by the token that was printed at start."""
    if Account.objects.exists():
        return redirect("sign-in")
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, at = form.cleaned_data, real_instant(request)
        try:
            account = make_first_administrator(given["token"], given["login"], given["password"], at=at)
        except EpiloopError as error:
            form.add_error(None, words(error))
        else:
            ceremony.begin(request, account, "/")
            return redirect("second-factor-set-up")
    return _page(request, "account/set_up.html", form)


def _code_passes(request: HttpRequest, form: CodeForm, account: Account) -> bool:
    try:
        typed, address = form.cleaned_data["code"], ceremony.address(request)
        check_code_step(account, typed, address, real_instant(request), ceremony.marks(request))
    except EpiloopError as error:
        form.add_error("code", words(error))
        return False
    return True


def _page(request: HttpRequest, template: str, form: object, **more: object) -> HttpResponse:
    status = 422 if getattr(form, "errors", None) else 200
    return render(request, template, {"form": form, **more}, status=status)
