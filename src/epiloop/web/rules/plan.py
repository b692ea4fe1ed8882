"""What would come of it: facts in, a plan with dates and reasons out. Nothing is written, nobody is named."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import EpiloopError
from epiloop.core.jurisdictions import Code, short
from epiloop.rules import planning
from epiloop.rules.given import Given, parse_pairs
from epiloop.rules.planning import Question, explained
from epiloop.rules.said import DAY_ZERO
from epiloop.web import titles
from epiloop.web.acting import acting, right_required
from epiloop.web.errors import words
from epiloop.web.rules import words as said
from epiloop.web.rules.law import Law, current, law_of
from epiloop.web.rules.views import RIGHT

OPENED = "determined"
LOCAL = "%Y-%m-%dT%H:%M"


def _lines(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "few"})
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget, help_text=help_text)


def _instant(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
    return forms.DateTimeField(
        label=label, required=required, widget=widget, help_text=help_text, input_formats=[LOCAL, "%Y-%m-%d %H:%M"]
    )


class PlanForm(forms.Form):
    """Facts about somebody who need not exist."""

    measure = forms.ChoiceField(label=_("Measure"))
    zero = forms.DateField(
        label=_("Day zero"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    opened = _instant(_("Determined on"), help_text=_("When it became known; else day zero."))
    admitted = _instant(_("Admitted on"), help_text=_("To the first stage; else in time."))
    samples = _lines(_("Samples"), _("One a line: 2022-06-29:negative, or 2022-07-01T09:00:positive:single."))
    facts = _lines(_("Other facts"), _("One a line, NAME=VALUE, as a rulebook names them."))
    as_of = _instant(_("As of"), required=True)

    def __init__(self, *args: Any, law: Law, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["measure"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = measures(law)

    def given(self, zero: str) -> Given:
        """The facts as the rules take them; `zero` is what the measure calls day zero."""
        told = self.cleaned_data
        pairs = [line.strip() for line in told["facts"].splitlines() if line.strip()]
        if told["zero"]:
            pairs.append(f"{OPENED if zero == 'at' else zero}={told['zero'].isoformat()}")
        for name, key in ((OPENED, "opened"), ("admitted", "admitted")):
            if told[key] and not (name == OPENED and zero == "at" and told["zero"]):
                pairs.append(f"{name}={told[key].replace(tzinfo=None).isoformat(timespec='minutes')}")
        pairs += [f"sample={line.strip()}" for line in told["samples"].splitlines() if line.strip()]
        return parse_pairs(pairs)


def measures(law: Law) -> list[tuple[str, str]]:
    """The measures that have any stage or duty, by title."""
    found = [(name, law.measure(name)) for name in law.names()]
    named = [(name, titles.of_language(one.title)) for name, one in found if one]
    return sorted(named, key=lambda pair: pair[1])


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(RIGHT)
def plan(request: HttpRequest) -> HttpResponse:
    """The form, and the plan of what was entered. By POST, so that no fact stands in an address."""
    who = acting(request)
    law = law_of(who)
    offered = measures(law)
    asked = request.GET.get("measure", "")
    first = asked if asked in dict(offered) else next((name for name, _title in offered if name == "close-contact"), "")
    initial = {"measure": first, "as_of": who.at.astimezone(law.context.zone).strftime(LOCAL)}
    form = PlanForm(request.POST or None, law=law, initial=initial)
    found: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            found = _found(form, law)
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
    chosen = str(form["measure"].value() or "")
    context = {
        "form": form,
        "found": found,
        "zero": gettext(DAY_ZERO.get(_zero(law, chosen), "")),
        "place": short(who.jurisdiction) if who.jurisdiction else "",
    }
    return render(request, "rules/plan.html", context, status=422 if form.errors else 200)


def _zero(law: Law, measure: str) -> str:
    """What the measure calls day zero."""
    regimes = law.timeline(measure) if measure else ()
    now = current(regimes, law.at)
    versions = [one.version for one in ([now] if now else []) + list(reversed(regimes)) if one.version]
    return versions[0].day_zero if versions else "at"


def _found(form: PlanForm, law: Law) -> dict[str, Any]:
    told = form.cleaned_data
    measure = told["measure"]
    question: Mapping[str, Any] = {
        "measure": measure,
        "jurisdiction": short(Code(law.context.jurisdiction)),
        "facts": form.given(_zero(law, measure)),
        "as_of": told["as_of"].replace(tzinfo=None).isoformat(timespec="minutes"),
        "zone": law.context.zone,
    }
    books = law.chain(measure)
    answer = planning.plan(books, **question)
    why = explained(Question(books, **question), gettext, "zh" if titles.chinese() else "en")
    return {
        **answer,
        "status_title": titles.of_language(answer["status"]["title"]),
        "source_title": titles.of_language(answer["source"]) if answer["source"] else "",
        "stages": [{**row, "title": titles.of_language(row["title"])} for row in answer["stages"]],
        "duties": [_duty(row, why["duties"]) for row in answer["duties"]],
        "why": [_plain(step) for step in (*why["loop"], *why["status"])],
        "until": _minute(answer["status"]["until"]),
        "free_from": _minute(answer["loop"]["free_from"]) if answer["loop"] else "",
        "asked": _minute(answer["as_of"]),
        "next": answer["next_regimes"],
    }


def _duty(row: dict[str, Any], why: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "title": said.duty_title(row["kind"], row["title"]),
        "post": titles.post(row["owner"]["post"]),
        "why": [_plain(step) for step in why.get(row["key"], [])],
    }


def _minute(text: str | None) -> str:
    """An instant of an answer without its zone: all of them are local."""
    return text[:16].replace("T", " ") if text else ""


def _plain(step: str) -> str:
    """A sentence with its instants to the minute."""
    return re.sub(r"(\d{4}-\d\d-\d\d \d\d:\d\d):\d\d[+-]\d\d:\d\d", r"\1", step)
