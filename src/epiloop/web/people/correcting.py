"""Correcting who somebody is: shown for that purpose (and logged), changed in the vault alone (PRIVACY R11, R28)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import EpiloopError
from epiloop.runtime import present
from epiloop.runtime.requests.identities import reveal
from epiloop.runtime.requests.registering import identify
from epiloop.vault.port import Identity
from epiloop.web import titles
from epiloop.web.acting import acting, right_required
from epiloop.web.errors import words
from epiloop.web.people.records import by, digest_of, page_of, request_key

RIGHTS = ("person.write", "person.identity")
"""Correcting takes both: what is not seen cannot be corrected, only overwritten."""
PURPOSE = "register-keeping"
DOCUMENTS = {"id-card": _("ID card"), "passport": _("Passport")}
MOST = 5
"""Documents and telephone numbers of one person, as many as the interface for programs takes."""
QUIET = {"autocomplete": "off", "spellcheck": "false"}


class IdentityForm(forms.Form):
    """Who a person is, whole: what is left empty is not known any more."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs=QUIET))

    def __init__(self, *args: Any, documents: Iterable[str] = (), phones: int = 0, **more: Any) -> None:
        super().__init__(*args, **more)
        kinds = [*DOCUMENTS.items(), *((kind, kind) for kind in documents if kind not in DOCUMENTS)]
        self.documents = _rows(self.data, "document", len(tuple(documents)))
        self.phones = _rows(self.data, "phone", phones)
        for n in self.documents:
            self.fields[f"kind_{n}"] = forms.ChoiceField(label=_("Kind of document"), choices=kinds)
            self.fields[f"document_{n}"] = _line(_("Its number"), 40)
        for n in self.phones:
            self.fields[f"phone_{n}"] = _line(_("Telephone"), 30)
        self.fields["address"] = _line(_("Address"), 300)

    def identity(self) -> Identity:
        """As the vault takes it."""
        given = self.cleaned_data
        numbers = [(given[f"kind_{n}"], given[f"document_{n}"]) for n in self.documents]
        phones = [given[f"phone_{n}"] for n in self.phones]
        return Identity(
            name=given["name"],
            documents=tuple(pair for pair in numbers if pair[1]),
            phones=tuple(phone for phone in phones if phone),
            address=given["address"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@right_required("person.write")
def correct(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """GET asks; POST shows what is known, after logging the look; POST with the form replaces it."""
    who = acting(request)
    page = page_of(who, person)
    for right in RIGHTS:
        who.check(right, page.person.jurisdiction)
    context: dict[str, Any] = {"page": page, "code": titles.short_code(person)}
    if request.method != "POST":
        return render(request, "people/correct.html", context)
    form = _sent(request) if "key" in request.POST else _begun(request, person)
    if form.is_bound and form.is_valid():
        asked = by(who, PURPOSE, str(form.cleaned_data["key"]), digest_of(request))
        try:
            identify(present.parts(), asked, person, form.identity())
        except EpiloopError as error:
            form.add_error(None, words(error))
        else:
            messages.success(request, gettext("Identity corrected. It stands in the vault alone."))
            return redirect("person", person=person)
    return render(request, "people/correct.html", {**context, "form": form}, status=422 if form.errors else 200)


def _begun(request: HttpRequest, person: UUID) -> IdentityForm:
    who = acting(request)
    known = reveal(present.parts(), present.readers(), by(who, PURPOSE), [person], at=who.at).get(person, Identity())
    begun: dict[str, Any] = {"key": request_key(), "name": known.name, "address": known.address}
    for n, (kind, number) in enumerate(known.documents):
        begun |= {f"kind_{n}": kind, f"document_{n}": number}
    begun |= {f"phone_{n}": phone for n, phone in enumerate(known.phones)}
    return IdentityForm(initial=begun, documents=[kind for kind, _number in known.documents], phones=len(known.phones))


def _sent(request: HttpRequest) -> IdentityForm:
    """As sent; a kind of document that was there before comes back as it was."""
    kinds = [str(value)[:40] for name, value in request.POST.items() if name.startswith("kind_")]
    return IdentityForm(request.POST, documents=kinds)


def _rows(sent: Any, name: str, known: int) -> range:
    """Numbers of the lines: those known and an empty one, or those sent."""
    came = sum(1 for n in range(MOST) if f"{name}_{n}" in sent)
    return range(came or min(known + 1, MOST))


def _line(label: Any, longest: int) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=longest, widget=forms.TextInput(attrs=QUIET))
