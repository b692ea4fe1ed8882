"""What can be told of units, posts, rosters and places, as forms. What is typed is kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from epiloop.core.errors import EpiloopError
from epiloop.ledger.events import Body
from epiloop.registers.places import events as pl
from epiloop.registers.places.checks import check_position
from epiloop.registers.places.hours import parsed
from epiloop.registers.places.kinds import is_usually_sensitive
from epiloop.registers.units import events as u
from epiloop.rules.vocabulary import POSTS
from epiloop.web import titles
from epiloop.web.acting import Acting
from epiloop.web.called import CalledForm, called
from epiloop.web.errors import words
from epiloop.web.registers.kinds import LEVELS, kind_choices

LOCAL = "%Y-%m-%dT%H:%M"
HOURS_HELP = _("Weekdays 1 to 7 and times: 1-5 08:00-18:00; 6,7 09:00-17:00")
NOT_POSTS = ("self", "driver")


class HoursField(forms.CharField):
    """Opening hours as people write them; the value is what the register keeps."""

    def clean(self, value: Any) -> Any:
        """The hours."""
        try:
            return parsed(super().clean(value))
        except EpiloopError as wrong:
            raise forms.ValidationError(words(wrong)) from wrong


class PositionField(forms.CharField):
    """Longitude and latitude as maps give them, parted by a comma; the value is what the register keeps."""

    def clean(self, value: Any) -> Any:
        """The position; () for none."""
        text = super().clean(value).replace("，", ",")
        try:
            position = tuple(float(part) for part in text.split(",")) if text else ()
        except ValueError:
            position = (0.0,)
        try:
            if position:
                check_position(position)
        except EpiloopError as wrong:
            raise forms.ValidationError(words(wrong)) from wrong
        return position


POSITION_HELP = _("Longitude, latitude in degrees: 109.6123, 25.7829. For the map of an itinerary.")


def _text(label: Any, *, required: bool = True, longest: int = 120, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=longest, help_text=help_text)


def _instant(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[LOCAL, "%Y-%m-%d %H:%M"])


def _phone() -> forms.CharField:
    return forms.CharField(
        label=_("Duty line"),
        required=False,
        max_length=30,
        help_text=_("Not a private number. Without one the line of the post serves."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


def _login(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=64,
        widget=forms.TextInput(attrs={"list": "logins", "autocapitalize": "none", "spellcheck": "false"}),
    )


class TellForm(CalledForm):
    """A form that becomes an event body."""

    button: Any = _("Record")

    def __init__(self, *args: Any, who: Acting, posts: list[tuple[str, str]] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.who = who
        self.offer("post", posts or [])
        kinds = [("", gettext("Choose")), *kind_choices()]
        self.offer("unit_kind", kinds)
        self.offer("place_kind", kinds)
        self.offer("post_kind", post_choices())
        self.offer(
            "level", [("", gettext("of the unit itself")), *((key, gettext(name)) for key, name in LEVELS.items())]
        )

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Let a field offer these, if the form has it and they were not stated."""
        field = self.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Which jurisdiction the name means, where the form has one."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "jurisdiction" in self.fields:
            self.settle_jurisdiction("jurisdiction", self.who)
        return given

    def local(self, name: str) -> datetime:
        """An instant as typed: local time of the jurisdiction."""
        given: datetime = self.cleaned_data[name]
        return given.replace(tzinfo=self.who.zone)

    def body(self) -> Body:
        """What is told."""
        raise NotImplementedError


def post_choices() -> list[tuple[str, str]]:
    """All kinds of post, by name."""
    return sorted(((key, titles.post(key)) for key in POSTS if key not in NOT_POSTS), key=lambda pair: pair[1])


class UnitForm(TellForm):
    """A new unit."""

    button = _("Register the unit")
    unit_kind = forms.ChoiceField(label=_("Kind"))
    name_zh = _text(_("Chinese name"))
    name_en = _text(_("English name"), required=False)
    jurisdiction = called(_("Jurisdiction"))

    def body(self) -> Body:
        """A unit is known."""
        return u.UnitRegistered(**self.cleaned_data)


class UnitChangeForm(UnitForm):
    """Another name, kind or jurisdiction."""

    button = _("Change")

    def body(self) -> Body:
        """What is given is different now."""
        return u.UnitChanged(**self.cleaned_data)


class UnitCloseForm(TellForm):
    """The unit is no more."""

    button = _("Close the unit")

    def body(self) -> Body:
        """Nor are its posts."""
        return u.UnitClosed()


class PostForm(TellForm):
    """A new post; `new_post` is its id, known when the form is sent."""

    button = _("Create the post")
    post_kind = forms.ChoiceField(label=_("Post"))
    level = forms.ChoiceField(
        label=pgettext_lazy("of a post", "Answers for"),
        required=False,
        help_text=_("A post of the territory answers at a level."),
    )
    jurisdiction = called(_("Jurisdiction"), help_text=_("The territory it answers for: name, pinyin or code."))
    phone = _phone()
    new_post: UUID | None = None

    def body(self) -> Body:
        """A post of the unit."""
        assert self.new_post is not None
        given = self.cleaned_data
        return u.PostCreated(
            self.new_post, given["post_kind"], given["jurisdiction"], given["level"], given["phone"] or None
        )


class _OfPost(TellForm):
    post = forms.ChoiceField(label=_("Post"))

    @property
    def of(self) -> UUID:
        """The post."""
        return UUID(self.cleaned_data["post"])


class ClosePostForm(_OfPost):
    """A post that is no more."""

    button = _("Close the post")

    def body(self) -> Body:
        """The post is no more."""
        return u.PostClosed(self.of)


class HolderForm(_OfPost):
    """Who holds a post."""

    button = _("Assign")
    account = _login(_("Account"))
    phone = _phone()

    def body(self) -> Body:
        """An account holds the post."""
        return u.PostHolderAssigned(self.of, self.cleaned_data["account"], self.cleaned_data["phone"] or None)


class ShiftForm(_OfPost):
    """Who is on duty from when until when."""

    button = _("Put on the roster")
    account = _login(_("Account"))
    starts = _instant(_("From"))
    ends = _instant(_("Until"))
    phone = _phone()

    def body(self) -> Body:
        """A shift."""
        given = self.cleaned_data
        return u.ShiftRostered(
            self.of, given["account"], self.local("starts"), self.local("ends"), given["phone"] or None
        )


class CancelForm(TellForm):
    """A shift that does not take place; sent by a button beside it."""

    button = _("Cancel the shift")
    post = forms.UUIDField(widget=forms.HiddenInput)
    account = forms.CharField(max_length=64, widget=forms.HiddenInput)
    starts = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def clean_starts(self) -> datetime:
        """The exact instant."""
        try:
            return datetime.fromisoformat(self.cleaned_data["starts"])
        except ValueError as wrong:
            raise forms.ValidationError(_("There is no such shift.")) from wrong

    def body(self) -> Body:
        """Not on duty after all."""
        given = self.cleaned_data
        return u.ShiftCancelled(given["post"], given["account"], given["starts"])


class SubstituteForm(_OfPost):
    """Who takes somebody's shifts for a while."""

    button = _("Name the substitute")
    account = _login(_("Instead of"))
    substitute = _login(_("Substitute"))
    starts = _instant(_("From"))
    ends = _instant(_("Until"))
    phone = _phone()

    def body(self) -> Body:
        """A substitution."""
        given = self.cleaned_data
        span = self.local("starts"), self.local("ends")
        return u.SubstituteNamed(self.of, given["account"], given["substitute"], *span, given["phone"] or None)


class PlaceForm(TellForm):
    """A new place."""

    button = _("Register the place")
    place_kind = forms.ChoiceField(label=_("Kind"))
    name_zh = _text(_("Chinese name"))
    name_en = _text(_("English name"), required=False)
    jurisdiction = called(_("Jurisdiction"))
    capacity = forms.IntegerField(
        label=_("Capacity"), required=False, min_value=1, help_text=_("How many people at once.")
    )
    code = _text(_("Number on the door"), required=False, longest=40)
    position = PositionField(label=_("Position"), required=False, max_length=60, help_text=POSITION_HELP)
    hours: forms.Field | None = HoursField(
        label=_("Opening hours"), required=False, max_length=200, help_text=HOURS_HELP
    )
    sensitivity = forms.ChoiceField(
        label=_("Who may see it"),
        required=False,
        choices=(
            ("", _("as usual for its kind")),
            (pl.Sensitivity.PUBLIC.value, _("everybody with the register")),
            (pl.Sensitivity.SENSITIVE.value, _("only those who keep the register")),
        ),
        help_text=_(
            "Usual for health care, care homes, prisons, shelters and worship: only those who keep the register."
        ),
    )

    def body(self) -> Body:
        """A place is known."""
        return pl.PlaceRegistered(**self.told())

    def told(self) -> dict[str, Any]:
        """What was entered, as the event takes it."""
        given = dict(self.cleaned_data)
        usual = pl.Sensitivity.SENSITIVE if is_usually_sensitive(given["place_kind"]) else pl.Sensitivity.PUBLIC
        said = pl.Sensitivity(given["sensitivity"]) if given["sensitivity"] else usual
        return {**given, "code": given["code"] or None, "sensitivity": said}


class PlaceChangeForm(PlaceForm):
    """What is different now; hours have a form of their own, since they may end."""

    button = _("Change")
    hours = None

    def body(self) -> Body:
        """What is given is different now."""
        return pl.PlaceChanged(**self.told())


class PlaceCloseForm(TellForm):
    """The place is no more, or not for now."""

    button = _("Close the place")
    reason = _text(_("Reason"), required=False)

    def body(self) -> Body:
        """Closed."""
        return pl.PlaceClosed(self.cleaned_data["reason"])
