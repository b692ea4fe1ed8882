"""What an investigator determines of a person, as forms: contact, case, and what becomes of them."""

from functools import cached_property
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from epiloop.core.errors import EpiloopError
from epiloop.core.ids import derived
from epiloop.ledger.events import Body
from epiloop.operations.investigation import events as e
from epiloop.runtime import present
from epiloop.runtime.requests import By
from epiloop.runtime.requests.discarding import resting_on
from epiloop.web import vocabulary as v
from epiloop.web.people.around import Around
from epiloop.web.people.forms import RecordForm, a_day, note, pick, tap
from epiloop.web.people.sources import Sources


class ContactForm(RecordForm):
    """Determined a contact of a case."""

    disease = pick(_("Disease"), v.DISEASES)
    ring = tap(_("Ring"), (("1", _("Close contact")), ("2", _("Secondary contact"))), initial="1")
    source = forms.TypedChoiceField(label=_("Exposed to"), coerce=UUID, widget=forms.RadioSelect)
    last_exposure = a_day(_("Last exposure"), help_text=_("Without it no rule can count days."))
    setting = pick(_("Setting"), v.SETTINGS, required=False)
    relation = pick(_("Relation"), v.RELATIONS, required=False)
    high_risk = forms.BooleanField(label=_("High risk"), required=False)
    note = note()

    sources: Sources

    def offer(self, around: Around) -> None:
        """The one named already, who was found, and the cases of the last days."""
        named = (self.data if self.is_bound else self.initial).get("source")
        self.sources = Sources(around, named)
        self.choose("source", self.sources.choices())

    def find(self, kind: str, text: str, system: str) -> None:
        """Look for somebody to be chosen; what is found stands above the cases."""
        self.sources.find(kind, text, system)
        self.choose("source", self.sources.choices())

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

    around: Around

    def offer(self, around: Around) -> None:
        """Whose case it is, to say who is released with it."""
        self.around = around

    @cached_property
    def releases(self) -> int:
        """How many contacts rest on this case alone."""
        who, told = self.around.who, self.data if self.is_bound else self.initial
        asked = By(who.actor, self.around.purpose, "", who.account)
        try:
            case = UUID(str(told.get("case")))
            return resting_on(present.parts(), asked, self.around.id, case, str(told.get("disease", "")))
        except (ValueError, EpiloopError):  # no such case, or none to be discarded: said when the form is sent
            return 0

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
