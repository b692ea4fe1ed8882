"""What can be recorded of a person, as forms; each tells one event body. What is typed is kept when it is refused."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from epiloop.ledger.events import Body
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.web import vocabulary as v
from epiloop.web.called import CalledForm
from epiloop.web.people.around import Around

YES_NO = (("no", _("No")), ("yes", _("Yes")))
WAYS = (("visit", _("Visit")), ("call", _("Telephone")), ("self", _("The person reported")))


def tap(label: Any, choices: Any, *, initial: str | None = None, required: bool = True) -> forms.ChoiceField:
    """A choice of few things, as buttons to tap."""
    return forms.ChoiceField(label=label, choices=choices, initial=initial, required=required, widget=forms.RadioSelect)


def pick(label: Any, offered: Mapping[str, str], *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    """A choice of a closed list, named in the reader's language when the form is shown."""
    return forms.ChoiceField(
        label=label,
        required=required,
        help_text=help_text,
        choices=lambda: v.choices(dict(offered), empty=not required),
    )


def a_day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """A calendar day."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


NOTE = _("Note")


def note(label: Any = NOTE, *, required: bool = False) -> forms.CharField:
    """Free text; it is sealed."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=2000,
        help_text=_("Kept sealed. Write no names."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RecordForm(CalledForm):
    """What all have: the key that makes one act of a request sent twice, and when it happened if not now."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    happened = forms.DateTimeField(
        label=_("When"),
        required=False,
        help_text=_("Leave empty for now."),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    person: UUID
    today: date
    missing: tuple[Any, Any] | None = None
    """Why there is nothing to record now, and how it would come: shown in place of the form."""
    releases: Any = 0
    """How many contacts the record releases."""

    def offer(self, around: Around) -> None:
        """Let the fields offer what the person's page knows; before the form is shown or read."""

    def concerns(self, person: UUID, today: date) -> None:
        """Whom the record is about, and the jurisdiction's day on which it happened; before `told` is asked."""
        self.person, self.today = person, today

    def told(self) -> Body:
        """The event body this form tells. Called when the form is valid."""
        raise NotImplementedError

    def at(self) -> datetime | None:
        """When it happened; None for now."""
        given: datetime | None = self.cleaned_data.get("happened")
        return given

    def value(self, name: str) -> Any:
        """A field's value; None where it was left empty."""
        return self.cleaned_data.get(name) or None


class FollowUpForm(RecordForm):
    """Asked after: symptoms, and a temperature if it was measured."""

    symptoms = tap(_("Symptoms?"), YES_NO)
    temperature = forms.FloatField(
        label=_("Temperature, °C"),
        required=False,
        help_text=_("Only what a thermometer showed. Empty: not measured."),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.1"}),
    )
    onset = a_day(_("Symptoms since"), help_text=_("If there are symptoms."))
    by = tap(_("How"), WAYS, initial="visit")
    reached = tap(_("Reached?"), (("yes", _("Reached")), ("no", _("Nobody answered"))), initial="yes")
    note = note()

    def told(self) -> Body:
        """A follow-up of today, or of the day it happened."""
        given = self.cleaned_data
        return e.FollowedUp(
            day=self.today,
            symptoms=given["symptoms"] == "yes",
            by=given["by"],
            reached=given["reached"] == "yes",
            onset=given["onset"],
            temperature=given["temperature"],
            note=self.value("note"),
        )


class SampleForm(RecordForm):
    """A swab."""

    sample = forms.CharField(
        label=_("Number on the tube"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )
    sampled = pick(_("Kind"), v.SAMPLES)

    def told(self) -> Body:
        """A sample taken."""
        given = self.cleaned_data
        return s.SampleTaken(given["sample"].strip(), s.SampleKind(given["sampled"]))


class VisitForm(RecordForm):
    """At the door."""

    seen = tap(_("Was the person met?"), (("yes", _("Met")), ("no", _("Nobody opened"))))
    note = note()

    def told(self) -> Body:
        """A visit."""
        return e.Visited(self.cleaned_data["seen"] == "yes", self.value("note"))


class SymptomsForm(RecordForm):
    """Symptoms the person told of."""

    onset = a_day(_("Symptoms since"), required=True)
    rash = tap(_("Rash?"), YES_NO, initial="no")
    note = note()

    def told(self) -> Body:
        """Symptoms reported."""
        given = self.cleaned_data
        return e.SymptomsReported(given["onset"], given["rash"] == "yes", self.value("note"))


class VaccinationForm(RecordForm):
    """A vaccination."""

    disease = pick(_("Disease"), v.DISEASES)
    doses = forms.IntegerField(label=_("Which dose this was"), min_value=1, max_value=20)

    def told(self) -> Body:
        """Vaccinated."""
        return e.Vaccinated(self.cleaned_data["disease"], self.cleaned_data["doses"])
