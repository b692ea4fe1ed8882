"""One stop as a form made for the telephone: the fields that matter first, in the order in which people tell."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from epiloop.core.errors import EpiloopError
from epiloop.core.instants import day_of
from epiloop.operations.itineraries.events import Basis, Precision, StopKind, StopTold, Vehicle
from epiloop.operations.itineraries.state import Stop
from epiloop.web import vocabulary as v
from epiloop.web.errors import words
from epiloop.web.itineraries import typed
from epiloop.web.itineraries.words import BASES, HOME, KINDS, PARTS, form_kind
from epiloop.web.people.forms import a_day, note
from epiloop.web.registers.forms import POSITION_HELP, PositionField

VEHICLES = frozenset(Vehicle)
NAMED = {
    StopKind.PLACE: _("What the place is called."),
    StopKind.ELSEWHERE: _("What the place is called."),
    StopKind.HOUSEHOLD: _("The code of the person whose home it is: 3F7K-9Q."),
    StopKind.GATHERING: _("What the gathering is called, the same for all its guests."),
}
"""What is asked for when `what` is empty."""


class TimeField(forms.CharField):
    """A time of day, as people type it; the value is minutes after midnight, None for none."""

    def __init__(self, label: Any, help_text: Any) -> None:
        attrs = {"autocomplete": "off", "spellcheck": "false", "inputmode": "numeric"}
        widget = forms.TextInput(attrs=attrs)
        super().__init__(label=label, required=False, max_length=8, help_text=help_text, widget=widget)

    def clean(self, value: Any) -> Any:
        """The minutes."""
        try:
            return typed.minutes_of(super().clean(value))
        except EpiloopError as wrong:
            raise forms.ValidationError(words(wrong)) from wrong


def _short(
    label: Any, longest: int = 60, help_text: Any = "", more: Mapping[str, Any] | None = None
) -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false", **(more or {})}
    return forms.CharField(
        label=label, required=False, max_length=longest, help_text=help_text, widget=forms.TextInput(attrs=attrs)
    )


class StopForm(forms.Form):
    """A stop. `what` is the name of a place or a gathering, the number of a vehicle, or the code of a person."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80)
    day = a_day(_("Day"), required=True)
    begins = TimeField(_("From"), _("830 or 8:30; empty: goes on"))
    ends = TimeField(_("Until"), _("Empty: midnight, or now"))
    kind = forms.ChoiceField(label=_("Where"), choices=lambda: [(key, gettext(name)) for key, name in KINDS.items()])
    what = _short(
        _("Name or number"),
        120,
        _("Of the place, the gathering or the vehicle; nothing for home."),
        {
            "list": "place-names",
            "hx-post": reverse_lazy("itinerary-places"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#place-names",
        },
    )
    part = forms.ChoiceField(
        label=_("Only the part of the day is known"),
        required=False,
        choices=lambda: [("", "–"), *((key, gettext(name)) for key, (name, *_hours) in PARTS.items())],
    )
    about = forms.BooleanField(label=_("The times are about right, give or take half an hour"), required=False)
    address = _short(_("Address"), 200, _("For another place or a gathering. Kept sealed."))
    position = PositionField(label=_("Position"), required=False, max_length=60, help_text=POSITION_HELP)
    zone = _short(_("Zone"), 40, _("Of a registered place: the word of the hall, the ward, the counter."))
    carriage = _short(_("Carriage"), 20)
    seat = _short(_("Seat"), 20, _("With its row: 12F."))
    origin = _short(_("Got on at"))
    destination = _short(_("Got off at"))
    on = a_day(_("Set out on"), help_text=_("If not on the day of the stop: night trains."))
    basis = forms.ChoiceField(label=_("How it is known"), required=False, choices=lambda: v.choices(BASES))
    note = note()
    place_is = forms.ChoiceField(label=_("Which of these"), required=False, widget=forms.RadioSelect)

    FIRST = ("day", "begins", "ends", "kind", "what")
    OFFERED = "place_is"

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if chosen := self.data.get(self.OFFERED):
            self.offer([(chosen, chosen)])  # what it stands for is looked up again

    def first(self) -> list[forms.BoundField]:
        """The fields of nearly every stop."""
        return [self[name] for name in self.FIRST]

    def rest(self) -> list[forms.BoundField]:
        """The others, but what is hidden or offered only after a search."""
        return [field for field in self if field.name not in (*self.FIRST, "key", self.OFFERED)]

    def opens_rest(self) -> bool:
        """Whether one of the others says something or is wrong, and so is shown."""
        quiet = ("basis",)
        return any(field.errors or (field.name not in quiet and field.value()) for field in self.rest())

    def offer(self, choices: list[tuple[str, str]]) -> None:
        """Let one of several places be chosen."""
        field = self.fields[self.OFFERED]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Whatever is missing for the kind of stop."""
        given: dict[str, Any] = super().clean() or {}
        kind = given.get("kind")
        if kind and kind != HOME and not given.get("what"):
            said = _("The number of the train, bus, flight or ship, or the plate.") if kind in VEHICLES else NAMED[kind]
            self.add_error("what", said)
        return given

    def times(self, zone: tzinfo, now: datetime, before: datetime | None) -> tuple[datetime, datetime, Precision]:
        """From when until when, and how well it is known. `before`: when the stop before ended on that day."""
        given = self.cleaned_data
        if given["part"]:
            _name, first, last = PARTS[given["part"]]
            begins, ends = typed.span(given["day"], first * 60, last * 60, zone, now)
            return begins, min(ends, max(now, begins + timedelta(minutes=1))), Precision.PART
        start = given["begins"]
        begins, ends = typed.span(given["day"], start or 0, given["ends"], zone, now)
        if start is None and before is not None and before < ends:
            begins = before
        return begins, ends, Precision.ABOUT if given["about"] else Precision.MINUTE

    def told(self, stop: UUID, times: tuple[datetime, datetime, Precision]) -> StopTold:
        """The stop, without what has to be looked up: the place, the household."""
        given = {name: value or None for name, value in self.cleaned_data.items()}
        kind, vehicle = str(given["kind"]), None
        if kind in VEHICLES:
            vehicle = Vehicle(kind)
        where = StopKind.VEHICLE if vehicle else StopKind.HOUSEHOLD if kind == HOME else StopKind(kind)
        named = where in (StopKind.ELSEWHERE, StopKind.GATHERING)
        return StopTold(
            stop,
            where,
            *times,
            basis=Basis(given["basis"] or Basis.INTERVIEW),
            name=given["what"] if named else None,
            address=given["address"] if named else None,
            position=self.cleaned_data["position"] if named else (),
            zone=given["zone"] if where is StopKind.PLACE else None,
            **(_ride(given, vehicle) if vehicle else {}),
            note=given["note"],
        )


def _ride(given: Mapping[str, Any], vehicle: Vehicle) -> dict[str, Any]:
    said = {name: given[name] for name in ("carriage", "seat", "origin", "destination")}
    return {**said, "vehicle": vehicle, "number": given["what"], "on": given["on"] or given["day"]}


def initial_of(stop: Stop, home: UUID, zone: tzinfo) -> dict[str, Any]:
    """A stop as the form shows it."""
    told, day = stop.told, day_of(stop.begins, zone)
    said = {name: getattr(told, name) for name in ("address", "zone", "carriage", "seat", "origin", "destination")}
    part = _part(stop, zone) if told.precision is Precision.PART else ""
    ends = typed.said(stop.ends, day, zone)
    return {
        **said,
        "day": day,
        "begins": "" if part else typed.said(stop.begins, day, zone),
        "ends": "" if part else ends,
        "part": part,
        "about": told.precision is Precision.ABOUT,
        "kind": form_kind(told, home),
        "what": _what(told, home),
        "position": ", ".join(map(str, told.position)) if told.place is None else "",
        "on": told.on if told.on != day else None,
        "basis": told.basis,
        "note": told.note,
    }


def _what(told: StopTold, home: UUID) -> str:
    if told.where is StopKind.HOUSEHOLD:
        return "" if told.household == home else str(told.household)
    return (told.number if told.where is StopKind.VEHICLE else told.name) or ""


def _part(stop: Stop, zone: tzinfo) -> str:
    hour = stop.begins.astimezone(zone).hour
    return next((key for key, (_name, first, last) in PARTS.items() if first <= hour < last), "")


class DayForm(forms.Form):
    """A template of a day: like another one, or at home wherever nothing is known."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80)
    day = a_day(_("Day"), required=True)
    like = a_day(_("Like the day"))

    @property
    def copied(self) -> date | None:
        """The day to copy; None to fill with home."""
        day: date | None = self.cleaned_data["like"]
        return day
