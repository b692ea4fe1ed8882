"""Password rules: long, not common, not the login name. Length beats composition (NIST SP 800-63B, 5.1.1.2)."""

import unicodedata
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from epiloop.core.errors import N_, InvalidInput

SHORTEST, LONGEST = 12, 256


def check_password_rules(password: str, login: str) -> None:
    """Raise InvalidInput, saying what to change, for a password that is short, common, monotonous or the login name."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(
            N_("A password has %(least)d to %(most)d characters."),
            remedy=N_("Several words that only you put together are good and easy to keep."),
            least=SHORTEST,
            most=LONGEST,
        )
    if len(set(plain)) < 5:
        raise InvalidInput(N_("This password repeats the same few characters."), remedy=N_("Choose another one."))
    if login and login.casefold() in plain:
        raise InvalidInput(N_("A password does not contain the login name."), remedy=N_("Choose another one."))
    if _common(plain):
        raise InvalidInput(N_("This password is on the list of common ones."), remedy=N_("Choose another one."))


def _common(plain: str) -> bool:
    """Whether it, or what remains without digits and signs around it, is one of Django's 20,000 common passwords."""
    stem = plain.strip("0123456789!@#$%^&*()-_=+.,?~ ")
    return any(_listed(word) for word in {plain, stem} if word) or (not stem)


@cache
def _list() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def _listed(word: str) -> bool:
    try:
        _list().validate(word)
    except ValidationError:
        return True
    return False
