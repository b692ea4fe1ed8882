"""What can be recorded of a person, as forms; each tells one event body. What is typed is kept when it is refused."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from epiloop.core.errors import EpiloopError
from epiloop.core.ids import derived
from epiloop.core.jurisdictions import code
from epiloop.ledger.events import Body
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.registers.people import events as p
from epiloop.web import vocabulary as v
from epiloop.web.errors import words

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


def note(label: Any = NOTE) -> forms.CharField:
    """Free text; it is sealed."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=2000,
        help_text=_("Kept sealed. Write no names."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RecordForm(forms.Form):
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


class ResultForm(RecordForm):
    """A result; said again with another outcome it corrects the one before."""

    sample = forms.CharField(
        label=_("Number on the tube"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )
    outcome = tap(_("Result"), lambda: v.choices(v.RESULTS, without=["pending"]))
    ct = forms.FloatField(label=_("Ct, cycles"), required=False, min_value=0, max_value=60)
    correction = forms.BooleanField(label=_("This corrects the result recorded before"), required=False)

    def told(self) -> Body:
        """A result, or its correction."""
        given = self.cleaned_data
        kind = s.ResultCorrected if given["correction"] else s.ResultReceived
        return kind(given["sample"].strip(), s.ResultOutcome(given["outcome"]), given["ct"])


class StageForm(RecordForm):
    """Entering or leaving a stage; the stages offered are those laid down."""

    stage = forms.ChoiceField(label=_("Stage"))

    def offer(self, stages: list[tuple[str, str]]) -> None:
        """The stages of the person's open loops."""
        field = self.fields["stage"]
        if isinstance(field, forms.ChoiceField):
            field.choices = stages


class AdmissionForm(StageForm):
    """Brought to where the stage is served."""

    def told(self) -> Body:
        """Admitted to a stage."""
        return e.Admitted(self.cleaned_data["stage"])


class ReleaseForm(StageForm):
    """Left the stage."""

    def told(self) -> Body:
        """Released from a stage."""
        return e.Released(self.cleaned_data["stage"])


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


class ContactForm(RecordForm):
    """Determined a contact of a case."""

    disease = pick(_("Disease"), v.DISEASES)
    ring = tap(_("Ring"), (("1", _("Close contact")), ("2", _("Secondary contact"))), initial="1")
    source = forms.UUIDField(
        label=_("Exposed to"), help_text=_("The id of the person exposed to, from the address of their page.")
    )
    last_exposure = a_day(_("Last exposure"), help_text=_("Without it no rule can count days."))
    setting = pick(_("Setting"), v.SETTINGS, required=False)
    relation = pick(_("Relation"), v.RELATIONS, required=False)
    high_risk = forms.BooleanField(label=_("High risk"), required=False)
    note = note()

    def told(self) -> Body:
        """A contact link, named by who was exposed to whom."""
        given = self.cleaned_data
        setting, relation = self.value("setting"), self.value("relation")
        return e.ContactDetermined(
            link=str(derived("link", str(self.person), str(given["source"]), given["disease"])),
            disease=given["disease"],
            ring=int(given["ring"]),
            sources=(given["source"],),
            last_exposure=given["last_exposure"],
            setting=e.SettingKind(setting) if setting else None,
            relation=e.Relation(relation) if relation else None,
            high_risk=given["high_risk"],
            note=self.value("note"),
        )


class WithdrawForm(RecordForm):
    """The link was a mistake."""

    link = forms.CharField(widget=forms.HiddenInput, max_length=200)
    disease = forms.CharField(widget=forms.HiddenInput, max_length=60)
    reason = note(_("Reason"))

    def told(self) -> Body:
        """A link withdrawn."""
        given = self.cleaned_data
        return e.ContactWithdrawn(given["link"], given["disease"], self.value("reason"))


class CaseForm(RecordForm):
    """Determined a case."""

    disease = pick(_("Disease"), v.DISEASES)
    classification = pick(_("Classification"), {k: w for k, w in v.CLASSIFICATIONS.items() if k != "discarded"})
    onset = a_day(_("Day of onset"), help_text=_("First symptoms; empty without any."))
    reported = a_day(_("Day of report"))
    severity = pick(_("Severity"), v.SEVERITIES, required=False)
    detected = pick(_("How found"), v.DETECTIONS, required=False)
    note = note()

    def told(self) -> Body:
        """A case, named by the request so that the same one sent twice is one."""
        given = self.cleaned_data
        severity, detected = self.value("severity"), self.value("detected")
        return e.CaseDetermined(
            case=derived("case", str(self.person), str(given["key"])),
            disease=given["disease"],
            classification=e.Classification(given["classification"]),
            onset=given["onset"],
            severity=e.Severity(severity) if severity else None,
            detected=e.Detection(detected) if detected else None,
            reported=given["reported"],
            note=self.value("note"),
        )


class OfCaseForm(RecordForm):
    """Something about one case of the person."""

    case = forms.UUIDField(widget=forms.HiddenInput)
    disease = forms.CharField(widget=forms.HiddenInput, max_length=60)


class ReclassifyForm(OfCaseForm):
    """Something more is known."""

    classification = pick(_("Classification"), {k: w for k, w in v.CLASSIFICATIONS.items() if k != "discarded"})
    onset = a_day(_("Day of onset"), help_text=_("Empty: as it was."))
    severity = pick(_("Severity"), v.SEVERITIES, required=False)
    reason = note(_("Reason"))

    def told(self) -> Body:
        """A case classified anew."""
        given, severity = self.cleaned_data, self.value("severity")
        return e.CaseReclassified(
            given["case"],
            given["disease"],
            e.Classification(given["classification"]),
            given["onset"],
            e.Severity(severity) if severity else None,
            self.value("reason"),
        )


class DiscardForm(OfCaseForm):
    """No case after all."""

    reason = note(_("Reason"))

    def told(self) -> Body:
        """A case discarded."""
        given = self.cleaned_data
        return e.CaseDiscarded(given["case"], given["disease"], self.value("reason"))


class OutcomeForm(OfCaseForm):
    """How it ended."""

    outcome = tap(_("Outcome"), lambda: v.choices(v.OUTCOMES, without=["open"]))
    on = a_day(_("On"))

    def told(self) -> Body:
        """An outcome."""
        given = self.cleaned_data
        return e.OutcomeRecorded(given["case"], given["disease"], e.Outcome(given["outcome"]), given["on"])


class StayForm(RecordForm):
    """Where the person stays now."""

    stay = forms.CharField(
        label=_("Jurisdiction"),
        max_length=16,
        help_text=_("Its code: 12 digits for a community, 14 for a grid."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "code"}),
    )

    def clean_stay(self) -> int:
        """The code as a number."""
        try:
            return code(self.cleaned_data["stay"].strip())
        except EpiloopError as error:
            raise forms.ValidationError(words(error)) from error

    def told(self) -> Body:
        """Another place of stay."""
        return p.StayChanged(self.cleaned_data["stay"])
