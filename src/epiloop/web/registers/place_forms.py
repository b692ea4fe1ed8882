"""What can be told of a place's zones, hours and codes, as forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from epiloop.ledger.events import Body
from epiloop.operations.checkins.events import Ending, VenueCodeEnded
from epiloop.registers.places import events as pl
from epiloop.web.registers.forms import HOURS_HELP, HoursField, TellForm
from epiloop.web.registers.kinds import zone_choices


class HoursForm(TellForm):
    """Other opening hours, all of them."""

    button = _("Set the hours")
    hours = HoursField(label=_("Opening hours"), required=False, max_length=200, help_text=HOURS_HELP)

    def body(self) -> Body:
        """From now on these hours."""
        return pl.HoursSet(self.cleaned_data["hours"])


class ZoneForm(TellForm):
    """A zone that is there, or different now."""

    button = _("Set the zone")
    word = forms.CharField(
        label=_("Word of the zone"),
        max_length=40,
        help_text=_("Small letters, digits, dashes; it never changes: hall-2"),
    )
    zone_kind = forms.ChoiceField(label=_("Kind"), required=False)
    name_zh = forms.CharField(label=_("Chinese name"), required=False, max_length=60)
    name_en = forms.CharField(label=_("English name"), required=False, max_length=60)
    capacity = forms.IntegerField(
        label=_("Capacity"), required=False, min_value=1, help_text=_("How many people at once.")
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.offer("zone_kind", [("", "–"), *zone_choices()])

    def body(self) -> Body:
        """The zone as entered."""
        given = dict(self.cleaned_data)
        return pl.ZoneSet(given.pop("word"), **given)


class ZoneCloseForm(TellForm):
    """A zone that is no longer checked in to apart."""

    button = _("Close the zone")
    word = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def body(self) -> Body:
        """Closed."""
        return pl.ZoneClosed(self.cleaned_data["word"])


class RotateForm(TellForm):
    """New codes for all zones."""

    button = _("Issue new codes")
    days = forms.IntegerField(
        label=_("Days for which the old codes are still taken"),
        initial=7,
        min_value=0,
        max_value=366,
        help_text=_("Until then both posters work, so that there is time to change them."),
    )


class EndCodeForm(TellForm):
    """A code that is refused from now on."""

    button = _("Refuse the code from now on")
    word = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=(
            (Ending.COPIED.value, _("a picture of it went around")),
            (Ending.ALTERED.value, _("the poster was altered")),
            (Ending.GONE.value, _("the zone is no more")),
            (Ending.ROTATED.value, _("replaced by a new one")),
        ),
    )

    def ended(self, at: Any) -> VenueCodeEnded:
        """The end of the code."""
        given = self.cleaned_data
        return VenueCodeEnded(given["word"], given["number"], at, Ending(given["reason"]))


class PlacesFileForm(forms.Form):
    """A list of places."""

    file = forms.FileField(
        label=_("List of places"),
        help_text=_("CSV or XLSX with id, kind, name_zh, jurisdiction; one line for each zone."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    system = forms.SlugField(
        label=pgettext_lazy("of a list", "Comes from"),
        initial="places",
        max_length=40,
        help_text=_("A word for its source. The same number from the same source is the same place."),
    )
