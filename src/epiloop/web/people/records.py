"""Recording what happened to a person: one address a kind, a form by GET, an act by POST; and taking a duty."""

import hmac
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.core.instants import day_of
from epiloop.rules.vocabulary import DUTIES
from epiloop.runtime import present
from epiloop.runtime.requests import By
from epiloop.runtime.requests.duties import acknowledge
from epiloop.runtime.requests.people import tell
from epiloop.runtime.requests.registering import change_stay
from epiloop.store.reading.people import PersonPage, person_page
from epiloop.web import titles
from epiloop.web.accounts.ceremony import safe_path
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words
from epiloop.web.people import forms as f
from epiloop.web.people.around import READ, Around
from epiloop.web.people.begun import WORD, begun
from epiloop.web.people.investigating import ContactForm
from epiloop.web.people.kinds import GROUPS, KINDS, Kind
from epiloop.web.people.registering import StayForm

FORM = require_http_methods(["GET", "HEAD", "POST"])


LAST = ("happened", "note", "reason", "released")
"""Fields that stand below the others."""

UNSAID = {"csrfmiddlewaretoken", "next", "find_text", "find_number", "find_system"}
"""Fields that say nothing of what happened."""


def request_key() -> str:
    """A fresh idempotency key for a form: the same form sent twice is one act."""
    return str(present.parts().new_id())


def by(who: Acting, purpose: str, key: str = "", digest: str = "") -> By:
    """Who asks for an act or a look."""
    return By(who.actor, purpose, key, who.account, digest)


def digest_of(request: HttpRequest) -> str:
    """A keyed digest of what was sent, so that one key for two different requests is noticed and tells nothing."""
    sent = sorted((name, request.POST.getlist(name)) for name in request.POST if name not in UNSAID)
    words = repr((request.path, sent)).encode()
    return hmac.new(present.running().stamp, words, "sha256").hexdigest()


@FORM
@right_required(READ)
def record(request: HttpRequest, person: UUID, kind: str) -> HttpResponseBase:
    """The form of one kind for one person; sent, it becomes an act, and a refused one keeps what was typed."""
    if kind not in KINDS:
        raise Http404
    who, what = acting(request), KINDS[kind]
    page = page_of(who, person)
    who.check(what.right, page.person.jurisdiction)
    form = form_for(kind, who, page, request)
    if form.is_bound and form.is_valid():
        try:
            carry_out(who, person, what, form, digest_of(request))
        except EpiloopError as error:
            form.add_error(None, words(error))
        else:
            messages.success(request, gettext(what.done))
            return redirect(back(request, person))
    context = {
        "form": form,
        "kind": kind,
        "name": what.name,
        "grave": what.grave,
        "page": page,
        "code": titles.short_code(person),
        "next": back(request, person),
        "status": titles.status(page.status.status if page.status else None),
        "fields": sorted((field for field in form if not field.is_hidden), key=lambda field: field.name in LAST),
    }
    return render(request, "people/record.html", context, status=422 if form.errors else 200)


def form_for(kind: str, who: Acting, page: PersonPage, request: HttpRequest) -> f.RecordForm:
    """The form: bound to what was sent, else begun with what the address says sealed (a stage, a sample, a case)."""
    what, sent = KINDS[kind], request.POST
    around = Around(who, page, what.purpose)
    if "find" in sent and issubclass(what.form, ContactForm):
        return _finding(
            what.form(initial={name: sent[name] for name in what.form.base_fields if name in sent}), around, sent
        )
    if request.method == "POST":
        form = what.form(sent)
    else:
        form = what.form(initial={**begun(page.person.id, request.GET.get(WORD, "")), "key": request_key()})
    form.offer(around)
    return form


def _finding(form: ContactForm, around: Around, sent: QueryDict) -> ContactForm:
    """The form with what was typed and whom the search found; nothing is recorded, nothing is complained about."""
    kind = "number" if sent["find"] == "number" else "name"
    form.offer(around)
    form.find(kind, sent.get(f"find_{'number' if kind == 'number' else 'text'}", ""), sent.get("find_system", ""))
    return form


def carry_out(who: Acting, person: UUID, what: Kind, form: f.RecordForm, digest: str) -> None:
    """The act. Raises whatever the domain says against it."""
    asked = by(who, what.purpose, str(form.cleaned_data["key"]), digest)
    form.concerns(person, _day(who, form))
    if isinstance(form, StayForm):  # the vault searches where the person stays
        change_stay(present.parts(), asked, person, form.told().stay, at=form.at())
    else:
        tell(present.parts(), asked, person, form.told(), at=form.at())


@require_POST
@right_required("duty.write")
def take(request: HttpRequest, person: UUID) -> HttpResponse:
    """Sign for a duty (签收): it was seen, and whose hands it is in."""
    who = acting(request)
    loop, duty, key = (request.POST.get(name, "") for name in ("loop", "duty", "key"))
    if not (loop and duty and key):
        raise InvalidInput(N_("Which duty is meant was not said."), remedy=N_("Load the page again."))
    acknowledge(present.parts(), by(who, "duty-control", key), person, loop, duty, login=who.login)
    messages.success(request, gettext("Signed for."))
    return redirect(back(request, person))


def page_of(who: Acting, person: UUID) -> PersonPage:
    """Everything the projections know of a person within reach. Raises Http404 for others."""
    with who.reading(who.scope(READ)) as connection:
        found = person_page(connection, person, who.at)
    if found is None:
        raise Http404
    return found


def back(request: HttpRequest, person: UUID) -> str:
    """Where to go when it is done: where the request came from, else the person's page."""
    given = request.POST.get("next") or request.GET.get("next")
    return safe_path(request, given) if given else f"/people/{person}/"


def duty_kind(kind: str) -> str:
    """A kind of duty in words."""
    known = DUTIES.get(kind)
    return (known.zh if titles.chinese() else known.en) if known else kind


def _day(who: Acting, form: f.RecordForm) -> date:
    return day_of(form.at() or who.at, who.zone)


def next_steps(who: Acting, page: PersonPage) -> list[dict[str, Any]]:
    """The records this account may make for the person, by groups; a group without any is left out."""
    where = page.person.jurisdiction
    groups = [
        {"name": name, "kinds": [key for key in keys if who.can(KINDS[key].right, where)]} for name, keys in GROUPS
    ]
    return [
        {"name": one["name"], "records": [{"kind": key, "name": KINDS[key].name} for key in one["kinds"]]}
        for one in groups
        if one["kinds"]
    ]
