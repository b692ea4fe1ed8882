"""The pages of the frame itself: the start, the language, the jurisdiction looked at."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import N_, NotAllowed
from epiloop.core.jurisdictions import Code, code
from epiloop.core.rights import RIGHTS
from epiloop.store.models import Account
from epiloop.web.accounts.ceremony import safe_path
from epiloop.web.acting import JURISDICTION, Acting, acting, signed_in
from epiloop.web.header import Step, below, found, header, named
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
    """Choose the jurisdiction that pages look at, inside what is granted: by button, or by searching for it."""
    who, asked = acting(request), request.POST.get("asked", "").strip()
    if chosen := request.POST.get("code"):
        request.session[JURISDICTION] = _chosen(who, chosen)
        return redirect("/")
    context = {
        "granted": sorted(named((grant.jurisdiction for grant in who.account.grants), who).items()),
        "around": _around(who),
        "inside": below(who.jurisdiction, who) if who.jurisdiction else (),
        "asked": asked,
        "hits": [step for step in found(asked, who) if _may_look_at(who, code(step.code))],
    }
    return render(request, "jurisdiction.html", context)


def _chosen(who: Acting, text: str) -> Code:
    number = code(text)
    if not _may_look_at(who, number):
        raise NotAllowed(N_("This jurisdiction lies outside what is granted to you."))
    return number


def _may_look_at(who: Acting, number: int) -> bool:
    return any(number in who.scope(right) for right in RIGHTS)


def _around(who: Acting) -> list[Step]:
    """The present jurisdiction and those above it that may be looked at, highest first."""
    return [step for step in header(who).path if _may_look_at(who, code(step.code))]
