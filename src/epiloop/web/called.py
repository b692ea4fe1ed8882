"""What a typed name means: the only thing found, or the one chosen of several that the form then offers."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from epiloop.core.errors import EpiloopError
from epiloop.core.jurisdictions import DIGITS, Code, code, short
from epiloop.web import header
from epiloop.web.acting import Acting
from epiloop.web.header import named
from epiloop.web.placing import placing

MOST_FOUND = 12
"""Jurisdictions or units offered where a typed name means several."""

LONGEST = 120
"""Characters of a typed name: those of the longest jurisdiction with its code behind it."""

CODE_BEHIND = re.compile(r"[(（]\s*([0-9]+)\s*[)）]$")
"""A code in brackets behind a name, as pages write it."""

Choices = list[tuple[str, str]]


def called(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """A jurisdiction or a unit by what it is called; `CalledForm.settle` finds out which one is meant."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        help_text=help_text or _("Name, pinyin or code."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class CalledForm(forms.Form):
    """A form with names that may mean several things."""

    def choose(self, name: str, choices: Choices) -> None:
        """Let a field offer these."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def settle(self, name: str, found: Callable[[str], Choices]) -> str | None:
        """What a typed name means: the only one found, or the one chosen of several, which the form then offers."""
        text = str(self.cleaned_data.get(name) or "").strip()
        if not text or name in self.errors:
            return None
        offered, chosen = found(text), self.data.get(self.add_prefix(f"{name}_is"))
        if len(offered) == 1 or chosen in dict(offered):
            self._offer_found(name, offered if len(offered) > 1 else [])
            return str(chosen) if chosen in dict(offered) else offered[0][0]
        if not offered:
            self.add_error(name, gettext("Nothing of that name was found. Try another spelling, pinyin or the code."))
        else:
            self._offer_found(name, offered)
            self.add_error(f"{name}_is", gettext("Several are called that. Choose one."))
        return None

    def settle_jurisdiction(self, name: str, who: Acting) -> None:
        """Put the number of the jurisdiction that is meant in the place of what was typed; None where it is not known
        which."""
        found = self.settle(name, lambda text: jurisdictions_called(who, text, who.jurisdiction))
        self.cleaned_data[name] = code(found) if found else None

    def _offer_found(self, name: str, offered: Choices) -> None:
        if offered:
            self.fields[f"{name}_is"] = forms.ChoiceField(
                label=_("Which one is meant"), choices=offered, required=False, widget=forms.RadioSelect
            )
            names = [one for one in self.fields if one != f"{name}_is"]
            names.insert(names.index(name) + 1, f"{name}_is")
            self.order_fields(names)


def jurisdictions_called(who: Acting, text: str, near: int | None = None) -> Choices:
    """Jurisdictions meant by a code, a name, pinyin or initials; those nearest to `near` first."""
    exact = _coded(text)
    if exact is not None:
        return [(short(exact), placing(who, [exact]).of(exact))]
    found = [code(step.code) for step in header.found(text, who)]
    if near is not None:
        found.sort(key=lambda one: -_shared(one, near))
    names = placing(who, found[:MOST_FOUND])
    return [(short(one), _with_code(names.of(one), one)) for one in found[:MOST_FOUND]]


def called_as(who: Acting, number: int | None) -> str:
    """How a form begins with a jurisdiction that is known: its name, and the code that says which; "" for none."""
    return _with_code(named([number], who)[number], Code(number)) if number else ""


def _with_code(name: str, number: Code) -> str:
    return gettext("%(name)s (%(code)s)") % {"name": name, "code": short(number)}


def _coded(text: str) -> Code | None:
    digits = text.strip()
    if behind := CODE_BEHIND.search(digits):
        digits = behind.group(1)
    if not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return code(digits)
    except EpiloopError:
        return None


def _shared(one: int, other: int) -> int:
    """How many leading digits two codes share."""
    left, right = str(one).zfill(DIGITS), str(other).zfill(DIGITS)
    return next((n for n in range(DIGITS) if left[n] != right[n]), DIGITS)
