"""The pages of the frame itself: the start, the language, the jurisdiction looked at."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import N_, EpiloopError, NotAllowed
from epiloop.core.jurisdictions import Code, code, short
from epiloop.core.rights import RIGHTS
from epiloop.store.models import Account
from epiloop.web.accounts.ceremony import safe_path
from epiloop.web.acting import JURISDICTION, Acting, acting, signed_in
from epiloop.web.errors import words
from epiloop.web.header import Step, below, header, named
from epiloop.web.navigation import places

A_YEAR = 365 * 24 * 3600


@signed_in
def start(request: HttpRequest) -> HttpResponse:
    """Go to the first place the account may open, or to its own page."""
    return redirect(next((place.path for place in places(acting(request))), "/account/"))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language: a cookie for the browser, a preference for the account."""
    chosen = request.POST.get("language", "")
    response = redirect(safe_path(request, request.POST.get("next")))
    if chosen in dict(settings.LANGUAGES):
        cookie = settings.LANGUAGE_COOKIE_NAME
        response.set_cookie(cookie, chosen, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
        if isinstance(request.user, Account):
            Account.objects.filter(pk=request.user.pk).update(language=chosen)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def jurisdiction(request: HttpRequest) -> HttpResponse:
    """Choose the jurisdiction that pages look at, inside what is granted."""
    who, wrong = acting(request), ""
    if request.method == "POST":
        try:
            number = code(request.POST.get("code", "").strip())
            if not _may_look_at(who, number):
                raise NotAllowed(N_("This jurisdiction lies outside what is granted to you."))
            request.session[JURISDICTION] = number
            return redirect("/")
        except EpiloopError as error:
            wrong = words(error)
    granted = {grant.jurisdiction for grant in who.account.grants}
    names = named(granted, who)
    context = {
        "granted": [(short(Code(number)), name) for number, name in names.items()],
        "around": _around(who),
        "inside": below(who.jurisdiction, who) if who.jurisdiction else (),
        "wrong": wrong,
    }
    return render(request, "jurisdiction.html", context, status=422 if wrong else 200)


def _may_look_at(who: Acting, number: int) -> bool:
    return any(number in who.scope(right) for right in RIGHTS)


def _around(who: Acting) -> list[Step]:
    """The present jurisdiction and those above it that may be looked at, highest first."""
    return [step for step in header(who).path if _may_look_at(who, code(step.code))]
