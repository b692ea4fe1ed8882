"""Giving somebody the letter by which they see their own data: made with one tap, shown once, printed on one page."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from epiloop.runtime.accounts.letters import HOLDS, give
from epiloop.web import titles
from epiloop.web.acting import acting, real_instant, right_required
from epiloop.web.people.records import page_of

RIGHT = "person.identity"


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(RIGHT)
def letter(request: HttpRequest, person: UUID) -> HttpResponse:
    """POST makes a letter and shows it, once, in every language, the officer's first.

    Opened by its address it only leads back to the person.
    """
    who = acting(request)
    page = page_of(who, person)
    if request.method != "POST":
        return redirect("person", person=person)
    who.check(RIGHT, page.person.jurisdiction)
    at = real_instant(request)
    context = {
        "page": page,
        "code": titles.short_code(person),
        "letter": give(person, by=who.account.id, at=at),
        "until": at + HOLDS,
        "address": request.build_absolute_uri(reverse("own-enter")),
        "languages": sorted(dict(settings.LANGUAGES), key=lambda code: code != get_language()),
    }
    return render(request, "own/letter.html", context)
