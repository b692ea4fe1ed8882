"""Who asks, for an act: the account with its rights, a purpose, and a key so that a form sent twice is one act."""

from uuid import uuid4

from django.http import HttpRequest

from epiloop.runtime.requests import By
from epiloop.web.acting import acting

LONGEST = 80


def by(request: HttpRequest, purpose: str, key: str = "") -> By:
    """The one who asks. The key is the given one, else the form's own (`key`), else a fresh one."""
    who = acting(request)
    sent = request.POST.get("key", "")[:LONGEST]
    return By(who.actor, purpose, key or sent or fresh_key(), who.account)


def fresh_key() -> str:
    """A key for a form that is shown now."""
    return uuid4().hex
