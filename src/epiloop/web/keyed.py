"""Who asks, for an act: the account with its rights, a purpose, and a key so that a form sent twice is one act."""

from hashlib import sha256
from uuid import uuid4

from django.http import HttpRequest

from epiloop.runtime.requests import By
from epiloop.web.acting import acting

LONGEST, DIGITS = 80, 32


def by(request: HttpRequest, purpose: str, key: str = "", *, said: object = None) -> By:
    """The one who asks. The key is the given one, else the form's own (`key`), else a fresh one.

    `said` is what is asked, as far as its text form tells it: the key used again for something else is refused.
    """
    who = acting(request)
    sent = request.POST.get("key", "")[:LONGEST]
    digest = sha256(repr(said).encode()).hexdigest()[:DIGITS] if said is not None else ""
    return By(who.actor, purpose, key or sent or fresh_key(), who.account, digest)


def fresh_key() -> str:
    """A key for a form that is shown now."""
    return uuid4().hex
