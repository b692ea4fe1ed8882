"""The forms of sign-in and accounts. What is typed is kept, except secrets."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from epiloop.core.rights import EVERYWHERE, ROLE_NAMES
from epiloop.web.acting import Acting
from epiloop.web.called import CalledForm, called

LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"))


def _password(label: Any, use: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": use})
    return forms.CharField(label=label, strip=False, max_length=1024, widget=widget, help_text=help_text)


def _login(help_text: Any = "") -> forms.CharField:
    attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=_("Login name"), max_length=64, widget=widget, help_text=help_text)


PASSWORD_HELP = _("At least 12 characters. Several words that only you put together are good.")


class SignInForm(forms.Form):
    """Login name and password."""

    login = _login()
    password = _password(_("Password"), "current-password")


class CodeForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=32,
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": "one-time", "autofocus": True}),
    )


class NewCodeForm(forms.Form):
    """The first code of a new authenticator app."""

    code = forms.CharField(
        label=_("Code"),
        max_length=10,
        help_text=_("The six digits that the app shows now."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": "one-time", "inputmode": "numeric"}),
    )


class NewPasswordForm(forms.Form):
    """A new password, with the old one."""

    old = _password(_("Old password"), "current-password")
    new = _password(_("New password"), "new-password", PASSWORD_HELP)


class SetUpForm(forms.Form):
    """The first administrator of an installation."""

    token = forms.CharField(
        label=_("Set-up token"),
        max_length=64,
        help_text=_("Printed by epiloop up when it started."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "code"}),
    )
    login = _login(_("The name of the post, not of the person: for example admin-1."))
    password = _password(_("Password"), "new-password", PASSWORD_HELP)


class NewAccountForm(forms.Form):
    """A new account with a first password that its owner replaces."""

    login = _login(_("The name of the post, not of the person: for example duty-3."))
    password = _password(_("First password"), "new-password", PASSWORD_HELP)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class GrantForm(CalledForm):
    """A role in a jurisdiction, with an optional last day."""

    role = forms.ChoiceField(label=_("Role"))
    jurisdiction = called(_("Jurisdiction"), help_text=_("Name, pinyin or code; 0 for everywhere."))
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: until it is withdrawn."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, who: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.who = who
        self.choose("role", [(role, gettext(name)) for role, name in ROLE_NAMES.items()])

    def clean(self) -> dict[str, Any]:
        """Which jurisdiction the name means."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("jurisdiction") == "0":
            given["jurisdiction"] = EVERYWHERE
        else:
            self.settle_jurisdiction("jurisdiction", self.who)
        return given
