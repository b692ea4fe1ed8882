"""A visitor entered by staff, and a count at a door, as forms. What is typed is kept, except after it was taken."""

from datetime import datetime, timedelta, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from epiloop.core.errors import EpiloopError
from epiloop.operations.checkins.events import DoorCounted
from epiloop.operations.checkins.visits import Visitor
from epiloop.runtime.requests.doors import Entered
from epiloop.web.errors import words

LOCAL = "%Y-%m-%dT%H:%M"
OLDEST = timedelta(hours=72)
"""What is older is not entered at a door any more, but told in an interview."""


def _instant(label: Any, *, required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
    return forms.DateTimeField(label=label, required=required, widget=widget, input_formats=[LOCAL, "%Y-%m-%d %H:%M"])


class DoorForm(forms.Form):
    """A form about one of the doors of a place, with times by its clock."""

    def __init__(self, *args: Any, doors: list[tuple[str, str]], zone: tzinfo, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self.clock, self.at = zone, at
        field = self.fields["zone"]
        if isinstance(field, forms.ChoiceField):
            field.choices = doors
            field.required = all(word for word, _name in doors)
        if len(doors) == 1:
            field.widget = forms.HiddenInput()
            field.initial = self.initial["zone"] = doors[0][0]

    def local(self, name: str) -> datetime | None:
        """An instant as typed: local time of the place."""
        given: datetime | None = self.cleaned_data.get(name)
        return given.replace(tzinfo=self.clock) if given else None


class EnterForm(DoorForm):
    """A visitor who has no phone, or whose phone does not do."""

    zone = forms.ChoiceField(label=_("Zone"))
    by = forms.ChoiceField(
        label=_("Known by"),
        choices=(("phone", _("phone number")), ("document", _("document number")), ("card", _("card"))),
    )
    number = forms.CharField(
        label=pgettext_lazy("of a phone, document or card", "Number"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "autofocus": True}
        ),
        help_text=_("Type it, or hold the card to the reader. No name is needed."),
    )
    came = _instant(_("Came at"), required=False)
    left = _instant(_("Left at"), required=False)
    until = _instant(_("Stays until"), required=False)
    TIMES = ("came", "left", "until")
    """What is said of nearly nobody: who stands at the door has come just now."""

    @property
    def times(self) -> list[forms.BoundField]:
        """The fields of times, which the page shows on demand."""
        return [self[name] for name in self.TIMES]

    @property
    def timed(self) -> bool:
        """Whether something was said of times, or is wrong with them."""
        return any(self[name].value() or self[name].errors for name in self.TIMES)

    def clean(self) -> dict[str, Any]:
        """The visit, if it can be as typed."""
        given = self.cleaned_data
        came = self.local("came") or self.at
        if "came" in given and not self.at - OLDEST <= came <= self.at + timedelta(minutes=1):
            self.add_error("came", gettext("Visits of the last three days are entered here, and none of the future."))
        if given.get("left") and given.get("until"):
            self.add_error("until", gettext("Either they left, or they stay: enter one of the two."))
        if given.get("number") and not self.errors:
            try:
                given["entered"] = self._entered(came)
            except EpiloopError as wrong:
                self.add_error("number", words(wrong))
        return given

    def _entered(self, came: datetime) -> Entered:
        who = Visitor(**{self.cleaned_data["by"]: self.cleaned_data["number"].strip()})
        return Entered(who, came, self.local("left"), self.local("until"))


class CountForm(DoorForm):
    """How many went in while somebody stood at the door."""

    zone = forms.ChoiceField(label=_("Zone"))
    since = _instant(_("From"))
    until = _instant(_("Until"))
    people = forms.IntegerField(label=_("People who went in"), min_value=0, max_value=100_000)

    def told(self) -> DoorCounted:
        """The count as entered."""
        given = self.cleaned_data
        since, until = self.local("since"), self.local("until")
        assert since is not None
        assert until is not None
        return DoorCounted(given["zone"], since, until, given["people"])
