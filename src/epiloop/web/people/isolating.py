"""Where a person is isolated, and until when, as forms: arrival, move, home, decision, another jurisdiction."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from epiloop.core.jurisdictions import code
from epiloop.ledger.events import Body
from epiloop.operations.investigation import events as e
from epiloop.web.called import called
from epiloop.web.people.around import Around
from epiloop.web.people.forms import RecordForm, a_day, note, tap

NO_STAGE = (
    _("No stage is laid down for this person"),
    _("When an event puts the person under a measure, its stages can be chosen here."),
)
NO_SITE = (
    _("No isolation site is registered in this county"),
    _("Register the units where people isolate under Places and units; then they can be chosen here."),
)
PLACES = (("home", _("At home")), ("centralised", _("At an isolation site")))


def a_site(label: Any, help_text: Any = "", *, required: bool = False) -> forms.TypedChoiceField:
    """A unit where a stage is served; which one is sealed."""
    return forms.TypedChoiceField(label=label, required=required, help_text=help_text, coerce=UUID, empty_value=None)


class StageForm(RecordForm):
    """About a stage; those offered are laid down for the person."""

    stage = tap(_("Stage"), ())

    def offer(self, around: Around) -> None:
        """The stages of the person's open loops."""
        self.choose("stage", around.stages)
        self.missing = None if around.stages else NO_STAGE


class AdmissionForm(StageForm):
    """Arrived where the stage is served: at a site, at home, back at the site."""

    site = a_site(
        _("Isolation site"),
        _("Kept sealed. Home again: choose the stage at home and no site. Back at the site: the stage there."),
    )

    def offer(self, around: Around) -> None:
        """The stages, and the sites of the county."""
        super().offer(around)
        self.choose("site", [("", gettext("no site: at home, or not known")), *around.sites])

    def told(self) -> Body:
        """Admitted to a stage."""
        return e.Admitted(self.cleaned_data["stage"], self.value("site"))


class ReleaseForm(StageForm):
    """Left the stage."""

    def told(self) -> Body:
        """Released from a stage."""
        return e.Released(self.cleaned_data["stage"])


class TransferForm(RecordForm):
    """Moved from one site to another."""

    origin = a_site(pgettext_lazy("site", "From"))
    destination = a_site(pgettext_lazy("site", "To"), _("Both are kept sealed."), required=True)

    def offer(self, around: Around) -> None:
        """The sites of the county."""
        self.choose("origin", [("", gettext("not known")), *around.sites])
        self.choose("destination", [("", pgettext("choice", "choose")), *around.sites])
        self.missing = None if around.sites else NO_SITE

    def clean(self) -> dict[str, Any]:
        """A move does not end where it began."""
        given = super().clean() or self.cleaned_data
        if given.get("destination") and given["destination"] == given.get("origin"):
            self.add_error("destination", gettext("This is the site the person came from. Choose another one."))
        return given

    def told(self) -> Body:
        """A move."""
        return e.Transferred(self.value("origin"), self.value("destination"))


class HomeUnsuitableForm(RecordForm):
    """Somebody looked, and the home does not do."""

    reason = note(_("What is unsuitable"), required=True)

    def told(self) -> Body:
        """The home is unsuitable."""
        return e.HomeUnsuitable(self.value("reason"))


class PlaceChoiceForm(RecordForm):
    """The person chose, where the rules leave the choice."""

    place = tap(_("Where the person wants to isolate"), PLACES)

    def told(self) -> Body:
        """The person's choice."""
        return e.PlaceChosen(e.IsolationPlace(self.cleaned_data["place"]))


class DecisionForm(StageForm):
    """The one who is signed in answers for it that a stage goes on, until a day, for a reason."""

    extends_to = a_day(_("Goes on until"), required=True, help_text=_("The last day, included."))
    reason = note(_("Reason"), required=True)

    by: str
    today_now: Any

    def offer(self, around: Around) -> None:
        """The stages; and who decides, from when."""
        super().offer(around)
        self.by, self.today_now = around.who.actor, around.day()
        self.fields["stage"].help_text = gettext(
            "The decision stands under your account, %(login)s. It can only move a stage's outer limit, before it is"
            " reached; the person may appeal."
        ) % {"login": around.who.login}

    def clean_extends_to(self) -> Any:
        """A day that lies ahead."""
        day = self.cleaned_data["extends_to"]
        if day < self.today_now:
            raise forms.ValidationError(gettext("This day is over. Give today or a later one."))
        return day

    def told(self) -> Body:
        """A decision with its name."""
        given = self.cleaned_data
        return e.NamedDecision(self.by, given["stage"], given["extends_to"], self.value("reason"))


class HandOverForm(RecordForm):
    """Another jurisdiction answers for the person, and has confirmed it."""

    to = called(_("To which jurisdiction"))
    receipt = forms.CharField(
        label=_("Number of their confirmation"),
        required=False,
        max_length=60,
        help_text=_("Stored openly: no names, no telephone numbers."),
    )

    around: Around
    to_code: str | None = None

    def offer(self, around: Around) -> None:
        """Jurisdictions are looked up by name."""
        self.around = around

    def clean(self) -> dict[str, Any]:
        """Which jurisdiction the name means."""
        given = super().clean() or self.cleaned_data
        self.to_code = self.settle("to", self.around.jurisdictions_called)
        return given

    def told(self) -> Body:
        """Handed over."""
        assert self.to_code
        return e.HandedOver(code(self.to_code), self.value("receipt"))
