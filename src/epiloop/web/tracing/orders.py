"""Asking to open where somebody was by legal order: by which statute, for whom, which days; signed, approved by two.

It is approved, refused, looked at and ended on the page that every request has.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from epiloop.core import statutes
from epiloop.core.errors import EpiloopError, Unavailable
from epiloop.core.instants import ONE_DAY, day_of, start_of_day
from epiloop.runtime import present
from epiloop.runtime.requests.tracing import ASK
from epiloop.runtime.requests.tracing import histories as requests
from epiloop.runtime.requests.tracing.histories import ORDER_DAYS, ORDER_PURPOSE, Opening, Order
from epiloop.vault.answers import Signer
from epiloop.vault.grants import LONGEST_WINDOW, LONGEST_WORDS
from epiloop.web import titles
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words
from epiloop.web.keyed import by
from epiloop.web.people.forms import a_day, tap
from epiloop.web.people.sources import Sources
from epiloop.web.tracing.shown import statute_words, to_sign
from epiloop.web.tracing.signing import names_of, no_signer, sent_signature, sent_text, signers_of


@dataclass(frozen=True, slots=True)
class Seeker:
    """Whoever looks for a person and stands on nobody's page."""

    who: Acting
    id: ClassVar[None] = None

    def day(self) -> date:
        """The jurisdiction's day."""
        return day_of(self.who.at, self.who.zone)


class OrderForm(forms.Form):
    """What the order says, as the authority wrote it. What was typed is kept when it is refused."""

    person = forms.TypedChoiceField(label=_("Whose visits"), coerce=UUID, widget=forms.RadioSelect)
    statute = forms.ChoiceField(
        label=_("Statute"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("This statute is not in force today. Choose another one.")},
    )
    authority = forms.CharField(
        label=_("Authority"), max_length=LONGEST_WORDS, help_text=_("Who is entitled, as it stands in the order.")
    )
    reference = forms.CharField(label=_("Reference of the order"), max_length=LONGEST_WORDS)
    since = a_day(_("First day"), required=True)
    until = a_day(_("Last day"), required=True, help_text=_("28 days at most. Nothing older is kept."))
    days = tap(_("Holds for"), [], initial="3")

    def __init__(self, seeker: Seeker, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = seeker.day()
        self.sources = Sources(
            seeker, (self.data if self.is_bound else self.initial).get("person"), purpose=ORDER_PURPOSE
        )
        self._choose("statute", [(word, statute_words(word)) for word in statutes.in_force(self.today)])
        self._choose("days", [(str(n), ngettext("%(n)d day", "%(n)d days", n) % {"n": n}) for n in ORDER_DAYS])
        self._choose("person", self.sources.choices())

    def find(self, kind: str, text: str, system: str) -> None:
        """Look for somebody to be chosen."""
        self.sources.find(kind, text, system)
        self._choose("person", self.sources.choices())

    def clean(self) -> dict[str, Any]:
        """The window lies in what is kept."""
        given: dict[str, Any] = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and not self.today - LONGEST_WINDOW <= since <= self.today:
            self.add_error("since", gettext("Only the last 28 days can be opened."))
        if since and until and not since <= until < since + LONGEST_WINDOW:
            self.add_error("until", gettext("The last day is not before the first, and at most 28 days are opened."))
        return given

    def opening(self, who: Acting, unit: str) -> Opening:
        """What is asked, for a unit. Called when the form is valid."""
        given = self.cleaned_data
        since, until = start_of_day(given["since"], who.zone), start_of_day(given["until"] + ONE_DAY, who.zone)
        words_of = given["statute"], given["authority"], given["reference"]
        return Opening(given["person"], unit, (), Order(*words_of, since, until, int(given["days"])))

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(ASK)
@step_up_required()
def ask(request: HttpRequest) -> HttpResponseBase:
    """First what the order says, then the text that is signed; with the signature it waits for two further units."""
    who = acting(request)
    form = _form(Seeker(who), request)
    context: dict[str, Any] = {"form": form, **_signers(who)}
    if form.is_bound and form.is_valid():
        try:
            if request.POST.get("signature"):
                return _handed_in(request)
            context |= _signing(request, who, form, context["signers"])
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
    return render(request, "tracing/order.html", context, status=422 if form.errors else 200)


def _form(seeker: Seeker, request: HttpRequest) -> OrderForm:
    """Bound to what was sent to be signed; else with what was typed so far, which nobody complains about yet."""
    sent = request.POST
    if request.method != "POST":
        return OrderForm(seeker, initial={"person": request.GET.get("person", "")})
    if not {"find", "change"} & set(sent):
        return OrderForm(seeker, sent)
    form = OrderForm(seeker, initial={name: sent[name] for name in OrderForm.base_fields if name in sent})
    if "find" in sent:
        kind = "number" if sent["find"] == "number" else "name"
        form.find(kind, sent.get(f"find_{'number' if kind == 'number' else 'text'}", ""), sent.get("find_system", ""))
    return form


def _signers(who: Acting) -> dict[str, Any]:
    """With which keys it can be signed; where the key service is away, why not."""
    try:
        signers = signers_of(who)
    except Unavailable as away:
        return {"away": words(away), "signers": None}
    return {"signers": signers, "known": names_of(signers)}


def _signing(request: HttpRequest, who: Acting, form: OrderForm, signers: list[Signer] | None) -> dict[str, Any]:
    """The text to sign, nothing while the key service is away. Raises what stands against it, and Refused if nobody
    could sign it."""
    if signers is None:
        return {}
    if not signers:
        raise no_signer()
    parts, opening = present.parts(), form.opening(who, signers[0].unit)
    text = requests.text_of(parts, by(request, ORDER_PURPOSE), opening, at=who.at, id_=parts.new_id())
    return {**to_sign(text), "person": opening.person, "code": titles.short_code(opening.person)}


def _handed_in(request: HttpRequest) -> HttpResponseBase:
    done = requests.propose(present.parts(), by(request, ORDER_PURPOSE), sent_text(request), sent_signature(request))
    messages.success(request, gettext("The request is made. Two others, of two further units, have to approve it now."))
    return redirect("trace", request_id=UUID(str(done.result["trace"])))
