"""Asking another jurisdiction: for which people, what, until when, why, and whom to call."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.core.jurisdictions import at_level, code, level
from epiloop.operations.assistance.minimal import RULES, Kind
from epiloop.runtime import present
from epiloop.runtime.requests.assistance import asking, own
from epiloop.runtime.requests.assistance.asking import ASK, READ
from epiloop.store.reading import assistance as stored
from epiloop.store.reading.people import people_by_id
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words
from epiloop.web.keyed import by, fresh_key

PURPOSE = "case-investigation"
HOURS = 8
WHEN = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
MOST_OFFERED = 200


class AskForm(forms.Form):
    """What is asked; who is asked about stands beside it."""

    kind = forms.ChoiceField(
        label=_("What is asked for"), choices=lambda: [(k.value, _(r.name)) for k, r in RULES.items()]
    )
    receiver = forms.CharField(
        label=_("Which jurisdiction is asked"), max_length=20, help_text=_("Its code, such as 330783."), required=True
    )
    deadline = forms.DateTimeField(
        label=_("Answer by"),
        input_formats=WHEN,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    clause = forms.CharField(label=_("Why: the clause"), max_length=200)
    post = forms.CharField(label=_("Whom to call: the post"), max_length=100)
    phone = forms.CharField(label=_("Its telephone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    sample = forms.CharField(label=_("Number on the tube"), max_length=64, required=False)
    place = forms.CharField(label=_("Place of the itinerary"), max_length=200, required=False)
    since = forms.CharField(label=_("From, as people say it"), max_length=40, required=False)
    until = forms.CharField(label=_("Until, as people say it"), max_length=40, required=False)
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def given(self) -> dict[str, Any]:
        """What was typed for the kinds that need it."""
        return {
            name: self.cleaned_data[name] for name in ("sample", "place", "since", "until") if self.cleaned_data[name]
        }


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(ASK)
def new(request: HttpRequest) -> HttpResponse:
    """The form by GET with `person` or `case` of whose contacts some are chosen; an act by POST."""
    who = acting(request)
    offered, chosen = _offered(request, who)
    form = AskForm(request.POST or None, initial=_initial(who))
    if request.method == "POST" and form.is_valid():
        try:
            done = _ask(request, form, [person for person in chosen if person in offered], who)
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
        else:
            return redirect("assistance-one", request_id=done)
    people = [(person, titles.short_code(person), person in chosen) for person in offered]
    context = {"form": form, "people": people, "key": request.POST.get("key") or fresh_key()}
    return render(request, "assistance/new.html", context, status=422 if form.errors else 200)


def _initial(who: Acting) -> dict[str, Any]:
    return {"deadline": timezone.localtime(who.at + timedelta(hours=HOURS), who.zone)}


def _offered(request: HttpRequest, who: Acting) -> tuple[list[UUID], list[UUID]]:
    """Whom a request may be about, and who is chosen: what the address names, or the contacts of a case."""
    named = _ids(request.GET.getlist("person"))
    with who.reading(who.scope(READ)) as connection:
        for case in _ids(request.GET.getlist("case")):
            named += stored.contacts_of(connection, case, limit=MOST_OFFERED)
        ids = list(dict.fromkeys([*named, *_ids(request.POST.getlist("person"))]))
        known = {line.id for line in people_by_id(connection, ids, who.at)}
    offered = [person for person in ids if person in known]
    sent = _ids(request.POST.getlist("person"))
    return offered, sent if request.method == "POST" else offered if len(offered) == 1 else []


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:MOST_OFFERED]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _ask(request: HttpRequest, form: AskForm, people: list[UUID], who: Acting) -> str:
    given, receiver = form.cleaned_data, int(code(form.cleaned_data["receiver"].strip()))
    kind, typed = Kind(given["kind"]), form.given()
    wanted = asking.Wanted(
        kind,
        _ours(who),
        receiver,
        given["deadline"],
        given["clause"],
        given["post"],
        given["phone"],
        tuple(people),
        own.reached_through(present.parts(), present.running().letters, receiver),
        given["note"],
        dict.fromkeys(people, typed),
    )
    return str(asking.ask(present.parts(), by(request, PURPOSE), wanted).result["assistance"])


def _ours(who: Acting) -> int:
    """The county in which the one who asks works."""
    here = who.jurisdiction
    if here is None:
        raise InvalidInput(N_("Choose your jurisdiction first."))
    return here if level(here) in ("province", "city", "county") else at_level(here, "county")
