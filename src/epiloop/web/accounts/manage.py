"""Accounts for those who manage them: make, grant, withdraw, disable, reset. Each change after a step-up."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import N_, EpiloopError, NotAllowed
from epiloop.core.instants import Interval, end_of_day
from epiloop.core.rights import EVERYWHERE, Grant
from epiloop.runtime.accounts import making
from epiloop.store.models import Account, RoleGrant
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.accounts.forms import GrantForm, NewAccountForm
from epiloop.web.acting import Acting, acting, real_instant, right_required
from epiloop.web.errors import words
from epiloop.web.header import named

MANAGE = "accounts.manage"
PAGE = 100
FORM = require_http_methods(["GET", "HEAD", "POST"])


@right_required(MANAGE)
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts whose grants lie in the reader's jurisdiction, and those without any."""
    who = acting(request)
    found = _visible(who).filter(login__gt=_last_seen(request)).order_by("login")[: PAGE + 1]
    shown = list(found[:PAGE])
    more = str(shown[-1].pk) if len(found) > PAGE else ""
    rows = [(account, list(_held(account, real_instant(request)))) for account in shown]
    places = named((grant.jurisdiction for _, grants in rows for grant in grants), who)
    return render(
        request,
        "account/accounts.html",
        {"rows": rows, "after": more, "place_names": places, "first": Account.objects.count() == 1},
    )


@FORM
@right_required(MANAGE)
@step_up_required()
def account_new(request: HttpRequest) -> HttpResponseBase:
    """Make an account; its owner sets up the second factor at the first sign-in."""
    who, form = acting(request), NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = making.make_account(
                given["login"],
                given["password"],
                at=real_instant(request),
                by=who.account.id,
                language=given["language"],
            )
        except EpiloopError as error:
            form.add_error(None, words(error))
        else:
            return redirect("account-one", key=made.id)
    return render(request, "account/new.html", {"form": form}, status=422 if form.errors else 200)


@FORM
@right_required(MANAGE)
@step_up_required()
def account_one(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """One account: its grants, and the form that adds one."""
    account = _find(request, key)
    form = GrantForm(acting(request), request.POST or None)
    if request.method == "POST" and form.is_valid() and _granted(request, account, form):
        return redirect("account-one", key=key)
    grants = account.grants.order_by("starts_at")
    places = named((row.jurisdiction for row in grants), acting(request))
    context = {"account": account, "form": form, "grants": grants, "place_names": places, "at": real_instant(request)}
    return render(request, "account/one.html", context, status=422 if form.errors else 200)


@require_POST
@right_required(MANAGE)
@step_up_required()
def account_withdraw(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """End a grant now."""
    row = _find(request, key).grants.filter(pk=number).first()
    if row is None:
        raise Http404
    making.withdraw_role(row, giver=acting(request).account, at=real_instant(request))
    return redirect("account-one", key=key)


@require_POST
@right_required(MANAGE)
@step_up_required()
def account_change(request: HttpRequest, key: UUID, change: str) -> HttpResponse:
    """Disable, enable, or reset the second factor of another account."""
    who, account = acting(request), _find(request, key)
    act = {"disable": making.disable, "enable": making.enable, "reset": making.reset_second_factor}.get(change)
    if act is None:
        raise Http404
    if account.id == who.account.id:
        raise NotAllowed(N_("Nobody does this to their own account."), remedy=N_("Ask another administrator."))
    act(account, by=who.account.id, at=real_instant(request))
    messages.success(request, gettext("Done. It holds from now on."))
    return redirect("account-one", key=key)


def _last_seen(request: HttpRequest) -> str:
    """The login after which the next page begins; the address names its account by the id alone (R28)."""
    try:
        last = UUID(request.GET.get("after", ""))
    except ValueError:
        return ""
    return Account.objects.filter(pk=last).values_list("login", flat=True).first() or ""


def _granted(request: HttpRequest, account: Account, form: GrantForm) -> bool:
    given, who, at = form.cleaned_data, acting(request), real_instant(request)
    end = end_of_day(given["last_day"], who.zone) if given["last_day"] else None
    try:
        grant = Grant(given["role"], given["jurisdiction"], Interval(at, end))
        making.grant_role(account, grant, giver=who.account, at=at)
    except EpiloopError as error:
        form.add_error(None, words(error))
        return False
    return True


def _held(account: Account, at: datetime) -> list[RoleGrant]:
    return [row for row in account.grants.all() if row.ends_at is None or at < row.ends_at]


def _visible(who: Acting) -> QuerySet[Account]:
    """Accounts all of whose grants lie inside the reader's jurisdiction: nobody disables their own superior."""
    inside = Q()
    for part in who.scope(MANAGE).ranges:
        inside |= Q(jurisdiction__gte=part.low, jurisdiction__lt=part.high)
    everywhere = Q() if any(part.low == 0 for part in who.scope(MANAGE).ranges) else ~Q(jurisdiction=EVERYWHERE)
    outside = RoleGrant.objects.exclude(inside & everywhere).values("account")
    return Account.objects.exclude(pk__in=outside).prefetch_related("grants")


def _find(request: HttpRequest, key: UUID) -> Account:
    account = _visible(acting(request)).filter(pk=key).first()
    if account is None:
        raise Http404
    return account
