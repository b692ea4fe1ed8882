"""Browsers in which somebody signed in before: strangers' failures do not lock them out (`lockout`, ADR 0038).

A browser keeps a mark for each account that signed in there: a random number, the day, and a keyed digest over both
and the login. It names nobody to those without the installation's key, opens nothing, and nothing of it is stored here.
"""

import base64
import hmac
import secrets
from datetime import datetime, timedelta

from epiloop.runtime.accounts.sealing import keyed_digest
from epiloop.store.models.accounts import normal_login

KNOWN_FOR = timedelta(days=180)
MARKS = 8
"""How many accounts one browser is known for: a desk that a shift shares."""
_RANDOM, _DIGEST, _DAY = 9, 15, 86_400


def known_device(marks: str, login: str, at: datetime) -> str:
    """The number of the browser that holds such marks, if `login` signed in there lately; else ""."""
    today = int(at.timestamp()) // _DAY
    for mark in marks.split(".")[:MARKS]:
        number, day, digest = _parted(mark)
        lately = 0 <= today - day <= KNOWN_FOR.days
        if number and lately and hmac.compare_digest(digest.encode(), _digest(login, number, day).encode()):
            return number
    return ""


def marked(marks: str, login: str, at: datetime) -> str:
    """What the browser holds after `login` signed in there: their mark with this day, before those of others."""
    others = [mark for mark in marks.split(".")[:MARKS] if mark and not known_device(mark, login, at)]
    number = known_device(marks, login, at) or _text(secrets.token_bytes(_RANDOM))
    day = int(at.timestamp()) // _DAY
    return ".".join([f"{number}{day:x}-{_digest(login, number, day)}", *others][:MARKS])


def _parted(mark: str) -> tuple[str, int, str]:
    length = len(_text(bytes(_RANDOM)))
    day, _, digest = mark[length:].partition("-")
    try:
        return mark[:length], int(day, 16), digest
    except ValueError:
        return "", 0, ""


def _digest(login: str, number: str, day: int) -> str:
    return _text(keyed_digest("known-device", normal_login(login), number, str(day))[:_DIGEST])


def _text(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).decode().replace("-", "~")
