"""Who somebody is: shown for a stated purpose, logged before it is shown, kept nowhere (PRIVACY R11, R12, R28)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from epiloop.core.purposes import PURPOSES, check_purpose
from epiloop.runtime import present
from epiloop.runtime.requests.identities import RIGHT, reveal
from epiloop.vault.port import Identity
from epiloop.web import titles
from epiloop.web.acting import acting, right_required
from epiloop.web.people.records import by, page_of


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(RIGHT)
def identity(request: HttpRequest, person: UUID) -> HttpResponse:
    """POST shows an identity, once, after its purpose was chosen; opened by its address it only leads back."""
    who = acting(request)
    page = page_of(who, person)
    if request.method != "POST":
        return redirect("person", person=person)
    purpose = check_purpose(request.POST.get("purpose", ""))
    asked = by(who, purpose)
    shown = reveal(present.parts(), present.readers(), asked, [person], at=who.at).get(person, Identity())
    context = {
        "page": page,
        "code": titles.short_code(person),
        "identity": shown,
        "known": bool(shown.name or shown.documents or shown.phones or shown.address),
        "purpose": gettext(PURPOSES[purpose]),
    }
    response = render(request, "people/identity.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
