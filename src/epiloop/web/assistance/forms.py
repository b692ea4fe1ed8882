"""What is asked of another jurisdiction, and what comes of it, as forms. Names are typed and found; codes need not be
known.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from epiloop.core.jurisdictions import code
from epiloop.operations.assistance.events import Answer
from epiloop.operations.assistance.minimal import RULES, Kind, Result
from epiloop.web.acting import Acting
from epiloop.web.assistance.desks import Desk
from epiloop.web.called import CalledForm, Choices, called, jurisdictions_called
from epiloop.web.people.sources import Candidate

WHEN = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
OF_KIND: Mapping[Kind, tuple[str, ...]] = {Kind.RESULT: ("sample",), Kind.ITINERARY: ("place", "since", "until")}
"""What is typed besides, by kind of request."""
Words = Callable[[str], str]


class AskForm(CalledForm):
    """What is asked; who is asked about stands above it."""

    kind = forms.ChoiceField(
        label=_("What is asked for"),
        widget=forms.RadioSelect,
        initial=Kind.CONTROL.value,
        choices=lambda: [(kind.value, gettext(rule.name)) for kind, rule in RULES.items()],
    )
    sample = forms.CharField(label=_("Number on the tube"), max_length=64, required=False)
    place = forms.CharField(label=_("Place of the itinerary"), max_length=200, required=False)
    since = forms.CharField(label=_("From, as people say it"), max_length=40, required=False)
    until = forms.CharField(label=_("Until, as people say it"), max_length=40, required=False)
    receiver = called(_("Which jurisdiction is asked"))
    deadline = forms.DateTimeField(
        label=_("Answer by"),
        input_formats=WHEN,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN[0]),
    )
    clause = forms.CharField(label=_("Why: the clause"), max_length=200)
    desk = forms.ChoiceField(label=_("Whom to call"), required=False)
    post = forms.CharField(label=_("Whom to call: the post"), max_length=100, required=False)
    phone = forms.CharField(
        label=_("Its telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self, who: Acting, desks: Sequence[Desk], reached: Callable[[int], bool], *args: Any, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.who, self.desks, self.reached = who, {desk.key: desk for desk in desks}, reached
        self.choose("desk", [*((desk.key, desk.words) for desk in desks), ("", gettext("another one"))])
        self.fields["receiver"].widget.attrs["list"] = "known-receivers"
        if desks:
            self.fields["desk"].initial = desks[0].key
        else:
            del self.fields["desk"]

    def of_kinds(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields that only some kinds of request have."""
        return [(kind.value, [self[name] for name in names]) for kind, names in OF_KIND.items()]

    def of_all(self) -> list[forms.BoundField]:
        """The fields of every request but what is asked for, in order."""
        only = {"kind", *(name for names in OF_KIND.values() for name in names)}
        return [field for field in self if field.name not in only]

    def clean(self) -> dict[str, Any]:
        """Who is asked, whom to call, and what the kind needs."""
        given: dict[str, Any] = super().clean() or {}
        for name in OF_KIND.get(Kind(given["kind"]), ()) if given.get("kind") else ():
            if not given.get(name):
                self.add_error(name, gettext("This is needed for what is asked for."))
        given["receiver_code"] = self.settle("receiver", self._receivers)
        desk = self.desks.get(given.get("desk") or "")
        given["call"] = (desk.post, desk.phone) if desk else (given.get("post", ""), given.get("phone", ""))
        if not all(given["call"]):
            self.add_error("post", gettext("Choose whom to call, or write post and telephone."))
        return given

    def _receivers(self, text: str) -> Choices:
        """Those that somebody known here stands for; where nobody does, all of the name: the refusal then says why."""
        own = self.who.jurisdiction
        found = jurisdictions_called(self.who, text, own)
        return [one for one in found if self.reached(code(one[0]))] or found[:1]

    def wanted(self) -> dict[str, str]:
        """What was typed for the kind that was chosen."""
        given = self.cleaned_data
        return {name: given[name] for name in OF_KIND.get(Kind(given["kind"]), ())}


class AnswerForm(CalledForm):
    """What came of it for one person."""

    result = forms.ChoiceField(label=_("What came of it"), widget=forms.RadioSelect)
    where = called(_("Where the person is"), required=False, help_text=_("If elsewhere: name, pinyin or code."))
    note = forms.CharField(label=_("Note"), max_length=2000, required=False)

    def __init__(self, who: Acting, kind: Kind, number: int, words: Words, data: Any = None) -> None:
        super().__init__(data, auto_id=f"a{number}_%s")
        self.who, self.number = who, number
        results = [one for one in RULES[kind].results if one is not Result.TAKEN_OVER]
        self.choose("result", [(one.value, words(one.value)) for one in results])
        if Result.ELSEWHERE not in results:
            del self.fields["where"]

    def clean(self) -> dict[str, Any]:
        """Which jurisdiction is meant."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("result") == Result.ELSEWHERE:
            found = self.settle("where", lambda text: jurisdictions_called(self.who, text, self.who.jurisdiction))
            given["code"] = int(code(found)) if found else None
            if not given.get("where"):
                self.add_error("where", gettext("Say in which jurisdiction the person is."))
        return given

    def answer(self, at: datetime) -> Answer:
        """The result."""
        given = self.cleaned_data
        return Answer(self.number, Result(given["result"]), at, given.get("code"))


class TakeUpForm(CalledForm):
    """Found: somebody of ours who is chosen, or registered now where they stay."""

    person = forms.ChoiceField(
        label=_("Who it is"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the people shown.")},
    )
    stay = called(
        _("Where the person stays"),
        required=False,
        help_text=_("Community or village: name, pinyin or code. Empty: the jurisdiction that is asked."),
    )

    def __init__(self, who: Acting, near: int, number: int, data: Any = None) -> None:
        super().__init__(data, auto_id=f"t{number}_%s")
        self.who, self.near, self.number = who, near, number
        self.found: tuple[Candidate, ...] = ()
        self.choose("person", [(chosen, chosen) for chosen in _ids(self.data.get("person"))])
        self.text, self.wrong, self.asked = "", "", False

    def offer(self, text: str, found: Sequence[Candidate], wrong: str = "") -> None:
        """Who was found by what was typed."""
        self.text, self.found, self.wrong, self.asked = text, tuple(found), wrong, True

    def clean(self) -> dict[str, Any]:
        """Where the person stays; whom it is."""
        given: dict[str, Any] = super().clean() or {}
        found = self.settle("stay", lambda text: jurisdictions_called(self.who, text, self.near))
        given["code"] = int(code(found)) if found else None
        return given

    def chosen(self) -> UUID | None:
        """Whom it is of ours; None: nobody."""
        text = self.cleaned_data["person"]
        return UUID(text) if text else None


def _ids(text: object) -> list[str]:
    """The text, if it is an id."""
    try:
        return [str(UUID(str(text)))] if text else []
    except ValueError:
        return []
