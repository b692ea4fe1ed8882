"""What the register of people keeps, as forms: arrivals, where somebody lives and stays, what they do, key posts."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from epiloop.core.ids import derived
from epiloop.core.jurisdictions import code
from epiloop.ledger.events import Body
from epiloop.operations.arrivals import events as a
from epiloop.registers.people import events as p
from epiloop.rules.vocabulary import KEY_POSTS
from epiloop.web import said, titles
from epiloop.web import vocabulary as v
from epiloop.web.called import Choices, called
from epiloop.web.people.around import Around
from epiloop.web.people.forms import YES_NO, RecordForm, a_day, note, pick, tap


class PlacedForm(RecordForm):
    """About a jurisdiction, typed by name or code."""

    where = called(_("Jurisdiction"))

    around: Around
    code: str | None = None

    def offer(self, around: Around) -> None:
        """Jurisdictions are looked up by name."""
        self.around = around

    def clean(self) -> dict[str, Any]:
        """Which jurisdiction the name means."""
        given = super().clean() or self.cleaned_data
        self.code = self.settle("where", self.around.jurisdictions_called)
        return given

    def number(self) -> int:
        """Its number."""
        assert self.code
        return code(self.code)


class StayForm(PlacedForm):
    """Where the person stays now."""

    def told(self) -> p.StayChanged:
        """Another place of stay."""
        return p.StayChanged(self.number())


class ResidenceForm(PlacedForm):
    """Where the person is registered."""

    def told(self) -> Body:
        """Another residence."""
        return p.ResidenceChanged(self.number())


class ArrivalForm(PlacedForm):
    """Came into the jurisdiction from elsewhere; the same journey told by two channels is one arrival."""

    arrival = forms.ChoiceField(label=_("Which arrival"), required=False)
    origin_risk = tap(_("Risk of the place left"), lambda: v.choices(v.RISKS))
    left = a_day(_("Day of leaving"), help_text=_("The day the person left that place."))
    where = called(_("From which jurisdiction"), required=False)
    inter_province = forms.BooleanField(label=_("From another province"), required=False)
    from_abroad = forms.BooleanField(label=_("From abroad"), required=False)
    channel = tap(_("How it became known"), lambda: v.choices(v.CHANNELS))
    transport = note(_("Means of travel"))
    lodging = note(_("Where the person lodges"))

    def offer(self, around: Around) -> None:
        """Arrivals that another channel reported, to say that it is the same one."""
        super().offer(around)
        known = arrivals_of(around, "reported", "confirmed", "absent")
        self.choose("arrival", [("", gettext("a new one")), *known])
        if not known:
            del self.fields["arrival"]

    def told(self) -> Body:
        """An arrival."""
        given = self.cleaned_data
        return a.Arrived(
            arrival=self.value("arrival") or str(derived("arrival", str(self.person), str(given["key"]))),
            origin_risk=a.OriginRisk(given["origin_risk"]),
            channel=a.Channel(given["channel"]),
            left=given["left"],
            origin=self.code,
            inter_province=given["inter_province"],
            from_abroad=given["from_abroad"],
            transport=self.value("transport"),
            lodging=self.value("lodging"),
        )


class ArrivalSeenForm(RecordForm):
    """Somebody of the territory looked whether the person is here."""

    arrival = tap(_("Which arrival"), ())
    present = tap(_("Is the person here?"), YES_NO)
    channel = tap(_("How it became known"), lambda: v.choices(v.CHANNELS))
    note = note()

    def offer(self, around: Around) -> None:
        """Arrivals that wait for somebody to look."""
        waiting = arrivals_of(around, "reported", "absent")
        self.choose("arrival", waiting)
        self.missing = None if waiting else NO_ARRIVAL

    def told(self) -> Body:
        """Seen, or not."""
        given = self.cleaned_data
        channel = a.Channel(given["channel"])
        return a.ArrivalConfirmed(given["arrival"], channel, given["present"] == "yes", self.value("note"))


class DepartureForm(PlacedForm):
    """Left again."""

    arrival = tap(_("Which arrival"), ())
    where = called(_("To which jurisdiction"), required=False)

    def offer(self, around: Around) -> None:
        """Arrivals that are not over."""
        super().offer(around)
        here = arrivals_of(around, "reported", "confirmed")
        self.choose("arrival", here)
        self.missing = None if here else NO_ARRIVAL

    def told(self) -> Body:
        """A departure."""
        return a.Departed(self.cleaned_data["arrival"], self.code)


NO_ARRIVAL = (
    _("No arrival of this person waits for that"),
    _("Report the arrival first; it can be confirmed and ended afterwards."),
)


def arrivals_of(around: Around, *steps: str) -> Choices:
    """Arrivals as choices: when, from where, how far."""
    found = []
    for one in around.arrivals(*steps):
        words = [said.said_moment(one.at, around.who.at, around.who.zone)]
        words += [around.place(code(one.origin))] if one.origin else []
        words.append(v.said(v.ARRIVAL_STEPS, one.step))
        found.append((one.arrival, " · ".join(words)))
    return found


class OccupationForm(RecordForm):
    """What the person does for a living."""

    occupation = pick(_("Occupation"), v.OCCUPATIONS)

    def told(self) -> Body:
        """Another occupation."""
        return p.OccupationChanged(self.cleaned_data["occupation"])


class EmployerForm(RecordForm):
    """Whom the person works for."""

    unit = called(_("Unit"), help_text=_("Part of its name."))
    since = a_day(_("Since"))

    around: Around
    unit_id: str | None = None

    def offer(self, around: Around) -> None:
        """Units are looked up by name."""
        self.around = around

    def clean(self) -> dict[str, Any]:
        """Which unit the name means."""
        given = super().clean() or self.cleaned_data
        self.unit_id = self.settle("unit", self.around.units_called)
        return given

    def told(self) -> Body:
        """Works for a unit."""
        return p.Employed(UUID(self.unit_id), self.cleaned_data["since"])


class EmployerLeftForm(RecordForm):
    """Works there no longer."""

    unit = tap(_("Unit"), ())
    until = a_day(_("Last day"))

    def offer(self, around: Around) -> None:
        """The units the person works for."""
        units = around.units(sorted(around.person.employers))
        self.choose("unit", units)
        self.missing = None if units else (_("No employer is known"), _("Record first whom the person works for."))

    def told(self) -> Body:
        """An employment ended."""
        return p.EmploymentEnded(UUID(self.cleaned_data["unit"]), self.cleaned_data["until"])


def key_posts() -> Choices:
    """The kinds of the rules' vocabulary as choices, none of them chosen."""
    return [("", pgettext("choice", "choose")), *((kind, key_post(kind)) for kind in KEY_POSTS)]


def key_post(kind: str) -> str:
    """A key post in the reader's language."""
    english, chinese = KEY_POSTS.get(kind, (kind, kind))
    return chinese if titles.chinese() else english


class KeyPostForm(RecordForm):
    """Holds a post whose holders are tested regularly (应检尽检)."""

    post = forms.ChoiceField(label=_("Key post"), choices=key_posts)
    since = a_day(_("Since"), required=True)

    def told(self) -> Body:
        """Holds a post."""
        return p.PostHeld(self.cleaned_data["post"], self.cleaned_data["since"])


class KeyPostLeftForm(RecordForm):
    """Holds it no longer."""

    post = tap(_("Key post"), ())

    def offer(self, around: Around) -> None:
        """The posts the person holds."""
        held = [(post, key_post(post)) for post in sorted({post for post, _unit, _since in around.person.posts})]
        self.choose("post", held)
        self.missing = None if held else (_("No key post is known"), _("Record first which one the person holds."))

    def told(self) -> Body:
        """Left the post."""
        return p.PostLeft(self.cleaned_data["post"])


class DeathForm(RecordForm):
    """The person died, of whatever cause."""

    on = a_day(_("Day of death"))

    def told(self) -> Body:
        """Died."""
        return p.Died(self.cleaned_data["on"])
